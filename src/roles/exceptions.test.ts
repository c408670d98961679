import { expect, it } from 'vitest';
import { ExceptionStore } from '../findings/exceptions/exception-store.ts';
import { Inventory } from '../inventory/inventory.ts';
import { VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import type { ExceptionSet } from '../posture/exceptions/exception-set.ts';
import type { PostureException } from '../posture/exceptions/posture-exception.ts';
import { openDatabase } from '../store/open.ts';
import { Registry } from '../telemetry/registry.ts';
import { exceptionNotices } from './exception-book.ts';
import { Exceptions } from './exceptions.ts';

const exception = (name: string, expiresAtMs?: number): PostureException => ({
  name,
  scopes: [{ kind: 'Pod' }],
  policies: [],
  source: 'test',
  ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
});

function start() {
  const clock = new VirtualClock(1_000_000);
  const registry = new Registry();
  const inventory = new Inventory({ cluster: 'c', clock, log: silentLogger });
  const applied: (readonly string[])[] = [];
  const kept = new ExceptionStore(openDatabase(':memory:'), clock);
  const exceptions = new Exceptions({
    clock,
    log: silentLogger,
    inventory,
    registry,
    kept,
    around: { cluster: 'c', frameworksOf: () => [] },
    look: () => {},
    apply: (set: ExceptionSet) => void applied.push(set.unused.map(({ name }) => name)),
  });
  return { clock, inventory, exceptions, applied, kept };
}

it('puts exceptions in force, and out of it at the moment that they expire', async () => {
  const { clock, exceptions, applied } = start();
  exceptions.load([exception('stays'), exception('ends', 1_060_000), exception('over', 999_999)]);
  expect(applied).toEqual([['stays', 'ends']]);
  await clock.advance(59_999);
  expect(applied).toHaveLength(1);
  await clock.advance(1);
  expect(applied).toEqual([['stays', 'ends'], ['stays']]);
});

it('says nothing when nothing is other than before, and keeps what is in force when a pattern is wrong', () => {
  const { exceptions, applied } = start();
  exceptions.load([exception('a')]);
  exceptions.load([exception('a')]);
  expect(applied).toHaveLength(1);
  expect(() => exceptions.load([{ ...exception('b'), scopes: [{ name: '(' }] }])).toThrow(
    /bad regular expression/,
  );
  expect(applied).toHaveLength(1);
});

it('takes those that are objects, as they come and go', async () => {
  const { inventory, exceptions, applied } = start();
  const stop = new AbortController();
  const running = exceptions.run(stop.signal);
  const object = {
    apiVersion: 'kubescape.io/v1beta1',
    kind: 'SecurityException',
    metadata: { name: 'known', namespace: 'shop' },
    spec: { posture: [{ controlID: 'C-0057' }] },
  };
  inventory.apply('test', [{ type: 'put', object, origin: { source: 'test' }, atMs: 1 }]);
  expect(applied).toEqual([['known']]);
  stop.abort();
  await running;
});

it('holds those of people between their start and their end, and only within their windows', async () => {
  const { clock, exceptions, applied, kept } = start();
  const day = Date.UTC(2030, 0, 1);
  await clock.advance(day - clock.now());
  const id = kept.set({
    scopes: [{ kind: 'Pod' }],
    policies: [],
    startsAtMs: day + 30_000,
    endsAtMs: day + 3 * 3_600_000 + 90_000,
    createdBy: 'ann',
    owner: '',
    reason: 'nightly',
    windows: [
      { times: [{ start_time: '00:00', end_time: '01:00' }] },
      { times: [{ start_time: '03:00', end_time: '04:00' }] },
    ],
    noticeMs: 0,
  });
  exceptions.refresh();
  const changesUntil = async (untilMs: number) => {
    await clock.advance(untilMs - clock.now());
    return applied.splice(0);
  };
  expect(await changesUntil(day + 29_999)).toEqual([]);
  expect(await changesUntil(day + 30_000)).toEqual([[id]]);
  expect(await changesUntil(day + 3_600_000)).toEqual([[]]);
  expect(await changesUntil(day + 3 * 3_600_000)).toEqual([[id]]);
  expect(await changesUntil(day + 3 * 3_600_000 + 89_999)).toEqual([]);
  expect(await changesUntil(day + 3 * 3_600_000 + 90_000)).toEqual([[]]);
});

it('tells of an exception that ends soon while it excepts something', () => {
  const one = {
    id: 'e1',
    scopes: [],
    policies: [],
    startsAtMs: 0,
    endsAtMs: 10_000,
    createdBy: 'ann',
    owner: 'team-a',
    reason: 'the driver',
    windows: [],
    noticeMs: 1000,
    updatedAtMs: 0,
    origin: 'person',
    source: '',
    state: 'active',
    excepts: 2,
  } as const;
  const at = (nowMs: number, more: object = {}) =>
    exceptionNotices({ list: () => [{ ...one, ...more }] }, nowMs).map(({ labels }) => labels);
  expect(at(9000)).toEqual([
    { alertname: 'SkoposExceptionEnds', severity: 'info', exception: 'e1', owner: 'team-a' },
  ]);
  expect(at(8999)).toEqual([]);
  expect(at(9000, { excepts: 0 })).toEqual([]);
  expect(at(9000, { state: 'pending' })).toEqual([]);
  expect(at(9000, { noticeMs: 0 })).toEqual([]);
});
