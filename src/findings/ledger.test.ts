import { expect, it } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import type { LedgerEntry } from '../model/ledger.ts';
import type { Database } from '../store/database.ts';
import { openDatabase } from '../store/open.ts';
import { type LedgerOptions, type LedgerRow, LedgerStore } from './ledger.ts';

function open(more: Partial<LedgerOptions> = {}) {
  const db = more.db ?? openDatabase(':memory:');
  const clock = more.clock ?? new VirtualClock(1_000_000);
  return { db, clock: clock as VirtualClock, ledger: new LedgerStore({ db, clock, ...more }) };
}

const entry = (cause: string, subject: string, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  atMs: 1_000_000,
  cause,
  hop: 'alert',
  subject,
  decision: 'firing',
  detail: {},
  ...more,
});

const written = (db: Database) => Number(db.prepare('SELECT COUNT(*) AS n FROM ledger').get()?.['n']);
const subjects = (rows: readonly LedgerRow[]) => rows.map(({ subject }) => subject);

it('writes rows down a few milliseconds later, together', async () => {
  const { db, clock, ledger } = open();
  ledger.append(entry('c1', 'a'));
  ledger.append(entry('c1', 'b'));
  await clock.advance(4);
  expect(written(db)).toBe(0);
  await clock.advance(1);
  expect(written(db)).toBe(2);
});

it('waits for a pause in a flood, but no longer than a second', async () => {
  const { db, clock, ledger } = open();
  const flood = async (ms: number) => {
    for (let at = 0; at < ms; at += 10) {
      for (let i = 0; i < 30; i++) ledger.append(entry('c', `s${at}-${i}`));
      await clock.advance(10);
    }
  };
  await flood(500);
  expect(written(db)).toBe(0);
  await clock.advance(60);
  expect(written(db)).toBeGreaterThanOrEqual(1000);
  await clock.advance(200);
  expect(written(db)).toBe(1500);
  await flood(1200);
  expect(written(db)).toBeGreaterThanOrEqual(2500);
});

it('writes at once what would be too much to keep waiting, and loses none of it', async () => {
  const { db, clock, ledger } = open();
  for (let i = 0; i < 13_000; i++) ledger.append(entry('c', `s${i}`));
  await clock.advance(0);
  expect(written(db)).toBeGreaterThanOrEqual(4000);
  await clock.advance(1000);
  expect([written(db), ledger.waiting, ledger.dropped]).toEqual([13_000, 0, 0]);
  expect(subjects(ledger.query({ limit: 1 }))).toEqual(['s12999']);
});

it('gives back what was noted, not yet written rows included', () => {
  const { ledger } = open();
  const noted = entry('c1', 'a', { atMs: 1.5, hop: 'receipt', detail: { status: 200 } });
  ledger.append(noted);
  expect(ledger.query({})).toEqual([{ ...noted, id: 1 }]);
});

it('answers by cause and subject oldest first, and without either newest first', () => {
  const { ledger } = open();
  for (const [cause, subject] of [
    ['c1', 'a'],
    ['c2', 'a'],
    ['c1', 'b'],
  ] as const) {
    ledger.append(entry(cause, subject));
  }
  expect(subjects(ledger.query({ cause: 'c1' }))).toEqual(['a', 'b']);
  expect(ledger.query({ subject: 'a' }).map(({ cause }) => cause)).toEqual(['c1', 'c2']);
  expect(subjects(ledger.query({}))).toEqual(['b', 'a', 'a']);
  expect(ledger.query({ limit: 1, beforeId: 3 }).map(({ id }) => id)).toEqual([2]);
});

it('tells the story of an alert: what led to it, without that of other alerts', () => {
  const { ledger } = open();
  ledger.append(entry('c1', 'apps/Deployment/shop/web', { hop: 'change', decision: 'changed' }));
  ledger.append(entry('c1', 'alert:aa'));
  ledger.append(entry('c1', 'alert:bb'));
  ledger.append(entry('c1', 'group:g', { hop: 'notify', decision: 'sent' }));
  ledger.append(entry('c2', 'apps/Deployment/shop/other', { hop: 'change' }));
  ledger.append(entry('', 'alert:aa', { decision: 'silenced' }));
  ledger.append(entry('', 'something'));
  expect(ledger.query({ alert: 'aa' }).map(({ subject, decision }) => `${subject} ${decision}`)).toEqual([
    'apps/Deployment/shop/web changed',
    'alert:aa firing',
    'group:g sent',
    'alert:aa silenced',
  ]);
  expect(ledger.query({ alert: 'none' })).toEqual([]);
});

it('tells listeners of each row at once, and goes on when one of them fails', () => {
  const { ledger } = open();
  const seen: number[] = [];
  const cancel = ledger.subscribe(() => {
    throw new Error('listener');
  });
  ledger.subscribe(({ id }) => seen.push(id));
  ledger.append(entry('c', 's'));
  cancel();
  ledger.append(entry('c', 's'));
  expect(seen).toEqual([1, 2]);
});

it('counts what it has no room for instead of growing', () => {
  const { ledger } = open({ maxWaiting: 2 });
  for (let i = 0; i < 5; i++) ledger.append(entry('c', 's'));
  expect(ledger.dropped).toBe(3);
  expect(ledger.query({})).toHaveLength(2);
});

it('never throws: rows wait while they cannot be written, and are tried again', async () => {
  const errors: unknown[] = [];
  const db = openDatabase(':memory:');
  let isFull = true;
  const full: Database = {
    prepare: (sql) => db.prepare(sql),
    exec: (sql) => db.exec(sql),
    close: () => db.close(),
    transaction(work) {
      if (isFull) throw new Error('the disk is full');
      return db.transaction(work);
    },
  };
  const clock = new VirtualClock(1_000_000);
  isFull = false;
  const ledger = new LedgerStore({ db: full, clock, onError: (error) => errors.push(error) });
  isFull = true;
  ledger.append(entry('c', 's'));
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  ledger.append(entry('c', 't', { detail: cycle }));
  await clock.advance(10);
  expect([errors.length, ledger.waiting]).toEqual([1, 2]);
  isFull = false;
  await clock.advance(1000);
  expect(ledger.waiting).toBe(0);
  expect(subjects(ledger.query({ cause: 'c' }))).toEqual(['s', 't']);
});

it('goes on counting after a restart, and keeps only so many rows of only such an age', () => {
  const { db, clock, ledger } = open({ maxRows: 5, maxAgeMs: 1000 });
  for (let i = 0; i < 8; i++) ledger.append(entry('c', `s${i}`));
  ledger.flush();
  const second = open({ db, clock, maxRows: 5 }).ledger;
  expect(second.query({}).map(({ id }) => id)).toEqual([8, 7, 6, 5, 4]);
  second.append(entry('c', 'next'));
  expect(second.query({ limit: 1 })[0]?.id).toBe(9);
  const later = open({ db, clock: new VirtualClock(1_000_000 + 2000), maxAgeMs: 1000 }).ledger;
  later.append(entry('c', 'late'));
  expect(later.query({}).map(({ id }) => id)).toEqual([10, 9]);
});

it('tells of an alert what led to it and what names it, a pending one included, and nothing of other alerts', () => {
  const { ledger } = open();
  ledger.append(entry('c', 'change'));
  ledger.append(entry('c', 'rule:mine', { detail: { fingerprint: 'f1' } }));
  ledger.append(entry('c', 'rule:other', { detail: { fingerprint: 'f2' } }));
  expect(subjects(ledger.query({ alert: 'f1' }))).toEqual(['change', 'rule:mine']);
  ledger.append(entry('c', 'alert:f1'));
  ledger.append(entry('d', 'group:both', { detail: { fingerprints: ['f2', 'f1'] } }));
  ledger.append(entry('c', 'group:other', { detail: { fingerprints: ['f2'] } }));
  expect(subjects(ledger.query({ alert: 'f1' }))).toEqual(['change', 'rule:mine', 'alert:f1', 'group:both']);
});
