import { mkdir, mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../kit/clock.ts';
import { silentLogger } from '../../log/logger.ts';
import type { ObjectChange } from '../../model/change.ts';
import { Inventory } from '../inventory.ts';
import type { BatchInfo } from '../source.ts';
import { FolderSource } from './folder-source.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const pod = (name: string, image = 'x:1') =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {containers: [{name: c, image: "${image}"}]}\n`;

/** A folder of the given files, watched. */
async function watched(files: Readonly<Record<string, string>>, rescanMs = 60_000) {
  const folder = await mkdtemp(join(tmpdir(), 'skopos-folder-'));
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  };
  for (const [file, text] of Object.entries(files)) await write(file, text);
  const inventory = new Inventory({ cluster: 'test', clock: systemClock, log: silentLogger });
  const source = new FolderSource({ folder, inventory, clock: systemClock, log: silentLogger, rescanMs });
  const batches: { readonly changes: readonly ObjectChange[]; readonly info: BatchInfo }[] = [];
  inventory.subscribe((changes, info) => void batches.push({ changes, info }));
  const stop = new AbortController();
  const run = source.run(stop.signal);
  cleanups.push(async () => {
    stop.abort();
    await run;
    await rm(folder, { recursive: true, force: true });
  });
  await new Promise<void>((resolve) => void inventory.onReady(resolve));
  const names = () => [...inventory.keys()].map((key) => key.slice(key.lastIndexOf('/') + 1)).sort();
  /** `+name` for put and `-name` for deleted, of all batches since the last call. */
  const news = () =>
    batches
      .splice(0)
      .flatMap(({ changes }) => changes.map((c) => `${c.object === undefined ? '-' : '+'}${c.ref.name}`));
  return { folder, write, inventory, source, batches, names, news };
}

async function until(check: () => void, timeoutMs = 4000): Promise<void> {
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    try {
      check();
      return;
    } catch (error) {
      if (Date.now() > endMs) throw error;
      await pause(2);
    }
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the first look', () => {
  it('reads nested folders, marks what it finds as initial, and passes hidden files and other names over', async () => {
    const { names, batches, inventory } = await watched({
      'a.yaml': pod('a'),
      'deep/er/b.yml': pod('b'),
      'deep/c.json': '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"c"}}',
      '.hidden/d.yaml': pod('d'),
      '.e.yaml.swp': pod('e'),
      'README.md': pod('f'),
      'node_modules/g.yaml': pod('g'),
    });
    expect(names()).toEqual(['a', 'b', 'c']);
    expect(batches.every(({ info }) => info.initial && info.source === 'folder')).toBe(true);
    expect(inventory.origin('/Pod/default/b')).toEqual({ source: 'folder', file: 'deep/er/b.yml', line: 1 });
  });

  it('follows links and ends at loops', async () => {
    const { folder, names, write, source } = await watched({ 'real/a.yaml': pod('a') });
    await symlink('..', join(folder, 'real/loop'));
    await symlink('real/a.yaml', join(folder, 'z.yaml'));
    await write('b.yaml', pod('b'));
    await until(() => expect(names()).toEqual(['a', 'b']));
    await until(() =>
      expect(source.problems().map((p) => p.message)).toEqual([expect.stringMatching(/z\.yaml too/)]),
    );
  });

  it('says when there is no such folder, and goes on once there is', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'skopos-folder-'));
    const inventory = new Inventory({ cluster: 'test', clock: systemClock, log: silentLogger });
    const folder = join(parent, 'later');
    const source = new FolderSource({
      folder,
      inventory,
      clock: systemClock,
      log: silentLogger,
      rescanMs: 20,
    });
    const stop = new AbortController();
    const run = source.run(stop.signal);
    cleanups.push(async () => {
      stop.abort();
      await run;
      await rm(parent, { recursive: true });
    });
    await until(() =>
      expect(source.status()).toMatchObject({ state: 'failed', message: /cannot read the folder/ }),
    );
    expect(inventory.ready).toBe(false);
    await mkdir(folder);
    await writeFile(join(folder, 'a.yaml'), pod('a'));
    await until(() => expect(inventory.ready && inventory.size).toBe(1));
    expect(source.status().state).toBe('ok');
  });
});

describe('changes', () => {
  it('are told within milliseconds, once, and only when the content is other', async () => {
    const { write, news, batches, inventory } = await watched({ 'a.yaml': `${pod('a')}---\n${pod('b')}` });
    news();
    await write('a.yaml', `# a comment\n${pod('a', 'x:2')}---\n${pod('b')}`);
    const startMs = Date.now();
    await until(() => expect(batches).toHaveLength(1));
    expect(Date.now() - startMs).toBeLessThan(500);
    expect(batches[0]?.info.initial).toBe(false);
    expect(news()).toEqual(['+a']);
    await until(() => expect(inventory.origin('/Pod/default/b')?.line).toBe(7));
    expect(news()).toEqual([]);
  });

  it('of files in folders that are new, moved and removed are told', async () => {
    const { folder, write, names } = await watched({ 'a.yaml': pod('a') });
    await write('new/deeper/b.yaml', pod('b'));
    await until(() => expect(names()).toEqual(['a', 'b']));
    await write('new/deeper/c.yaml', pod('c'));
    await until(() => expect(names()).toEqual(['a', 'b', 'c']));
    await rename(join(folder, 'new'), join(folder, 'moved'));
    await until(() => expect(names()).toEqual(['a', 'b', 'c']));
    await write('moved/deeper/d.yaml', pod('d'));
    await until(() => expect(names()).toEqual(['a', 'b', 'c', 'd']));
    await rm(join(folder, 'moved'), { recursive: true });
    await until(() => expect(names()).toEqual(['a']));
  });

  it('in a folder that was removed and made again at once are told', async () => {
    const { folder, write, names } = await watched({ 'sub/a.yaml': pod('a') });
    await rm(join(folder, 'sub'), { recursive: true });
    await write('sub/b.yaml', pod('b'));
    await until(() => expect(names()).toEqual(['b']));
    await pause(50);
    await write('sub/c.yaml', pod('c'));
    await until(() => expect(names()).toEqual(['b', 'c']));
  });

  it('by editors that write aside and rename never look like a delete', async () => {
    const { folder, news, inventory } = await watched({ 'a.yaml': pod('a') });
    news();
    for (let i = 0; i < 5; i++) {
      // As vim does with `backupcopy=no`: the old file out of the way first.
      await rename(join(folder, 'a.yaml'), join(folder, 'a.yaml~'));
      await writeFile(join(folder, '.a.tmp'), pod('a', `x:new${i}`));
      await rename(join(folder, '.a.tmp'), join(folder, 'a.yaml'));
      await unlink(join(folder, 'a.yaml~'));
      await until(() => expect(JSON.stringify(inventory.object('/Pod/default/a'))).toContain(`x:new${i}`));
    }
    expect(news()).toEqual(['+a', '+a', '+a', '+a', '+a']);
  });

  it('written in pieces are not taken for deletes', async () => {
    const text = Array.from({ length: 40 }, (_, i) => pod(`p${i}`)).join('---\n');
    const { folder, news, names } = await watched({ 'a.yaml': text });
    news();
    const { open } = await import('node:fs/promises');
    const file = await open(join(folder, 'a.yaml'), 'w');
    const changed = text.replaceAll('x:1', 'x:2');
    for (let at = 0; at < changed.length; at += 1000) {
      await file.write(changed.slice(at, at + 1000));
      await pause(1);
    }
    await file.close();
    await until(() => expect(news().filter((entry) => entry === '+p39')).toHaveLength(1));
    expect(names()).toHaveLength(40);
  });
});

describe('a file that does not parse', () => {
  it('is reported, and keeps its last good objects, marked as stale, until it is mended', async () => {
    const { write, source, inventory, names, news } = await watched({
      'a.yaml': `${pod('a')}---\n${pod('b')}`,
    });
    news();
    let told = 0;
    source.onChange(() => {
      told += 1;
    });
    await write('a.yaml', `${pod('a')}---\nkind: Pod\nmetadata:\n  name: b\n bad: x\n`);
    await until(() =>
      expect(source.problems()).toMatchObject([{ severity: 'error', file: 'a.yaml', line: 9 }]),
    );
    expect(names()).toEqual(['a', 'b']);
    expect(inventory.origin('/Pod/default/a')?.staleSinceMs).toBeUndefined();
    expect(inventory.origin('/Pod/default/b')?.staleSinceMs).toBeGreaterThan(Date.now() - 10_000);
    expect(source.status()).toMatchObject({ state: 'degraded', message: /^a\.yaml:9:/ });
    expect(news()).toEqual([]);
    await write('a.yaml', `${pod('a')}---\n${pod('b')}`);
    await until(() => expect(source.status().state).toBe('ok'));
    expect(inventory.origin('/Pod/default/b')?.staleSinceMs).toBeUndefined();
    expect(news()).toEqual([]);
    expect(told).toBe(2);
  });

  it('because it is binary is reported', async () => {
    const { source } = await watched({ 'a.yaml': 'kind: \u0000' });
    expect(source.problems()).toMatchObject([{ file: 'a.yaml', message: /binary/ }]);
  });
});

describe('an object in two files', () => {
  it('is taken from the last by path, and from the other when that lets go of it', async () => {
    const { folder, write, inventory, source } = await watched({
      'b.yaml': pod('a', 'x:b'),
      'c.yaml': pod('a', 'x:c'),
    });
    const image = () => /x:\w+/.exec(JSON.stringify(inventory.object('/Pod/default/a')))?.[0];
    expect(image()).toBe('x:c');
    expect(source.problems()).toMatchObject([
      { severity: 'warning', file: 'b.yaml', message: /c\.yaml too/ },
    ]);
    await write('a.yaml', pod('a', 'x:a'));
    await until(() => expect(source.problems()).toHaveLength(2));
    expect(image()).toBe('x:c');
    await unlink(join(folder, 'c.yaml'));
    await until(() => expect(image()).toBe('x:b'));
    expect(inventory.origin('/Pod/default/a')?.file).toBe('b.yaml');
    await until(() => expect(source.problems()).toMatchObject([{ file: 'a.yaml' }]));
  });
});

it('the rescan finds what was not told', async () => {
  const { folder, inventory, names } = await watched({ 'a.yaml': pod('a') }, 50);
  const outside = await mkdtemp(join(tmpdir(), 'skopos-outside-'));
  cleanups.push(() => rm(outside, { recursive: true }));
  await writeFile(join(outside, 'x.yaml'), pod('b'));
  await symlink(join(outside, 'x.yaml'), join(folder, 'b.yaml'));
  await until(() => expect(names()).toEqual(['a', 'b']));
  await writeFile(join(outside, 'x.yaml'), pod('b', 'x:2'));
  await until(() => expect(JSON.stringify(inventory.object('/Pod/default/b'))).toContain('x:2'));
});
