import type { FastifyInstance } from '../../../src/http/server.ts';
import { openApi } from '../../support/prometheus-api.ts';
import { fakeRelabelSteps } from './fake-monitoring.ts';

const metadata = [
  {
    name: 'shop_requests_total',
    type: 'counter',
    help: 'Requests that were answered, by service and status.',
  },
  { name: 'shop_queue_length', type: 'gauge', help: 'Messages that wait.' },
  { name: 'shop_pods', type: 'gauge', help: 'Pods, one series each: there are many.' },
];

/** The real Prometheus API over made-up samples of the last hour, and over none. */
export function fakePrometheus(nowMs: number): {
  readonly busy: FastifyInstance;
  readonly empty: FastifyInstance;
} {
  const busy = openApi({
    nowMs,
    source: {
      metadata: () => metadata,
      now: () => Date.now(),
      targets: { active: () => [], dropped: () => [], pools: () => [], relabelSteps: fakeRelabelSteps },
    },
  });
  const services = ['cart', 'checkout', 'payments', 'search'];
  for (let i = 0; i <= 240; i++) {
    const atMs = nowMs - (240 - i) * 15_000;
    for (const [at, service] of services.entries()) {
      for (const status of ['200', '500'])
        busy.store.append([
          {
            labels: { __name__: 'shop_requests_total', service, status },
            atMs,
            value: i * (status === '200' ? 40 + 10 * at : at) + Math.round(20 * Math.sin(i / (10 + at))),
          },
        ]);
      busy.store.append([
        {
          labels: { __name__: 'shop_queue_length', service },
          atMs,
          value: Math.round(30 + 25 * Math.sin(i / 20 + at) + at * 8),
        },
      ]);
    }
  }
  for (let pod = 0; pod < 12_000; pod++)
    busy.store.append([
      {
        labels: { __name__: 'shop_pods', namespace: `team-${pod % 40}`, pod: `cart-${pod}` },
        atMs: nowMs,
        value: pod % 7,
      },
    ]);
  return { busy: busy.app, empty: openApi({ nowMs }).app };
}
