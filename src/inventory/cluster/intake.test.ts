import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceChange } from '../source.ts';
import { type Arrival, Intake } from './intake.ts';

const arrival = (key: string, state: string, atMs = 0, stream = 'pods', bytes = 100): Arrival => ({
  key,
  stream,
  atMs,
  bytes,
  change: (at) => ({ type: 'put-json', key, json: state, origin: { source: 'test' }, atMs: at }),
});

function collecting(limits: { mostBytes?: number; mostObjects?: number } = {}) {
  const batches: SourceChange[][] = [];
  const intake = new Intake({ apply: (changes) => void batches.push([...changes]), ...limits });
  const states = () =>
    batches.flat().map((change) => (change.type === 'put-json' ? `${change.key}=${change.json}` : ''));
  return { intake, batches, states };
}

describe('the intake', () => {
  it('takes in only the last of an object that changes while it waits, with the time of the first', async () => {
    const { intake, batches, states } = collecting();
    void intake.push([
      arrival('a', '1', 10),
      arrival('b', '1', 11),
      arrival('a', '2', 12),
      arrival('a', '3', 13),
    ]);
    await intake.settled('pods');
    expect(states()).toEqual(['a=3', 'b=1']);
    expect(batches.flat()[0]?.atMs).toBe(10);
    expect(intake.coalesced).toBe(2);
    expect(intake.waiting).toBe(0);
  });

  it('never holds more than its bounds and one push, however much comes', async () => {
    const { intake, states } = collecting({ mostObjects: 50 });
    let most = 0;
    for (let round = 0; round < 200; round++) {
      const full = intake.push(Array.from({ length: 20 }, (_, i) => arrival(`${round}-${i}`, 'x')));
      most = Math.max(most, intake.waiting);
      await full;
    }
    await intake.settled('pods');
    expect(most).toBeLessThanOrEqual(70);
    expect(states()).toHaveLength(4000);
  });

  it('is full by the weight of objects too', async () => {
    const { intake } = collecting({ mostBytes: 1000 });
    expect(intake.push([arrival('small', 'x')])).toBeUndefined();
    const full = intake.push([arrival('large', 'x', 0, 'pods', 5000)]);
    expect(full).toBeInstanceOf(Promise);
    await full;
    expect(intake.waiting).toBe(0);
  });

  it('lets other work have its turn while a long queue is worked off', async () => {
    const { intake } = collecting();
    const slow = new Intake({
      apply() {
        const untilMs = performance.now() + 4;
        while (performance.now() < untilMs);
      },
    });
    void slow.push(Array.from({ length: 400 }, (_, i) => arrival(String(i), 'x')));
    let turns = 0;
    while (slow.waiting > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      turns++;
    }
    expect(turns).toBeGreaterThan(3);
    expect(intake.waiting).toBe(0);
  });

  it('settles each watch by itself', async () => {
    const { intake, states } = collecting();
    void intake.push([arrival('a', '1', 0, 'pods')]);
    expect(intake.settled('services')).toBeUndefined();
    await intake.settled('pods');
    expect(states()).toEqual(['a=1']);
    expect(intake.settled('pods')).toBeUndefined();
  });

  it('ends with the last state of every object, whatever comes and in whatever pieces', async () => {
    const pieces = fc.array(fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.nat()), { maxLength: 30 }));
    await fc.assert(
      fc.asyncProperty(pieces, async (all) => {
        const { intake, batches } = collecting({ mostObjects: 4 });
        const wanted = new Map<string, string>();
        for (const piece of all) {
          const arrivals = piece.map(([key, state]) => arrival(String(key), String(state)));
          for (const [key, state] of piece) wanted.set(String(key), String(state));
          await intake.push(arrivals);
        }
        await intake.settled('pods');
        const got = new Map<string, string>();
        for (const change of batches.flat()) if (change.type === 'put-json') got.set(change.key, change.json);
        expect(got).toEqual(wanted);
        expect(intake.taken + intake.coalesced).toBe(all.flat().length);
      }),
      { numRuns: 40 },
    );
  });
});
