import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { openDatabase } from './open.ts';

function made() {
  const folder = mkdtempSync(join(tmpdir(), 'skopos-checkpoints-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const clock = new VirtualClock(0);
  const path = join(folder, 'skopos.db');
  const db = openDatabase(path, clock);
  onTestFinished(() => db.close());
  db.exec('CREATE TABLE t (i INTEGER)');
  const put = db.prepare('INSERT INTO t VALUES (?)');
  /** Rows that the file alone has, without its write-ahead log. */
  const inFile = (): number => {
    const copy = join(folder, `copy-${Math.random()}.db`);
    copyFileSync(path, copy);
    const alone = openDatabase(copy);
    try {
      return Number(alone.prepare('SELECT COUNT(*) AS n FROM t').get()?.['n']);
    } catch {
      return 0;
    } finally {
      alone.close();
    }
  };
  return { clock, put, inFile };
}

it('moves much that was written into the file as soon as it is quiet', async () => {
  const { clock, put, inFile } = made();
  for (let i = 0; i < 150; i++) put.run(i);
  await clock.advance(150);
  put.run(150);
  await clock.advance(150);
  expect(inFile()).toBe(0);
  await clock.advance(200);
  expect(inFile()).toBe(151);
});

it('lets a little wait for a minute', async () => {
  const { clock, put, inFile } = made();
  put.run(1);
  await clock.advance(50_000);
  expect(inFile()).toBe(0);
  put.run(2);
  await clock.advance(12_000);
  expect(inFile()).toBe(2);
});
