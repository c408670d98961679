import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { VirtualClock } from '../../kit/clock.ts';
import { openDatabase } from '../../store/open.ts';
import { ExceptionStore, type NewException } from './exception-store.ts';

const startMs = 1_000_000;
const wanted: NewException = {
  scopes: [{ namespace: 'shop' }],
  policies: [{ controlId: 'C-0057' }],
  startsAtMs: startMs,
  endsAtMs: startMs + 60_000,
  createdBy: 'ann',
  owner: 'team-shop',
  reason: 'the driver needs it',
  windows: [],
  noticeMs: 0,
};

it('keeps exceptions over a restart, and who made them over edits', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'skopos-exceptions-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const clock = new VirtualClock(startMs);
  const first = openDatabase(join(folder, 'skopos.db'));
  const store = new ExceptionStore(first, clock);
  const id = store.set(wanted);
  const other = store.set(wanted);
  expect(other).not.toBe(id);
  store.expire(other);
  await clock.advance(10);
  expect(store.set({ ...wanted, id, createdBy: 'bob', reason: 'still' })).toBe(id);
  first.close();

  const second = openDatabase(join(folder, 'skopos.db'));
  onTestFinished(() => second.close());
  const again = new ExceptionStore(second, clock);
  expect(again.get(id)).toEqual({
    ...wanted,
    id,
    createdBy: 'ann',
    reason: 'still',
    updatedAtMs: startMs + 10,
  });
  expect(again.get(other)).toMatchObject({ endsAtMs: startMs });
  again.collect(5);
  expect(again.list().map((one) => one.id)).toEqual([id]);
});

it.each<[string, Partial<NewException>, RegExp]>([
  ['for nothing', { scopes: [{}, { name: '', labels: {} }] }, /what it is for/],
  ['that ends before it starts', { startsAtMs: startMs + 60_000 }, /after the start/],
  ['that is over', { startsAtMs: 1, endsAtMs: startMs }, /in the past/],
  ['that is huge', { reason: 'x'.repeat(70_000) }, /at most 65536 characters/],
  ['that is not there', { id: 'none' }, /there is no exception none/],
])('refuses one %s', (_, parts, message) => {
  const store = new ExceptionStore(openDatabase(':memory:'), new VirtualClock(startMs));
  expect(() => store.set({ ...wanted, ...parts })).toThrow(message);
  expect(store.list()).toEqual([]);
});

it('neither changes nor ends one that has ended', async () => {
  const clock = new VirtualClock(startMs);
  const store = new ExceptionStore(openDatabase(':memory:'), clock);
  const id = store.set(wanted);
  await clock.advance(60_000);
  expect(() => store.expire(id)).toThrow(/ended already/);
  expect(() => store.set({ ...wanted, id, endsAtMs: startMs + 120_000 })).toThrow(/make a new one/);
});
