import { expect, it } from 'vitest';
import { Places } from './places.ts';

const { signal } = new AbortController();

it('lets in as many as there are places, and the next when one leaves, in the order of asking', async () => {
  const places = new Places(2);
  const came: string[] = [];
  const ask = (name: string): Promise<() => void> =>
    places.enter(signal).then((leave) => {
      came.push(name);
      return leave;
    });
  const [a, , c, d] = [ask('a'), ask('b'), ask('c'), ask('d')];
  const leave = await a;
  expect(came).toEqual(['a', 'b']);
  leave();
  leave();
  await c;
  expect(came).toEqual(['a', 'b', 'c']);
  (await c)();
  await d;
  expect(came).toEqual(['a', 'b', 'c', 'd']);
});

it('gives a place to who waits, and not to who comes in the same moment', async () => {
  const places = new Places(1);
  const leave = await places.enter(signal);
  const came: string[] = [];
  const first = places.pass(async () => came.push('waited'), signal);
  leave();
  await Promise.all([first, places.pass(async () => came.push('came later'), signal)]);
  expect(came).toEqual(['waited', 'came later']);
});

it('forgets who stops waiting, and keeps no place for them', async () => {
  const places = new Places(1);
  const leave = await places.enter(signal);
  const impatient = new AbortController();
  const asked = places.enter(impatient.signal);
  const passed = places.pass(() => Promise.resolve('done'), impatient.signal);
  impatient.abort(new Error('enough'));
  await expect(asked).rejects.toThrow('enough');
  expect(await passed).toBeUndefined();
  leave();
  expect(await places.pass(() => Promise.resolve('free again'), signal)).toBe('free again');
});

it('runs what it is given within the call itself where a place is free', () => {
  let hasRun = false;
  void new Places(1).pass(async () => {
    hasRun = true;
  }, signal);
  expect(hasRun).toBe(true);
});

it('gives its place back when what was done there fails', async () => {
  const places = new Places(1);
  await expect(places.pass(() => Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  expect(await places.pass(() => Promise.resolve('free'), signal)).toBe('free');
});
