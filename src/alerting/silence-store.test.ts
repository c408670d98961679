import fc from 'fast-check';
import { expect, it } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { openDatabase } from '../store/open.ts';
import { labelTest } from './label-test.ts';
import { type NewSilence, stateOf } from './silence.ts';
import { SilenceStore } from './silence-store.ts';
import { parseWindows, windowJson } from './window-json.ts';

const start = 1_000_000;

function book(database = openDatabase(':memory:'), clock = new VirtualClock(start)) {
  return { database, clock, store: new SilenceStore(database, clock, () => {}) };
}

const silence = (more: Partial<NewSilence> = {}): NewSilence => ({
  matchers: [{ name: 'a', op: '=', value: '1' }],
  startsAtMs: start,
  endsAtMs: start + 1000,
  createdBy: 'me',
  comment: 'why',
  ...more,
});

it('goes from pending to active to expired', async () => {
  const { store, clock } = book();
  const id = store.set(silence({ startsAtMs: start + 100 }));
  expect(store.get(id)?.state).toBe('pending');
  await clock.advance(100);
  expect(store.get(id)?.state).toBe('active');
  await clock.advance(900);
  expect(store.get(id)?.state).toBe('expired');
  expect(() => store.expire(id)).toThrow('has expired already');
});

it('edits in place what does not change whom it silences, and else makes a new one', () => {
  const { store } = book();
  const id = store.set(silence());
  expect(store.set(silence({ id, endsAtMs: start + 5000, comment: 'longer' }))).toBe(id);
  expect(store.get(id)).toMatchObject({ endsAtMs: start + 5000, comment: 'longer' });
  const other = store.set(silence({ id, matchers: [{ name: 'a', op: '=', value: '2' }] }));
  expect(other).not.toBe(id);
  expect(store.get(id)?.state).toBe('expired');
  expect(store.get(other)?.state).toBe('active');
  const again = store.set(silence({ id }));
  expect(again).not.toBe(id);
  expect(store.list().map(({ state }) => state)).toEqual(['active', 'active', 'expired']);
});

it('does not start in the past', () => {
  const { store } = book();
  expect(store.get(store.set(silence({ startsAtMs: 5 })))?.startsAtMs).toBe(start);
});

it.each([
  [{ matchers: [] }, 'at least one matcher'],
  [{ matchers: [{ name: 'a', op: '=~', value: '.*' }] }, 'must not match the empty text'],
  [{ matchers: [{ name: '', op: '=', value: 'x' }] }, 'needs a label name'],
  [{ matchers: [{ name: 'a', op: '=~', value: '(' }] }, 'bad regular expression'],
  [{ endsAtMs: start - 1, startsAtMs: start - 2 }, 'in the past'],
  [{ endsAtMs: start }, 'the end must come after the start'],
  [{ comment: 'x'.repeat(100_000) }, 'at most'],
  [{ id: 'nobody' }, 'there is no silence nobody'],
] as const)('refuses %j', (more, message) => {
  expect(() => book().store.set(silence(more as Partial<NewSilence>))).toThrow(message);
});

it('is there again after a restart, and forgotten after its time', async () => {
  const { store, database, clock } = book();
  const id = store.set(silence());
  expect(book(database, clock).store.get(id)).toEqual(store.get(id));
  await clock.advance(1000 + 500);
  store.collect(400);
  expect(store.get(id)).toBeUndefined();
  expect(book(database, clock).store.list()).toEqual([]);
});

it('silences exactly what an active one of its silences matches', async () => {
  const matcher = fc.record({
    name: fc.constantFrom('a', 'b'),
    op: fc.constantFrom('=' as const, '!=' as const, '=~' as const),
    value: fc.constantFrom('1', '2', '1|2'),
  });
  const wanted = fc.record({
    matchers: fc.array(matcher, { minLength: 1, maxLength: 2 }),
    from: fc.integer({ min: 0, max: 50 }),
    length: fc.integer({ min: 1, max: 50 }),
  });
  const labels = fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2'));
  await fc.assert(
    fc.asyncProperty(
      fc.array(wanted, { maxLength: 6 }),
      labels,
      fc.integer({ min: 0, max: 100 }),
      async (all, of, at) => {
        const { store, clock } = book();
        const made = all.flatMap(({ matchers, from, length }) => {
          const one = silence({ matchers, startsAtMs: start + from, endsAtMs: start + from + length });
          try {
            return [{ ...one, id: store.set(one) }];
          } catch {
            return [];
          }
        });
        await clock.advance(at);
        const nowMs = clock.now();
        const expected = made
          .filter((one) => labelTest(one.matchers)(of) && one.startsAtMs <= nowMs && nowMs < one.endsAtMs)
          .map(({ id }) => id);
        expect(
          store
            .matching(of)
            .filter((id) => store.isActive(id, nowMs))
            .sort(),
        ).toEqual(expected.sort());
      },
    ),
    { numRuns: 50 },
  );
});

it('holds only within its windows, in their zone, between its start and its end', () => {
  const noonMs = Date.UTC(2026, 0, 5, 12);
  const { store, clock } = book(openDatabase(':memory:'), new VirtualClock(noonMs));
  const windows = parseWindows([
    { times: [{ start_time: '14:00', end_time: '15:00' }], weekdays: ['monday'], location: 'Europe/Athens' },
  ]);
  const id = store.set(silence({ startsAtMs: noonMs, endsAtMs: noonMs + 10 * 86_400_000, windows }));
  const at = (ms: number) => stateOf(store.get(id) ?? { startsAtMs: 0, endsAtMs: 0, windows }, ms);
  // 12:00 UTC is 14:00 in Athens in winter.
  expect(at(noonMs)).toBe('active');
  expect(store.isActive(id, noonMs)).toBe(true);
  expect(at(noonMs + 3_600_000)).toBe('pending');
  expect(store.isActive(id, noonMs + 3_600_000)).toBe(false);
  expect(at(noonMs + 86_400_000)).toBe('pending');
  expect(at(noonMs + 7 * 86_400_000)).toBe('active');
  expect(at(noonMs + 10 * 86_400_000)).toBe('expired');
  expect(store.get(id)?.windows.map(windowJson)).toEqual([
    { times: [{ start_time: '14:00', end_time: '15:00' }], weekdays: ['monday'], location: 'Europe/Athens' },
  ]);
  expect(clock.now()).toBe(noonMs);
});

it('puts declared silences in place and ends those that are declared no more; nobody else may change them', () => {
  const { store, database, clock } = book();
  const { id: _id, ...fields } = silence({ endsAtMs: start + 10_000, owner: 'team' });
  store.declare([
    { ...fields, name: 'one' },
    { ...fields, name: 'two' },
  ]);
  expect(store.list().map(({ id, origin, owner }) => [id, origin, owner])).toEqual([
    ['file:one', 'file', 'team'],
    ['file:two', 'file', 'team'],
  ]);
  expect(() => store.expire('file:one')).toThrow('declared in a file');
  expect(() => store.set(silence({ id: 'file:one' }))).toThrow('declared in a file');
  const again = new SilenceStore(database, clock, () => {});
  again.declare([{ ...fields, name: 'two', comment: 'changed' }]);
  expect(again.get('file:one')?.state).toBe('expired');
  expect(again.get('file:two')).toMatchObject({ state: 'active', comment: 'changed' });
});
