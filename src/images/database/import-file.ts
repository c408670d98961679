import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { BadInputError } from '../../kit/app-error.ts';
import type { HydratedFile } from './hydrate.ts';
import { install, sweep } from './install.ts';

/**
 * Makes a downloaded archive, or a database, the one of the folder: where no network is.
 *
 * @param checksum `sha256:…` that the file must have; not checked when left out
 * @throws {BadInputError} when there is no such file, or its checksum is another
 * @throws {VulnerabilityDatabaseError} when it is no database.
 */
export async function importFile(
  folder: string,
  path: string,
  { nowMs, checksum }: { readonly nowMs: number; readonly checksum?: string },
): Promise<HydratedFile> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) throw new BadInputError('', `${path}: there is no such file`);
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
  const digest = `sha256:${hash.digest('hex')}`;
  if (checksum !== undefined && checksum !== digest)
    throw new BadInputError('', `${path}: its checksum is ${digest}, expected ${checksum}`);
  await sweep(folder);
  return install(folder, path, { digest, source: path, importedAtMs: nowMs });
}
