import { expect, it } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import type { Database } from '../store/database.ts';
import { WriteBehind } from './write-behind.ts';

/** A database that notes what each of its transactions wrote, and fails when told to. */
function start() {
  const clock = new VirtualClock(1000);
  const transactions: string[][] = [];
  const disk = { isFull: false };
  const database = {
    transaction(work: () => void) {
      if (disk.isFull) throw new Error('the disk is full');
      transactions.push([]);
      work();
    },
  } as Database;
  const writes = new WriteBehind(database, clock, silentLogger);
  const add = (text: string) => writes.add(() => transactions.at(-1)?.push(text));
  return { clock, transactions, disk, writes, add };
}

it('writes at the end of the turn, and what follows soon after together', async () => {
  const { clock, transactions, add } = start();
  add('a');
  add('b');
  expect(transactions).toEqual([]);
  await clock.advance(0);
  expect(transactions).toEqual([['a', 'b']]);
  add('c');
  await clock.advance(10);
  add('d');
  expect(transactions).toHaveLength(1);
  await clock.advance(10);
  expect(transactions).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  await clock.advance(1000);
  add('e');
  await clock.advance(0);
  expect(transactions.at(-1)).toEqual(['e']);
});

it('tries again what could not be written, and writes the rest when it is closed', async () => {
  const { clock, transactions, disk, writes, add } = start();
  disk.isFull = true;
  add('a');
  await clock.advance(0);
  await clock.advance(500);
  add('b');
  disk.isFull = false;
  await clock.advance(500);
  expect(transactions).toEqual([['a', 'b']]);
  add('c');
  writes.close();
  expect(transactions.at(-1)).toEqual(['c']);
});
