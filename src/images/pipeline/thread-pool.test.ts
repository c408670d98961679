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

describe('a small job', () => {
  const small = { isSmall: true };

  /** A job that has the only thread until it is told to end. */
  async function atWork(pool: ReturnType<typeof poolOf>['pool']) {
    let end: () => void = () => {};
    const left = new Promise<void>((resolve) => {
      end = resolve;
    });
    let work: Promise<void> | undefined;
    await new Promise<void>((started) => {
      work = pool.run(signal, () => {
        started();
        return left;
      });
    });
    return () => {
      end();
      return work;
    };
  }

  it('waits for a thread that is at work, rather than have one started for it', async () => {
    const { pool, made } = poolOf(2);
    const end = await atWork(pool);
    const done = Promise.all([1, 2].map(() => pool.run(signal, async (thread) => thread, small)));
    await end();
    expect(await done).toEqual([made[0], made[0]]);
    expect(made).toHaveLength(1);
  });

  it('does not wait for long', async () => {
    const { pool, clock, made } = poolOf(2);
    const end = await atWork(pool);
    const done = pool.run(signal, async (thread) => thread, small);
    await clock.advance(10_000);
    expect(await done).toBe(made[1]);
    await end();
  });

  it('gives up when it is told to', async () => {
    const { pool, made } = poolOf(2);
    const end = await atWork(pool);
    const stop = new AbortController();
    const done = pool.run(stop.signal, async (thread) => thread, small);
    stop.abort(new Error('enough'));
    await expect(done).rejects.toThrow('enough');
    expect(made).toHaveLength(1);
    await end();
  });
});
