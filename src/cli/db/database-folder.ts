import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where commands keep vulnerability data: `--db`, `SKOPOS_DB`, or a folder of the user's cache. */
export function databaseFolder(
  flag: string | undefined,
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): string {
  const given = flag ?? env['SKOPOS_DB'];
  if (given !== undefined && given !== '') return resolve(cwd, given);
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'skopos', 'vulnerability-db');
}
