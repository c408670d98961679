import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { migrate } from './migrate.ts';
import { openDatabase } from './open.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'skopos-store-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function open(path: string) {
  const db = openDatabase(path);
  onTestFinished(() => db.close());
  return db;
}

it('gives back every kind of value as it was put', () => {
  const db = open(':memory:');
  db.exec('CREATE TABLE t (i INTEGER, r REAL, s TEXT, b BLOB, n TEXT)');
  db.prepare('INSERT INTO t VALUES (?, ?, ?, ?, ?)').run(
    1763697000123,
    2.5,
    'τ',
    new Uint8Array([0, 255]),
    null,
  );
  const one = db.prepare('SELECT * FROM t').get();
  const [all] = db.prepare('SELECT * FROM t').all();
  for (const row of [one, all]) {
    expect({ ...row, b: [...((row?.['b'] ?? []) as Uint8Array)] }).toEqual({
      i: 1763697000123,
      r: 2.5,
      s: 'τ',
      b: [0, 255],
      n: null,
    });
  }
  expect(db.prepare('SELECT * FROM t WHERE i = 0').get()).toBeUndefined();
  expect(db.prepare('UPDATE t SET i = 1').run()).toMatchObject({ changes: 1 });
});

it('keeps all of a transaction or nothing', () => {
  const db = open(':memory:');
  db.exec('CREATE TABLE t (i INTEGER)');
  const put = db.prepare('INSERT INTO t VALUES (?)');
  expect(() =>
    db.transaction(() => {
      put.run(1);
      throw new Error('stop');
    }),
  ).toThrow('stop');
  expect(db.transaction(() => put.run(2).changes)).toBe(1);
  expect(db.prepare('SELECT i FROM t').all()).toEqual([{ i: 2 }]);
});

it('stores what a transaction that returned has put, and makes missing folders', () => {
  const path = join(folder(), 'deep/er/skopos.db');
  const first = openDatabase(path);
  first.exec('CREATE TABLE t (i INTEGER)');
  first.transaction(() => first.prepare('INSERT INTO t VALUES (7)').run());
  first.close();
  expect(open(path).prepare('SELECT i FROM t').all()).toEqual([{ i: 7 }]);
});

it('refuses a second use of the same file, naming the process, until the first is closed', () => {
  const path = join(folder(), 'skopos.db');
  const first = openDatabase(path);
  expect(() => openDatabase(path)).toThrow(`in use by another skopos (process ${process.pid})`);
  first.close();
  open(path);
});

it('refuses a file that another process uses, and takes it over once that was killed', async () => {
  const path = join(folder(), 'skopos.db');
  const libsql = JSON.stringify(createRequire(import.meta.url).resolve('libsql'));
  const holder = spawn(process.execPath, [
    '-e',
    `const db = new (require(${libsql}))(${JSON.stringify(`${path}.lock`)});
     db.exec('CREATE TABLE holder (pid INTEGER)');
     db.exec('INSERT INTO holder VALUES (' + process.pid + ')');
     db.exec('BEGIN IMMEDIATE'); console.log('held'); setInterval(() => {}, 1000)`,
  ]);
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  expect(() => openDatabase(path)).toThrow(`(process ${holder.pid})`);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  open(path);
});

it('says which file is no database', () => {
  const path = join(folder(), 'skopos.db');
  writeFileSync(path, 'x'.repeat(5000));
  expect(() => openDatabase(path)).toThrow(path);
  expect(() => openDatabase(path)).toThrow('not a database');
});

it('runs each step of a room once, and refuses a database of a newer program', () => {
  const db = open(':memory:');
  migrate(db, 'a', ['CREATE TABLE a (i INTEGER)']);
  migrate(db, 'a', ['CREATE TABLE a (i INTEGER)', 'ALTER TABLE a ADD COLUMN j INTEGER']);
  migrate(db, 'b', ['CREATE TABLE b (i INTEGER)']);
  db.prepare('INSERT INTO a VALUES (1, 2)').run();
  expect(() => migrate(db, 'a', ['CREATE TABLE a (i INTEGER)'])).toThrow('newer version');
});

it('undoes a step that fails, so that it is run again the next time', () => {
  const db = open(':memory:');
  expect(() => migrate(db, 'a', ['CREATE TABLE a (i INTEGER); INSERT INTO nowhere VALUES (1)'])).toThrow(
    'nowhere',
  );
  migrate(db, 'a', ['CREATE TABLE a (i INTEGER)']);
  expect(db.prepare('SELECT * FROM a').all()).toEqual([]);
});

it('prepares a text once, however often it is asked for, and again after the tables have changed', () => {
  const db = open(':memory:');
  db.exec('CREATE TABLE t (a)');
  const put = db.prepare('INSERT INTO t (a) VALUES (?)');
  expect(db.prepare('INSERT INTO t (a) VALUES (?)')).toBe(put);
  put.run(1);
  const all = db.prepare('SELECT * FROM t');
  expect(all.all()).toEqual([{ a: 1 }]);
  db.exec('ALTER TABLE t ADD COLUMN b');
  expect(db.prepare('SELECT * FROM t').all()).toEqual([{ a: 1, b: null }]);
  expect(all.get()).toEqual({ a: 1, b: null });
  for (let i = 0; i < 2000; i++) expect(db.prepare(`SELECT ${i} AS n`).get()).toEqual({ n: i });
  put.run(2);
  expect(all.all()).toHaveLength(2);
});
