import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { expect, it, onTestFinished } from 'vitest';

type Store = typeof import('../../src/store/open.ts');
type Driver = typeof import('../../src/store/driver.ts');

/** The store alone, built as the program is: it has no thread in sources. */
const folder = join(process.cwd(), '.cache/checkpoints');
const bundle = await rolldown({
  input: ['open', 'driver', 'checkpoint.worker'].map((name) => join(process.cwd(), `src/store/${name}.ts`)),
  platform: 'node',
  external: ['libsql'],
});
await bundle.write({ dir: folder, entryFileNames: '[name].js' });
await bundle.close();

const built = (file: string): string => pathToFileURL(join(folder, file)).href;
const { openDatabase } = (await import(built('open.js'))) as Store;
const { openDriver } = (await import(built('driver.js'))) as Driver;

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'skopos-checkpoints-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'skopos.db');
}

/** Writes steadily, without a pause that is long enough for a checkpoint here, until `isDone`. */
async function writeUntil(put: (text: string) => void, isDone: () => boolean): Promise<void> {
  const text = 'x'.repeat(4000);
  while (!isDone()) {
    for (let i = 0; i < 20; i++) put(text);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

it('moves the log into the file by a thread while writing goes on', async () => {
  const path = newFile();
  const db = openDatabase(path);
  db.exec('CREATE TABLE t (x TEXT)');
  const put = db.prepare('INSERT INTO t VALUES (?)');
  let rows = 0;
  const size = () => statSync(path).size;
  await writeUntil(
    (text) => {
      put.run(text);
      rows++;
    },
    () => size() > 4_000_000,
  );
  // The log is far from what makes SQLite move it by itself, so that it was the thread.
  expect(rows).toBeLessThan(3000);
  db.close();
  const again = openDatabase(path);
  expect(again.prepare('SELECT COUNT(*) AS n FROM t').get()).toEqual({ n: rows });
  again.close();
});

it('is kept from nothing by a reader that stays', async () => {
  const path = newFile();
  const db = openDatabase(path);
  db.exec('CREATE TABLE t (x TEXT)');
  const put = db.prepare('INSERT INTO t VALUES (?)');
  put.run('first');
  const reader = openDriver(path);
  reader.exec('BEGIN');
  const seen = reader.prepare('SELECT COUNT(*) AS n FROM t');
  expect(seen.get([])).toEqual({ n: 1 });
  let rows = 1;
  const write = (text: string): void => {
    put.run(text);
    rows++;
  };
  await writeUntil(write, () => rows > 3000);
  expect(seen.get([])).toEqual({ n: 1 });
  reader.exec('COMMIT');
  reader.close();
  await writeUntil(write, () => statSync(path).size > 8_000_000);
  db.close();
  const again = openDatabase(path);
  expect(again.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  expect(again.prepare('SELECT COUNT(*) AS n FROM t').get()).toEqual({ n: rows });
  again.close();
});

it('loses nothing that was written when the process is killed at any time', async () => {
  const path = newFile();
  const script = `
    import { openDatabase } from ${JSON.stringify(built('open.js'))};
    const db = openDatabase(${JSON.stringify(path)});
    db.exec('CREATE TABLE IF NOT EXISTS t (i INTEGER PRIMARY KEY, x TEXT)');
    const put = db.prepare('INSERT INTO t (x) VALUES (?)');
    const count = db.prepare('SELECT COUNT(*) AS n FROM t');
    const text = 'x'.repeat(2000);
    setInterval(() => {
      for (let i = 0; i < 50; i++) put.run(text);
      console.log(Number(count.get().n));
    }, 1);
  `;
  let kept = 0;
  for (const waitMs of [1500, 2500, 2000]) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    let told = 0;
    createInterface({ input: child.stdout }).on('line', (line) => {
      told = Number(line);
    });
    while (told <= kept + 1500) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    child.kill('SIGKILL');
    await ended;
    const db = openDatabase(path);
    expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    kept = Number(db.prepare('SELECT COUNT(*) AS n FROM t').get()?.['n']);
    db.close();
    expect(kept).toBeGreaterThanOrEqual(told);
  }
});
