import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { databaseLayout } from '../../images/database/vulnerability-database.ts';
import { BadInputError, NotFoundError } from '../../kit/app-error.ts';

/** Removes Grype's database, or the records of one provider of one's own. @returns the file that is gone */
export function deleteData(folder: string, provider: string | undefined): string {
  if (provider !== undefined && !/^[a-z0-9][a-z0-9._-]*$/.test(provider))
    throw new BadInputError('--provider', `"${provider}" is no name of records`);
  const path =
    provider === undefined
      ? join(folder, databaseLayout.main)
      : join(folder, databaseLayout.advisories, `${provider}.db`);
  if (!existsSync(path)) throw new NotFoundError(`there is nothing at ${path}`);
  rmSync(path);
  if (provider === undefined) rmSync(join(folder, databaseLayout.note), { force: true });
  return path;
}
