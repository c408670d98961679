import { expect, it } from 'vitest';
import { QueryGate } from './query-gate.ts';

const never = new AbortController().signal;

function held() {
  let release = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { done, release: () => release() };
}

it('lets so many in at once, and the others in order', async () => {
  const gate = new QueryGate(2);
  const order: number[] = [];
  const jobs = [held(), held(), held(), held()];
  const runs = jobs.map((job, i) =>
    gate.run(never, 10_000, async () => {
      order.push(i);
      await job.done;
    }),
  );
  await Promise.resolve();
  expect(order).toEqual([0, 1]);
  jobs[1]?.release();
  await runs[1];
  await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual([0, 1, 2]);
  for (const job of jobs) job.release();
  await Promise.all(runs);
  expect(order).toEqual([0, 1, 2, 3]);
});

it('does not let in who waited too long or went away, and their place is not lost', async () => {
  const gate = new QueryGate(1);
  const job = held();
  const first = gate.run(never, 10_000, () => job.done);
  const gone = new AbortController();
  const late = gate.run(never, 5, async () => 'in');
  const left = gate.run(gone.signal, 10_000, async () => 'in');
  const next = gate.run(never, 10_000, async () => 'in');
  gone.abort();
  await Promise.all([
    expect(late).rejects.toMatchObject({ code: 'QUERY_TIMED_OUT' }),
    expect(left).rejects.toMatchObject({ code: 'QUERY_CANCELED' }),
  ]);
  job.release();
  await first;
  expect(await next).toBe('in');
});

it('gives its place back when a query fails', async () => {
  const gate = new QueryGate(1);
  await expect(gate.run(never, 1000, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await gate.run(never, 1000, async () => 1)).toBe(1);
});
