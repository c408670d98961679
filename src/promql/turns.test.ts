import { describe, expect, it } from 'vitest';
import type { Work } from './evaluation.ts';
import { type Sliced, Turns } from './turns.ts';

/** A loop whose turns come when the test says so, and a clock that only work moves. */
class Loop {
  nowMs = 0;
  readonly done: string[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly turns = new Turns({
    sliceMs: 10,
    giveWay: () => new Promise((resolve) => this.#waiting.push(resolve)),
    now: () => this.nowMs,
  });

  async turn(): Promise<void> {
    for (const resolve of this.#waiting.splice(0)) resolve();
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }

  /** Work of so many steps of 3 ms, that notes each. */
  steps(name: string, count: number): Sliced<string> {
    const loop = this;
    return function* (isSpent): Work<string> {
      for (let i = 0; i < count; i++) {
        loop.nowMs += 3;
        loop.done.push(name);
        if (isSpent()) yield;
      }
      return name;
    };
  }

  /** What was done since the last time. */
  taken(): string {
    return this.done.splice(0).join('');
  }
}

describe('turns', () => {
  it('do what is small at once, until a slice is used up by all together', async () => {
    const loop = new Loop();
    expect(loop.turns.attempt(loop.steps('a', 1))).toEqual({ value: 'a' });
    expect(loop.turns.attempt(loop.steps('b', 2))).toEqual({ value: 'b' });
    const third = loop.turns.attempt(loop.steps('c', 2));
    expect(loop.taken()).toBe('abbc');
    await loop.turn();
    expect(loop.taken()).toBe('c');
    expect('rest' in third && (await third.rest)).toBe('c');
  });

  it('go round, a slice for each', async () => {
    const loop = new Loop();
    const both = Promise.all([loop.turns.run(loop.steps('a', 9)), loop.turns.run(loop.steps('b', 5))]);
    const turns: string[] = [loop.taken()];
    for (let i = 0; i < 4; i++) {
      await loop.turn();
      turns.push(loop.taken());
    }
    expect(turns).toEqual(['aaaa', 'aaaa', 'bbbb', 'a', 'b']);
    expect(await both).toEqual(['a', 'b']);
  });

  it('let what is urgent go first', async () => {
    const loop = new Loop();
    const all = [
      loop.turns.run(loop.steps('a', 8)),
      loop.turns.run(loop.steps('b', 1)),
      loop.turns.run(loop.steps('u', 1), { urgent: true }),
    ];
    expect(loop.taken()).toBe('aaaa');
    await loop.turn();
    expect(loop.taken()).toBe('u');
    for (let i = 0; i < 3; i++) await loop.turn();
    expect(loop.taken()).toBe('aaaab');
    await Promise.all(all);
  });

  it('tell how long each slice took, and go on after work that failed', async () => {
    const loop = new Loop();
    const slices: number[] = [];
    const failing: Sliced<never> = function* () {
      loop.nowMs += 20;
      yield;
      throw new Error('no');
    };
    const failed = loop.turns.run(failing, { onSlice: (ms) => slices.push(ms) });
    const other = loop.turns.run(loop.steps('a', 1));
    for (let i = 0; i < 3; i++) await loop.turn();
    await expect(failed).rejects.toThrow('no');
    expect(await other).toBe('a');
    expect(slices).toEqual([20, 0]);
    expect(() =>
      loop.turns.attempt(() => {
        throw new Error('at once');
      }),
    ).toThrow('at once');
    expect(loop.turns.attempt(loop.steps('b', 1))).toEqual({ value: 'b' });
  });
});
