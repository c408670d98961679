import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import type { Database } from '../store/database.ts';
import { openDatabase } from '../store/open.ts';
import { AlertJournal } from './alert-journal.ts';
import type { AlertRecord } from './alert-record.ts';
import { AlertStore } from './alert-store.ts';

const minute = 60_000;

/** A store on disk, and another on the same disk after the first was killed. */
function workshop(wrap: (database: Database) => Database = (database) => database) {
  const folder = mkdtempSync(join(tmpdir(), 'skopos-alerts-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const database = wrap(openDatabase(':memory:'));
  const clock = new VirtualClock(minute);
  const start = () => {
    const store = new AlertStore({ database, journal: new AlertJournal(folder), clock, log: silentLogger });
    store.load(0);
    onTestFinished(() => store.close());
    return store;
  };
  const inTable = () => Number(database.prepare('SELECT COUNT(*) AS n FROM alerting_alerts').get()?.['n']);
  return { database, clock, folder, start, inTable, files: () => readdirSync(folder).length };
}

function add(store: AlertStore, name: string): AlertRecord {
  const record = store.add({
    labels: { alertname: name },
    annotations: {},
    startsAtMs: 0,
    endsAtMs: 1e12,
    generatorURL: '',
    updatedAtMs: 0,
    cause: 'c',
    isTimeout: false,
  });
  store.save(record);
  return record;
}

const namesOf = (store: AlertStore) =>
  [...store.values()].map(({ alert }) => alert.labels['alertname']).sort();

it('has alerts again that are in the journal alone', () => {
  const { start, inTable } = workshop();
  const store = start();
  store.together(() => {
    add(store, 'a');
    add(store, 'b');
  });
  add(store, 'c').isResolved = true;
  expect(inTable()).toBe(0);
  expect(namesOf(start())).toEqual(['a', 'b', 'c']);
});

it('puts the journal into the database when nothing has come for five seconds, and removes its files', async () => {
  const { start, inTable, files, clock } = workshop();
  const store = start();
  add(store, 'a');
  await clock.advance(4000);
  add(store, 'b');
  await clock.advance(4000);
  expect([inTable(), files()]).toEqual([0, 1]);
  await clock.advance(1000);
  expect([inTable(), files()]).toEqual([2, 0]);
  expect(namesOf(start())).toEqual(['a', 'b']);
});

it('does so once a minute where something always comes, in slices, and keeps what changes meanwhile', async () => {
  const { start, inTable, files, clock } = workshop();
  const store = start();
  store.together(() => {
    for (let i = 0; i < 500; i++) add(store, `n${i}`);
  });
  const began = clock.now();
  for (let i = 0; inTable() === 0; i++) {
    if (i % 100 === 0) add(store, `later${i}`);
    await clock.advance(10);
  }
  expect(clock.now() - began).toBeLessThanOrEqual(66_000);
  expect(inTable()).toBe(200);
  add(store, 'between');
  const [first] = store.values();
  if (first === undefined) throw new Error('no alert');
  first.isResolved = true;
  store.save(first);
  expect(start().get(first.fingerprint)?.isResolved).toBe(true);
  await clock.advance(1000);
  expect(inTable()).toBeGreaterThanOrEqual(560);
  expect(namesOf(start())).toContain('between');
  await clock.advance(10_000);
  expect([inTable(), files()]).toEqual([store.size, 0]);
  expect(start().get(first.fingerprint)?.isResolved).toBe(true);
});

it('brings nothing back that was deleted after it stood in the journal', () => {
  const { start, files } = workshop();
  const store = start();
  const gone = add(store, 'gone');
  add(store, 'stays');
  store.tidy(() => store.delete(gone));
  expect(files()).toBe(0);
  expect(namesOf(start())).toEqual(['stays']);
});

it('keeps the journal while the database cannot be written, and tries again', async () => {
  let isFull = false;
  const { start, inTable, files, clock } = workshop((database) => ({
    prepare: (sql) => database.prepare(sql),
    exec: (sql) => database.exec(sql),
    close: () => database.close(),
    transaction(work) {
      if (isFull) throw new Error('the disk is full');
      return database.transaction(work);
    },
  }));
  const store = start();
  isFull = true;
  add(store, 'a');
  await clock.advance(20_000);
  expect(() => store.tidy(() => {})).toThrow('the disk is full');
  add(store, 'b');
  expect([inTable(), namesOf(start())]).toEqual([0, ['a', 'b']]);
  isFull = false;
  await clock.advance(20_000);
  expect([inTable(), files()]).toEqual([2, 0]);
});

it('says so when the journal cannot be written, and has the alert in the database later', async () => {
  const { start, inTable, folder, clock } = workshop();
  const store = start();
  rmSync(folder, { recursive: true });
  expect(() => add(store, 'a')).toThrow(/cannot be written/);
  await clock.advance(5000);
  expect(inTable()).toBe(1);
});

it('reads what an earlier version left in a table', async () => {
  const { start, database, clock, inTable } = workshop();
  add(start(), 'new');
  const old = { labels: { alertname: 'old' }, annotations: {}, startsAtMs: 0, endsAtMs: 1e12, cause: 'c' };
  database
    .prepare('INSERT INTO alerting_journal (id, alerts) VALUES (1, ?)')
    .run(JSON.stringify([[0, 0, old]]));
  expect(namesOf(start())).toEqual(['new', 'old']);
  await clock.advance(minute);
  expect(inTable()).toBe(2);
  expect(database.prepare('SELECT * FROM alerting_journal').all()).toEqual([]);
});
