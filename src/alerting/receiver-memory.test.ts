import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../store/open.ts';
import { ReceiverMemory } from './receiver-memory.ts';

it('keeps values by lane, across restarts, until they are too old', () => {
  const database = openDatabase(':memory:');
  onTestFinished(() => database.close());
  let nowMs = 1000;
  const clock = { now: () => nowMs };
  new ReceiverMemory(database, clock, 500).of('a').set('ts', '1.2');
  const again = new ReceiverMemory(database, clock, 500);
  expect(again.of('a').get('ts')).toBe('1.2');
  expect(again.of('b').get('ts')).toBeUndefined();
  nowMs = 1500;
  expect(again.of('a').get('ts')).toBeUndefined();
  again.of('b').set('ts', '3');
  again.of('b').clear();
  expect(again.of('b').get('ts')).toBeUndefined();
});
