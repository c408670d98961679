import type { MetricFamily } from '../model/metric.ts';
import { type AlertmanagerQueue, queueCapacity } from './alertmanager-queue.ts';

const prefix = 'prometheus_notifications_';

/** Source: https://github.com/prometheus/prometheus/blob/main/notifier/metric.go (names and meaning) */
export function notifierMetrics(queues: readonly AlertmanagerQueue[]): MetricFamily[] {
  const family = (
    type: MetricFamily['type'],
    end: string,
    help: string,
    value: (queue: AlertmanagerQueue) => number,
  ): MetricFamily => ({
    name: prefix + end,
    type,
    help,
    samples: queues.map((queue) => ({
      name: prefix + end,
      labels: { alertmanager: queue.options.url },
      value: value(queue),
    })),
  });
  const found = `${prefix}alertmanagers_discovered`;
  return [
    {
      name: found,
      type: 'gauge',
      help: 'Alertmanagers that were found.',
      samples: [{ name: found, labels: {}, value: queues.length }],
    },
    family('counter', 'sent_total', 'Alerts sent, those that were not taken included.', ({ sent }) => sent),
    family('counter', 'errors_total', 'Alerts sent that were not taken.', ({ errors }) => errors),
    family(
      'counter',
      'dropped_total',
      'Alerts given up, as they were not taken or too many waited.',
      ({ dropped }) => dropped,
    ),
    family('gauge', 'queue_length', 'Alerts that wait.', ({ length }) => length),
    family('gauge', 'queue_capacity', 'Alerts that may wait at most.', () => queueCapacity),
    latency(queues),
  ];
}

function latency(queues: readonly AlertmanagerQueue[]): MetricFamily {
  const name = `${prefix}latency_seconds`;
  const samples = queues.flatMap((queue) => {
    const labels = { alertmanager: queue.options.url };
    return [
      ...[0.5, 0.9, 0.99].map((share) => ({
        name,
        labels: { ...labels, quantile: String(share) },
        value: queue.quantile(share),
      })),
      { name: `${name}_sum`, labels, value: queue.requestSeconds },
      { name: `${name}_count`, labels, value: queue.requests },
    ];
  });
  return { name, type: 'summary', help: 'Time that a request took.', samples };
}
