import { isAbsolute, resolve } from 'node:path';
import type { Command } from 'commander';
import { createHttpClient } from '../http/client.ts';
import { importFile } from '../images/database/import-file.ts';
import { publicListing } from '../images/database/listing.ts';
import { importOsv } from '../images/database/osv/import-osv.ts';
import { DatabaseUpdater } from '../images/database/updater.ts';
import { VulnerabilityDatabase } from '../images/database/vulnerability-database.ts';
import { BadInputError } from '../kit/app-error.ts';
import { databaseFolder } from './db/database-folder.ts';
import { deleteData } from './db/delete-data.ts';
import { findText } from './db/find.ts';
import { noData, providersText, statusJson, statusText } from './db/show.ts';
import { updateProgress } from './image/progress.ts';
import { inOneLine } from './printable.ts';
import { type AddCommand, CommandEnd } from './program.ts';

interface Flags {
  readonly db?: string;
  readonly json?: true;
}

interface UpdateFlags extends Flags {
  readonly url?: string;
  readonly mirror?: readonly string[];
  readonly force?: true;
}

interface ImportFlags extends Flags {
  readonly osv?: true;
  readonly provider?: string;
  readonly checksum?: string;
}

/** `skopos db`: the vulnerability data that `skopos image` matches with. */
export const dbCommand: AddCommand = (program, { cwd, signal }) => {
  const db = program.command('db').description('the vulnerability data: look at it, renew it, add your own');
  const open = (flags: Flags) => VulnerabilityDatabase.open(databaseFolder(flags.db, cwd));

  common(
    db
      .command('status', { isDefault: true })
      .description('what there is and how old; status 1 when there is none, or too old'),
  ).action((flags: Flags) => {
    const status = open(flags).status();
    process.stdout.write(flags.json ? statusJson(status) : statusText(status));
    if (status.state !== 'ready') throw new CommandEnd(1);
  });

  online(db.command('check').description('whether there is a newer one; status 1 when there is')).action(
    async (flags: UpdateFlags) => {
      const database = open(flags);
      const listing = await withUpdater(database, flags, (updater) => updater.check(signal));
      const { builtAtMs } = database.status();
      const isNewer = listing.builtAtMs > builtAtMs;
      const built = new Date(listing.builtAtMs).toISOString();
      process.stdout.write(
        flags.json
          ? `${JSON.stringify({ ...listing, isNewer })}\n`
          : `${isNewer ? 'there is a newer database' : 'the database is current'}: built ${built}, schema ${listing.schema}, ${listing.status}\n`,
      );
      if (isNewer) throw new CommandEnd(1);
    },
  );

  online(db.command('update').description("get Grype's newest database"))
    .option('--force', 'ask although it was asked a short time ago')
    .action(async (flags: UpdateFlags) => {
      const database = open(flags);
      const result = await withUpdater(database, flags, (updater) =>
        updater.update(signal, flags.force === true),
      );
      for (const warning of result.warnings) process.stderr.write(`warning: ${inOneLine(warning)}\n`);
      const outcomes = {
        updated: 'updated',
        current: 'already the newest',
        early: 'not asked: it was a short time ago (--force asks all the same)',
      };
      const { outcome } = result;
      const status = database.status();
      process.stdout.write(
        flags.json
          ? `${JSON.stringify({ outcome, ...status }, undefined, 2)}\n`
          : `${outcomes[outcome]}\n${statusText(status)}`,
      );
    });

  common(db.command('import').description('take a downloaded database, or OSV records of your own'))
    .argument(
      '<paths...>',
      'an archive or vulnerability.db; with --osv files and folders of OSV records in JSON',
    )
    .option('--osv', 'the paths are OSV records, which are kept beside the database')
    .option(
      '--provider <name>',
      'with --osv: what your records are called, private when left out; those of that name are replaced',
    )
    .option('--checksum <sha256>', 'what the archive must have: sha256:…')
    .action(async (paths: readonly string[], flags: ImportFlags) => {
      const folder = databaseFolder(flags.db, cwd);
      const nowMs = Date.now();
      const absolute = paths.map((path) => (isAbsolute(path) ? path : resolve(cwd, path)));
      if (flags.osv) return importRecords(folder, absolute, flags, nowMs);
      const [path, ...more] = absolute;
      if (path === undefined || more.length > 0)
        throw new BadInputError('', 'expected one archive or database (or --osv)');
      const { checksum, provider } = flags;
      if (provider !== undefined)
        throw new BadInputError('--provider', 'it names records of your own: add --osv');
      await importFile(folder, path, { nowMs, ...(checksum === undefined ? {} : { checksum }) });
      const status = VulnerabilityDatabase.open(folder).status();
      process.stdout.write(flags.json ? statusJson(status) : statusText(status));
    });

  common(db.command('providers').description('where the data comes from, and how old each source is')).action(
    (flags: Flags) => {
      const status = open(flags).status();
      if (status.state === 'missing' || status.state === 'broken') throw noData(status);
      process.stdout.write(flags.json ? `${JSON.stringify(status.providers)}\n` : providersText(status));
    },
  );

  common(db.command('search').description('what the data says of a vulnerability, or of a package'))
    .argument('<name>', 'such as CVE-2024-3094, GHSA-…, or a package name')
    .option('--limit <number>', 'how many packages to show', wholeNumber, 50)
    .action((name: string, flags: Flags & { readonly limit: number }) => {
      const found = findText(open(flags), name, { limit: flags.limit, isJson: flags.json === true });
      process.stdout.write(found.text);
      if (found.count === 0) throw new CommandEnd(1);
    });

  common(db.command('delete').description('remove the database; what was imported with --osv stays'))
    .option('--provider <name>', 'remove these records instead')
    .action((flags: Flags & { readonly provider?: string }) => {
      const removed = deleteData(databaseFolder(flags.db, cwd), flags.provider);
      process.stdout.write(flags.json ? `${JSON.stringify({ removed })}\n` : `removed ${removed}\n`);
    });
};

async function importRecords(
  folder: string,
  paths: readonly string[],
  { provider = 'private', checksum, json }: ImportFlags,
  nowMs: number,
): Promise<void> {
  if (checksum !== undefined)
    throw new BadInputError('--checksum', 'it is for a downloaded database: leave out --osv');
  const { unknownEcosystems, records, withoutPackages } = await importOsv({ folder, paths, provider, nowMs });
  for (const [name, count] of unknownEcosystems)
    process.stderr.write(
      `warning: ${count} entries of the ecosystem "${inOneLine(name)}" are of no type that is matched\n`,
    );
  const ecosystems = Object.fromEntries(unknownEcosystems);
  process.stdout.write(
    json
      ? `${JSON.stringify({ provider, records, withoutPackages, unknownEcosystems: ecosystems })}\n`
      : `${records} records of ${provider}, ${withoutPackages} of them of no package\n`,
  );
}

function common(command: Command): Command {
  return command
    .option(
      '--db <folder>',
      'where the data lies (or SKOPOS_DB, or skopos/vulnerability-db in your cache folder)',
    )
    .option('--json', 'as JSON');
}

function online(command: Command): Command {
  return common(command)
    .option(
      '--url <url>',
      `a listing, or the base of listings (or SKOPOS_DB_URL); ${publicListing} when left out`,
    )
    .option('--mirror <url>', 'asked when the first does not answer; may be given several times', gather);
}

async function withUpdater<Result>(
  database: VulnerabilityDatabase,
  { url = process.env['SKOPOS_DB_URL'] || publicListing, mirror = [] }: UpdateFlags,
  work: (updater: DatabaseUpdater) => Promise<Result>,
): Promise<Result> {
  const client = createHttpClient({ proxy_from_environment: true });
  const progress = updateProgress(process.stderr);
  try {
    return await work(
      new DatabaseUpdater({ database, url, mirrors: mirror, client, onProgress: progress.show }),
    );
  } finally {
    progress.end();
    await client.close();
  }
}

function gather(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text];
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new BadInputError('--limit', `expected a whole number, got "${text}"`);
  return Number(text);
}
