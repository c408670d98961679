import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { finish } from '../../kit/work.ts';
import { openDatabase } from '../../store/open.ts';
import { GroupTable } from './group-table.ts';
import { keyed, type PushGroup } from './push-group.ts';

function opened() {
  const folder = mkdtempSync(join(tmpdir(), 'skopos-groups-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const db = openDatabase(join(folder, 'skopos.db'));
  onTestFinished(() => db.close());
  const parts = () => Number(db.prepare('SELECT COUNT(*) AS n FROM push_parts').get()?.['n']);
  return { db, parts };
}

function groupOf(job: string, sizes: Record<string, number>, value = 0): PushGroup {
  const families = Object.entries(sizes).map(([name, size]) => {
    const metrics = Array.from({ length: size }, (_, i) => ({
      ...{ labels: { job, instance: '', i: String(i) }, value: value + i },
    }));
    return [name, { ...keyed({ name, help: '', type: 'gauge', metrics }), atMs: 5 }] as const;
  });
  return {
    ...{ labels: { job }, pushedAtMs: 5, failedAtMs: 0, isStale: false },
    families: new Map(families),
  };
}

const never = () => false;
const always = () => true;

it('keeps large families in parts, and gives them back as they were', () => {
  const { db, parts } = opened();
  const table = new GroupTable(db);
  const group = groupOf('a', { small: 3, large: 1001, larger: 2000 });
  finish(table.put('a', group, never));
  expect(parts()).toBeGreaterThan(8);
  const [loaded] = new GroupTable(db).load();
  expect(loaded).toEqual(group);
});

it('has what was there before until a push is kept to its end, and forgets what one that was killed had written', () => {
  const { db, parts } = opened();
  const table = new GroupTable(db);
  const before = groupOf('a', { large: 1000 });
  finish(table.put('a', before, never));
  const count = parts();
  const work = table.put('a', groupOf('a', { large: 1000 }, 7), always);
  for (let slices = 0; slices < 3; slices++) work.next();
  expect(parts()).toBeGreaterThan(count);
  // Whoever opens it now sees what a program sees that starts after a kill.
  const after = new GroupTable(db);
  expect(after.load()).toEqual([before]);
  expect(parts()).toBe(count);
});

it('removes the parts of what is replaced, deleted or wiped, and writes those that stay only once', () => {
  const { db, parts } = opened();
  const table = new GroupTable(db);
  const first = groupOf('a', { large: 1000, other: 500 });
  finish(table.put('a', first, never));
  const count = parts();
  const other = first.families.get('other');
  const second = groupOf('a', { large: 1000 }, 3);
  if (other !== undefined) (second.families as Map<string, typeof other>).set('other', other);
  const work = table.put('a', second, always);
  let slices = 0;
  while (work.next().done !== true) slices++;
  expect(parts()).toBe(count);
  // Four parts written and four removed, those of `other` neither.
  expect(slices).toBe(8);
  expect(new GroupTable(db).load()).toEqual([second]);
  table.delete('a');
  expect(parts()).toBe(0);
  finish(table.put('b', groupOf('b', { large: 1000 }), never));
  table.clear();
  expect([parts(), new GroupTable(db).load()]).toEqual([0, []]);
});
