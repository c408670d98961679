import { expect, it } from 'vitest';
import { VirtualClock } from '../../kit/clock.ts';
import { Wakeup } from './wakeup.ts';

const never = new AbortController().signal;

it('ends every wait that goes on', async () => {
  const clock = new VirtualClock();
  const wakeup = new Wakeup();
  const waits = Promise.all([wakeup.wait(1000, never, clock), wakeup.wait(1000, never, clock)]);
  wakeup.wake();
  await waits;
  expect(clock.now()).toBe(0);
});

it('remembers that it was woken while nobody waited, once', async () => {
  const clock = new VirtualClock();
  const wakeup = new Wakeup();
  wakeup.wake();
  await wakeup.wait(1000, never, clock);
  let isOver = false;
  void wakeup.wait(1000, never, clock).then(() => {
    isOver = true;
  });
  await clock.advance(999);
  expect(isOver).toBe(false);
  await clock.advance(1);
  expect(isOver).toBe(true);
});

it('ends with the signal, before or while it waits', async () => {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const waiting = new Wakeup().wait(1000, stop.signal, clock);
  stop.abort();
  await waiting;
  await new Wakeup().wait(1000, stop.signal, clock);
});
