import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UnavailableError } from '../../kit/app-error.ts';
import type { HydratedFile } from './hydrate.ts';
import { prepareInThread } from './prepare-in-thread.ts';
import { databaseLayout, type ImportNote } from './vulnerability-database.ts';

/** What lies in the folder while it is being made. */
const partName = /^(?:download|vulnerability)-.*\.part$/;

/** A name of one's own for a file in the making, which {@link sweep} knows. */
export function partPath(folder: string, kind: 'download' | 'vulnerability', nowMs: number): string {
  return join(folder, `${kind}-${process.pid}-${nowMs}.part`);
}

/**
 * Makes a database of an archive or file the one of the folder. What is open stays as it is; the change is one renaming, so
 * that there is a whole database at any time.
 *
 * @throws {VulnerabilityDatabaseError} when it is none
 * @throws {UnavailableError} when the folder cannot be written.
 */
export async function install(folder: string, from: string, note: ImportNote): Promise<HydratedFile> {
  mkdirSync(folder, { recursive: true });
  const part = partPath(folder, 'vulnerability', note.importedAtMs);
  const main = join(folder, databaseLayout.main);
  const file = await prepareInThread({ from, to: part, ...(existsSync(main) ? { before: main } : {}) });
  try {
    renameSync(part, main);
    const notePart = `${part}.json.part`;
    writeFileSync(notePart, `${JSON.stringify(note, undefined, 2)}\n`);
    renameSync(notePart, join(folder, databaseLayout.note));
  } catch (error) {
    throw new UnavailableError(`cannot write into ${folder}: ${messageOf(error)}`, { cause: error });
  }
  return file;
}

/** Removes what earlier runs began and did not finish; what this process is making stays. */
export async function sweep(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names)
    if (partName.test(name) && !isAlive(Number(name.split('-')[1])))
      await rm(join(folder, name), { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a folder was last asked for, and what it was told. */
export interface CheckNote {
  readonly checkedAtMs: number;
  /** Nothing is asked before. */
  readonly notBeforeMs: number;
  /** Failures in a row. */
  readonly failures: number;
}

const checkFile = 'last-check.json';

export function readCheckNote(folder: string): CheckNote {
  try {
    const note = JSON.parse(readFileSync(join(folder, checkFile), 'utf8')) as Partial<CheckNote>;
    const number = (value: unknown): number => (Number.isFinite(value) ? Number(value) : 0);
    return {
      checkedAtMs: number(note.checkedAtMs),
      notBeforeMs: number(note.notBeforeMs),
      failures: number(note.failures),
    };
  } catch {
    return { checkedAtMs: 0, notBeforeMs: 0, failures: 0 };
  }
}

export function writeCheckNote(folder: string, note: CheckNote): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, checkFile), `${JSON.stringify(note)}\n`);
}
