import { createReadStream, mkdirSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BadInputError, messageOf } from '../../../kit/app-error.ts';
import { DatabaseWriter } from '../database-writer.ts';
import { databaseLayout } from '../vulnerability-database.ts';
import { readOsvRecord } from './osv-record.ts';
import { toVulnerability } from './to-vulnerability.ts';

export interface OsvImport {
  readonly file: string;
  readonly provider: string;
  readonly records: number;
  /** Of these, how many are told of no package that is known here. */
  readonly withoutPackages: number;
  /** Ecosystems that no package type here belongs to, and how many times they came. */
  readonly unknownEcosystems: ReadonlyMap<string, number>;
}

export interface OsvImportOptions {
  /** The database's folder. */
  readonly folder: string;
  /** Files and folders: `.json` of one record or a list, `.jsonl` of one a line. */
  readonly paths: readonly string[];
  /** Names the records' origin; an import replaces what was imported under the name before. */
  readonly provider: string;
  readonly nowMs: number;
}

/** Names that Grype's providers have would be taken for theirs. */
const taken =
  /^(?:nvd|github|debian|ubuntu|alpine|rhel|redhat|amazon|oracle|sles|wolfi|chainguard|alma|epss|kev)$/;

/**
 * Writes OSV records into a database file of their own beside Grype's, so that they stay when that is renewed.
 *
 * @throws {BadInputError} when a file or record cannot be read, or there is no record: then nothing has changed.
 */
export async function importOsv({ folder, paths, provider, nowMs }: OsvImportOptions): Promise<OsvImport> {
  if (!/^[a-z0-9][a-z0-9._-]{0,62}$/.test(provider) || taken.test(provider))
    throw new BadInputError(
      '--provider',
      `"${provider}" cannot name your advisories: use lower-case letters, digits, ".", "_" and "-", and no name of Grype's providers`,
    );
  const own = join(folder, databaseLayout.advisories);
  mkdirSync(own, { recursive: true });
  const file = join(own, `${provider}.db`);
  const now = new Date(nowMs).toISOString();
  const writer = new DatabaseWriter(file, { builtAt: now, isIndexed: true });
  const unknownEcosystems = new Map<string, number>();
  let [records, withoutPackages] = [0, 0];
  try {
    writer.addProvider(provider, now);
    for (const path of await filesOf(paths))
      for await (const { value, where } of recordsOf(path)) {
        const converted = toVulnerability(readOsvRecord(value, where), provider);
        for (const name of converted.unknownEcosystems)
          unknownEcosystems.set(name, (unknownEcosystems.get(name) ?? 0) + 1);
        records++;
        withoutPackages += Number(converted.vulnerability.packages.length === 0);
        writer.add(converted.vulnerability);
      }
    if (records === 0) throw new BadInputError('', `there is no OSV record in ${paths.join(', ')}`);
    writer.finish();
  } catch (error) {
    writer.discard();
    throw error;
  }
  return { file, provider, records, withoutPackages, unknownEcosystems };
}

async function filesOf(paths: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => {
      throw new BadInputError('', `${path}: there is no such file or folder`);
    });
    if (!found.isDirectory()) files.push(path);
    else
      for (const name of (await readdir(path, { recursive: true })).sort())
        if (/\.jsonl?$/.test(name)) files.push(join(path, name));
  }
  return files;
}

async function* recordsOf(path: string): AsyncGenerator<{ readonly value: unknown; readonly where: string }> {
  if (path.endsWith('.jsonl')) {
    let line = 0;
    for await (const text of createInterface({
      input: createReadStream(path),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      line++;
      if (text.trim() !== '') yield { value: parsed(text, `${path}:${line}`), where: `${path}:${line}` };
    }
    return;
  }
  const value = parsed(await readFile(path, 'utf8'), path);
  if (!Array.isArray(value)) yield { value, where: path };
  else for (const [i, one] of value.entries()) yield { value: one as unknown, where: `${path}[${i}]` };
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadInputError('', `${where}: no JSON: ${messageOf(error)}`, { cause: error });
  }
}
