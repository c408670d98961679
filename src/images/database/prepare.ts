import { rm } from 'node:fs/promises';
import { type HydratedFile, hydrate } from './hydrate.ts';
import { unpackDatabase } from './unpack.ts';

export interface PrepareJob {
  /** An archive, or a database. */
  readonly from: string;
  /** Where the database is to lie, ready to be asked; nothing lies there when it fails. */
  readonly to: string;
}

/** Unpacks, checks and indexes. @throws {VulnerabilityDatabaseError} */
export async function prepare({ from, to }: PrepareJob): Promise<HydratedFile> {
  try {
    await unpackDatabase(from, to);
    return hydrate(to);
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
}
