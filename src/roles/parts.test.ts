import { expect, it } from 'vitest';
import type { Hop } from '../model/ledger.ts';
import { Registry } from '../telemetry/registry.ts';
import { ReceiverWatch } from './parts.ts';

function watch() {
  const registry = new Registry();
  const receivers = new ReceiverWatch(registry.histogram('t', '', [1]));
  const row = (hop: Hop, atMs: number, decision: string, detail: Record<string, unknown> = {}) =>
    receivers.see({ atMs, cause: 'c', hop, subject: '', decision, detail });
  return { registry, receivers, row };
}

it('starts as not known, and tells what became of the last notification', () => {
  const { receivers, row } = watch();
  expect(receivers.parts(['team'])).toMatchObject([{ name: 'receiver:team', state: 'starting' }]);
  row('receipt', 5, 'delivered', { receiver: 'team', integration: 'slack[0]' });
  expect(receivers.parts(['team'])).toMatchObject([{ state: 'ok', lastSuccessMs: 5 }]);
  row('receipt', 9, 'retrying', { receiver: 'team', integration: 'slack[0]', problem: 'answered 503' });
  expect(receivers.parts(['team'])).toMatchObject([
    { state: 'degraded', message: 'answered 503', lastSuccessMs: 5 },
  ]);
});

it('does not let an integration that works hide one that fails', () => {
  const { receivers, row } = watch();
  row('receipt', 5, 'failed', { receiver: 'team', integration: 'email[0]', problem: 'no login' });
  row('receipt', 6, 'delivered', { receiver: 'team', integration: 'slack[0]' });
  expect(receivers.parts(['team'])).toMatchObject([{ state: 'failed', message: 'no login' }]);
});

it('measures from the change to the first receipt of its cause', () => {
  const { registry, row } = watch();
  row('change', 1000, 'seen');
  row('receipt', 1250, 'delivered', { receiver: 'team', integration: 'slack[0]' });
  row('receipt', 9000, 'delivered', { receiver: 'team', integration: 'email[0]' });
  const samples = registry.gather().flatMap((family) => family.samples);
  expect(samples).toContainEqual({ name: 't_sum', labels: {}, value: 0.25 });
  expect(samples).toContainEqual({ name: 't_count', labels: {}, value: 1 });
});
