import fc from 'fast-check';
import { expect, it } from 'vitest';
import { VirtualClock } from './clock.ts';

it('fires timers in order of their time, equal ones in the order in which they were set, and never a cancelled one', async () => {
  const timers = fc.array(fc.record({ afterMs: fc.nat(50), isCancelled: fc.boolean() }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(timers, async (wanted) => {
      const clock = new VirtualClock(1000);
      const fired: string[] = [];
      const cancels = wanted.map(({ afterMs }, i) =>
        clock.timer(afterMs, () => void fired.push(`${i} at ${clock.now()}`)),
      );
      for (const [i, { isCancelled }] of wanted.entries()) if (isCancelled) cancels[i]?.();
      await clock.advance(30);
      const expected = wanted
        .map(({ afterMs, isCancelled }, i) => ({ afterMs, isCancelled, i }))
        .filter(({ afterMs, isCancelled }) => !isCancelled && afterMs <= 30)
        .sort((a, b) => a.afterMs - b.afterMs || a.i - b.i)
        .map(({ afterMs, i }) => `${i} at ${1000 + afterMs}`);
      expect(fired).toEqual(expected);
      expect(clock.now()).toBe(1030);
    }),
    { numRuns: 30 },
  );
});

it('fires what a timer sets while time goes on', async () => {
  const clock = new VirtualClock();
  const fired: number[] = [];
  const again = (): void => {
    fired.push(clock.now());
    if (fired.length < 4) clock.timer(10, again);
  };
  clock.timer(10, again);
  await clock.advance(25);
  expect(fired).toEqual([10, 20]);
  await clock.advance(100);
  expect(fired).toEqual([10, 20, 30, 40]);
});
