import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../kit/clock.ts';
import { ThreadPool } from './thread-pool.ts';

function poolOf(size: number) {
  const clock = new VirtualClock(0);
  const made: { isEnded: boolean; stop(): Promise<void> }[] = [];
  const pool = new ThreadPool(
    size,
    () => {
      const thread = {
        isEnded: false,
        async stop() {
          thread.isEnded = true;
        },
      };
      made.push(thread);
      return thread;
    },
    clock,
  );
  return { pool, clock, made };
}
const { signal } = new AbortController();

describe('a thread that is started before its work is there', () => {
  it('is the one that the first job gets', async () => {
    const { pool, made } = poolOf(2);
    pool.warm();
    pool.warm();
    expect(made).toHaveLength(1);
    expect(await pool.run(signal, async (thread) => thread)).toBe(made[0]);
    expect(made).toHaveLength(1);
  });

  it('ends when no work comes', async () => {
    const { pool, clock, made } = poolOf(2);
    pool.warm();
    await clock.advance(60_000);
    expect(made[0]?.isEnded).toBe(true);
    pool.warm();
    expect(made).toHaveLength(2);
  });

  it('is not started beside others', async () => {
    const { pool, made } = poolOf(2);
    await pool.run(signal, async () => {
      pool.warm();
    });
    expect(made).toHaveLength(1);
  });
});
