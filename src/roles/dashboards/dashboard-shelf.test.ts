import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { VirtualClock } from '../../kit/clock.ts';
import { silentLogger } from '../../log/logger.ts';
import { shippedDashboards } from '../paths.ts';
import { DashboardShelf } from './dashboard-shelf.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skopos-shelf-'));
});

async function put(name: string, content: unknown): Promise<void> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
}

function shelf(...more: { path: string; isShipped: boolean }[]): DashboardShelf {
  return new DashboardShelf({
    folders: [{ path: folder, isShipped: false }, ...more],
    clock: new VirtualClock(1_700_000_000_000),
    log: silentLogger,
  });
}

const board = (uid: string, title = uid) => ({
  uid,
  title,
  tags: ['mine'],
  panels: [{ id: 1, type: 'stat' }],
});

it('reads the JSON files of a folder and of those in it, and passes over hidden ones', async () => {
  await put('a.json', board('a'));
  await put('team/b.json', board('b'));
  await put('..data/c.json', board('c'));
  await put('notes.txt', 'no dashboard');
  const { items, problems } = await shelf().list();
  expect(items.map(({ uid, folder: at, panels }) => [uid, at, panels])).toEqual([
    ['a', '', 1],
    ['b', 'team', 1],
  ]);
  expect(problems).toEqual([]);
});

it('names a broken file, and goes on with the others', async () => {
  await put('a.json', board('a'));
  await put('b.json', '{"uid": ');
  await put('c.json', { title: 'no uid', panels: [] });
  await put('d.json', board('a', 'the same uid'));
  const { items, problems } = await shelf().list();
  expect(items.map(({ uid }) => uid)).toEqual(['a']);
  expect(problems.map(({ file, message }) => [file.slice(folder.length + 1), message])).toEqual([
    ['b.json', expect.stringContaining('this is not JSON')],
    ['c.json', expect.stringContaining('uid: expected up to 40 letters')],
    ['d.json', 'has the uid a, as a.json has, which is shown'],
  ]);
});

it('says that a folder is not there', async () => {
  await rm(folder, { recursive: true });
  expect((await shelf().list()).problems).toMatchObject([
    { file: folder, message: expect.stringContaining('ENOENT') },
  ]);
});

it('gives the whole dashboard as it is in the file, and nothing for a uid that there is not', async () => {
  await put('a.json', { ...board('a'), extra: { kept: true } });
  const own = shelf();
  expect((await own.get('a'))?.dashboard).toMatchObject({ uid: 'a', extra: { kept: true } });
  expect(await own.get('b')).toBeUndefined();
});

it('looks again: what changed is read anew, what went is gone', async () => {
  await put('a.json', board('a', 'before'));
  await put('b.json', board('b'));
  const clock = new VirtualClock(1_700_000_000_000);
  const own = new DashboardShelf({ folders: [{ path: folder, isShipped: false }], clock, log: silentLogger });
  const stop = new AbortController();
  const running = own.run(stop.signal);
  const titles = async () => (await own.list()).items.map(({ title }) => title);
  expect(await titles()).toEqual(['b', 'before']);
  await put('a.json', board('a', 'after'));
  await utimes(join(folder, 'a.json'), 1_700_000_100, 1_700_000_100);
  await rm(join(folder, 'b.json'));
  await expect
    .poll(async () => {
      await clock.advance(5000);
      return titles();
    })
    .toEqual(['after']);
  stop.abort();
  await running;
});

it("shows the user's dashboard in place of ours of the same uid", async () => {
  await put('mine.json', board('skopos-node', 'My nodes'));
  const { items, problems } = await shelf({ path: shippedDashboards, isShipped: true }).list();
  expect(items.find(({ uid }) => uid === 'skopos-node')).toMatchObject({
    title: 'My nodes',
    isShipped: false,
  });
  expect(items.filter(({ isShipped }) => isShipped)).toHaveLength(5);
  expect(problems).toEqual([]);
});
