import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import { TimeSeriesStore } from './store.ts';

/**
 * The same with a minute between samples, so that head and blocks are compacted all the time; the clock is that of the samples.
 */
const compactingWriter = `
  const { TimeSeriesStore } = await import(process.argv[1]);
  const log = { error() {}, warn() {}, info() {}, debug() {} };
  let atMs = Number(process.argv[3]);
  const clock = { now: () => atMs, timer() { return () => {}; } };
  const store = new TimeSeriesStore({ dir: process.argv[2], clock, log });
  let busy = false;
  for (let k = 0; ; k++, atMs += 60_000) {
    store.append(Array.from({ length: 10 }, (_, i) => ({ labels: { __name__: 'n', i: String(i) }, atMs, value: atMs })));
    process.stdout.write(atMs + '\\n');
    if (k % 30 === 0 && !busy) {
      busy = true;
      store.enforceRetention().finally(() => { busy = false; });
    }
    await new Promise((resolve) => setImmediate(resolve));
  }`;

/** Appends samples of ten series without end and prints the time of each batch once it was acknowledged. */
const writer = `
  const { TimeSeriesStore } = await import(process.argv[1]);
  const log = { error() {}, warn() {}, info() {} };
  const clock = { now: Date.now, timer() { return () => {}; } };
  const store = new TimeSeriesStore({ dir: process.argv[2], clock, log });
  for (let atMs = Number(process.argv[3]); ; atMs++) {
    store.append(Array.from({ length: 10 }, (_, i) => ({ labels: { __name__: 'n', i: String(i) }, atMs, value: atMs })));
    process.stdout.write(atMs + '\\n');
    await new Promise((resolve) => setImmediate(resolve));
  }`;

it('loses nothing that it acknowledged when it is killed at any moment', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tsdb-kill-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const module = compiledStore();
  let fromMs = Date.now() - 3_600_000;
  for (let round = 0; round < 3; round++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', writer, module, dir, String(fromMs)]);
    const acknowledged = await killAfter(child, 30 + Math.random() * 150);
    const store = new TimeSeriesStore({ dir, clock: systemClock, log: silentLogger });
    let count = 0;
    let newestMs = 0;
    for (const { timesMs, values } of store.select({
      matchers: [],
      fromMs: 0,
      toMs: Number.MAX_SAFE_INTEGER,
    })) {
      count++;
      newestMs = Math.max(newestMs, timesMs.at(-1) ?? 0);
      expect(timesMs.at(-1)).toBeGreaterThanOrEqual(acknowledged);
      expect(timesMs.length).toBe((timesMs.at(-1) ?? 0) - (timesMs[0] ?? 0) + 1);
      expect(values.at(-1)).toBe(timesMs.at(-1));
    }
    expect(count).toBe(10);
    fromMs = newestMs + 1;
    store.close();
  }
}, 60_000);

it('loses nothing when it is killed while it writes and compacts blocks', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tsdb-kill-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const module = compiledStore();
  const firstMs = Math.floor(Date.now() / 60_000) * 60_000 - 14 * 86_400_000;
  let fromMs = firstMs;
  let blocks = 0;
  for (let round = 0; round < 5; round++) {
    const args = ['--input-type=module', '-e', compactingWriter, module, dir, String(fromMs)];
    const child = spawn(process.execPath, args);
    const acknowledged = await killAfter(child, Math.random() * 20, 200 + Math.random() * 400);
    const store = new TimeSeriesStore({ dir, clock: systemClock, log: silentLogger });
    let count = 0;
    for (const { timesMs, values } of store.select({
      matchers: [],
      fromMs: 0,
      toMs: Number.MAX_SAFE_INTEGER,
    })) {
      count++;
      const newestMs = timesMs.at(-1) ?? 0;
      expect(newestMs).toBeGreaterThanOrEqual(acknowledged);
      expect(timesMs.length).toBe((newestMs - firstMs) / 60_000 + 1);
      expect([timesMs[0], values[0], values.at(-1)]).toEqual([firstMs, firstMs, newestMs]);
      fromMs = newestMs + 60_000;
    }
    expect(count).toBe(10);
    expect(store.figures().corruptBlocks).toBe(0);
    blocks = Math.max(blocks, store.blocks().length);
    store.close();
  }
  expect(blocks).toBeGreaterThan(0);
}, 90_000);

const root = join(import.meta.dirname, '../..');

/** The store as JavaScript, for a process of its own; inside the project, so that packages are found. */
function compiledStore(): string {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const outDir = mkdtempSync(join(root, '.cache/kill-test-'));
  onTestFinished(() => rmSync(outDir, { recursive: true, force: true }));
  const flags = [
    '--target',
    'es2023',
    '--module',
    'nodenext',
    '--rewriteRelativeImportExtensions',
    '--noCheck',
  ];
  const sources = ['store.ts', 'block/compaction.worker.ts'].map((file) => join(root, 'src/tsdb', file));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync(
    process.execPath,
    [tsc, '--ignoreConfig', ...flags, '--rootDir', join(root, 'src'), '--outDir', outDir, ...sources],
    { encoding: 'utf8' },
  );
  const path = join(outDir, 'tsdb/store.js');
  if (!existsSync(path)) throw new Error(`the store does not compile: ${stdout}`);
  return path;
}

/** The last time that the child acknowledged before it was killed: so long after it acknowledged so many. */
function killAfter(child: ChildProcess, ms: number, leastLines = 1): Promise<number> {
  let text = '';
  let errors = '';
  let isDoomed = false;
  child.stderr?.on('data', (data) => (errors += data));
  child.stdout?.on('data', (data) => {
    text += data;
    if (isDoomed || text.split('\n').length <= leastLines) return;
    isDoomed = true;
    setTimeout(() => child.kill('SIGKILL'), ms);
  });
  return new Promise((resolve, reject) => {
    child.once('close', () => {
      const last = text.slice(0, text.lastIndexOf('\n')).split('\n').at(-1);
      if (last === undefined || last === '') reject(new Error(`the child wrote nothing: ${errors}`));
      else resolve(Number(last));
    });
  });
}
