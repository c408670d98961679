import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type NotificationLogEntry, reasonToNotify } from './dedup.ts';

const hour = 3_600_000;
const entry = (firing: string[], resolved: string[] = [], atMs = hour): NotificationLogEntry => ({
  atMs,
  firing: new Set(firing),
  resolved: new Set(resolved),
});
const state = (firing: string[], resolved: string[] = []) => ({
  firing: new Set(firing),
  resolved: new Set(resolved),
});

it.each([
  ['nothing sent, nothing fires', undefined, state([], ['a']), true, undefined],
  ['nothing sent, one fires', undefined, state(['a']), true, 'first notification'],
  ['another fires', entry(['a']), state(['a', 'b']), true, 'new alerts added'],
  ['one fires after all had resolved', entry([], ['a']), state(['a']), true, 'first notification'],
  ['all resolved', entry(['a']), state([], ['a']), true, 'all alerts resolved'],
  [
    'all resolved, and resolved ones are not sent',
    entry(['a']),
    state([], ['a']),
    false,
    'all alerts resolved',
  ],
  ['fired and resolved between two flushes', entry([], ['a']), state([], ['b']), true, undefined],
  ['some resolved', entry(['a', 'b']), state(['a'], ['b']), true, 'some alerts resolved'],
  ['some resolved, and resolved ones are not sent', entry(['a', 'b']), state(['a'], ['b']), false, undefined],
  ['some resolved, said already', entry(['a'], ['b']), state(['a'], ['b']), true, undefined],
  ['nothing new within the repeat interval', entry(['a'], [], hour), state(['a']), true, undefined],
  [
    'nothing new for longer than it',
    entry(['a'], [], hour - 1),
    state(['a']),
    true,
    'repeat interval elapsed',
  ],
] as const)('%s', (_name, last, now, sendResolved, expected) => {
  expect(reasonToNotify(last, now, { sendResolved, repeatIntervalMs: hour, nowMs: 2 * hour })).toBe(expected);
});

it('agrees with a receiver that remembers what it was told', () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'));
  const step = fc.record({ firing: names, resolved: names, waitMs: fc.constantFrom(1, hour / 2, hour + 1) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.boolean(), (steps, sendResolved) => {
      let last: NotificationLogEntry | undefined;
      let told: { firing: string[]; resolved: string[]; atMs: number } | undefined;
      let nowMs = 0;
      for (const { firing, resolved: all, waitMs } of steps) {
        nowMs += waitMs;
        const resolved = all.filter((name) => !firing.includes(name));
        const reason = reasonToNotify(
          last,
          { firing: new Set(firing), resolved: new Set(resolved) },
          { sendResolved, repeatIntervalMs: hour, nowMs },
        );
        // A naive receiver: is there a firing alert it was not told of? do all that it knows to fire no longer do? …
        const knows = told?.firing ?? [];
        const isNew = firing.some((name) => !knows.includes(name));
        const isOver = knows.length > 0 && firing.length === 0;
        const isEnd =
          firing.length > 0 &&
          sendResolved &&
          told !== undefined &&
          resolved.some((name) => !told?.resolved.includes(name));
        const isLong = firing.length > 0 && told !== undefined && nowMs - told.atMs > hour;
        expect(reason !== undefined).toBe(isNew || isOver || isEnd || isLong);
        if (reason === undefined) continue;
        last = { atMs: nowMs, firing: new Set(firing), resolved: new Set(resolved) };
        told = { firing, resolved, atMs: nowMs };
      }
    }),
  );
});
