import { expect, it } from 'vitest';
import { VirtualClock } from '../../kit/clock.ts';
import { silentLogger } from '../../log/logger.ts';
import { SharedBooks, type SharedBooksOptions } from './shared-books.ts';

/** Books of which nothing matters but that something was told on a lane, and a database that answers when told to. */
function open() {
  const notifications = { onPut: (_lane: string) => undefined as unknown, get: () => undefined, aheadMs: 0 };
  const answers: ((error?: Error) => void)[] = [];
  const answer = () =>
    new Promise<void>((resolve, reject) =>
      answers.push((error) => (error === undefined ? resolve() : reject(error))),
    );
  const books = new SharedBooks({
    notifications,
    silences: { onPut: () => undefined },
    clock: new VirtualClock(0),
    log: silentLogger,
    name: 'a',
    wake: () => undefined,
    store: { putLanes: answer, release: answer, putSilences: answer },
  } as unknown as SharedBooksOptions);
  const isHeld = async (lane: string): Promise<{ done: boolean }> => {
    const state = { done: false };
    void books.hold(lane).then(() => {
      state.done = true;
    });
    await Promise.resolve();
    return state;
  };
  return { books, tell: (lane: string) => notifications.onPut(lane), answers, isHeld };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

it('asks for a lane again only once what was told on it is written, as writing lets go of the lane', async () => {
  const { books, tell, answers, isHeld } = open();
  tell('x');
  const waiting = await isHeld('x');
  const flushed = books.flush();
  await settle();
  expect(waiting.done).toBe(false);
  answers.shift()?.();
  await flushed;
  await settle();
  expect(waiting.done).toBe(true);
});

it('asks at once for a lane that nothing is written of', async () => {
  const { isHeld } = open();
  const state = await isHeld('x');
  await settle();
  expect(state.done).toBe(true);
});

it('does not wait for a database that refuses', async () => {
  const { books, tell, answers, isHeld } = open();
  tell('x');
  const waiting = await isHeld('x');
  const flushed = books.flush();
  await settle();
  answers.shift()?.(new Error('away'));
  await expect(flushed).rejects.toThrow('away');
  await settle();
  expect(waiting.done).toBe(true);
});
