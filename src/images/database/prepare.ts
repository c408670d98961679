import { rm } from 'node:fs/promises';
import { type HydratedFile, hydrate } from './hydrate.ts';
import { unpackDatabase } from './unpack.ts';

export interface PrepareJob {
  /** An archive, or a database. */
  readonly from: string;
  /** Where the database is to lie, ready to be asked; nothing lies there when it fails. */
  readonly to: string;
  /** The database that it takes the place of, where there is one. */
  readonly before?: string;
}

/** Unpacks, checks and indexes. @throws {VulnerabilityDatabaseError} */
export async function prepare({ from, to, before }: PrepareJob): Promise<HydratedFile> {
  try {
    await unpackDatabase(from, to);
    return hydrate(to, before);
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
}
