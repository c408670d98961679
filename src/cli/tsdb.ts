import { resolve } from 'node:path';
import type { Command } from 'commander';
import { BadInputError } from '../kit/app-error.ts';
import { parseDuration } from '../kit/duration.ts';
import type { AddCommand } from './program.ts';
import { analyzeBlock } from './tsdb/analyze.ts';
import { type DumpFormat, dumpFormats, dumpSamples } from './tsdb/dump.ts';
import { importOpenMetrics } from './tsdb/import.ts';
import { listBlocks } from './tsdb/list.ts';

/** `skopos tsdb`: looks at data directories, and fills them. Options and output are promtool's. */
export const tsdbCommand: AddCommand = (program, { cwd }) => {
  const tsdb = program
    .command('tsdb')
    .description('look at a data directory of Skopos or Prometheus, or import into one');

  tsdb
    .command('list')
    .description('the blocks')
    .argument('[directory]', 'the data directory', 'data/')
    .option('-r, --human-readable', 'times and sizes for people')
    .action((dir: string, { humanReadable = false }: { humanReadable?: boolean }) =>
      print(listBlocks(resolve(cwd, dir), humanReadable)),
    );

  tsdb
    .command('analyze')
    .description('churn and cardinality of a block')
    .argument('[directory]', 'the data directory', 'data/')
    .argument('[block]', 'the newest when left out')
    .option('--limit <number>', 'how many to show in each list', wholeNumber('--limit'), 20)
    .option('--extended', 'how full the chunks are, too')
    .action((dir: string, block: string | undefined, flags: { limit: number; extended?: boolean }) =>
      print(
        analyzeBlock({
          dir: resolve(cwd, dir),
          block,
          limit: flags.limit,
          extended: flags.extended ?? false,
        }),
      ),
    );

  const dump = (command: Command) =>
    command
      .argument('[directory]', 'the data directory', 'data/')
      .option('--min-time <ms>', 'the first time, Unix milliseconds', wholeNumber('--min-time'))
      .option('--max-time <ms>', 'the last time, Unix milliseconds', wholeNumber('--max-time'))
      .option('--match <selector>', 'such as up{job="a"}; may be given several times', gather)
      .option(
        '--sandbox-dir-root <directory>',
        'accepted as promtool has it: nothing is copied to look at a directory',
      );
  const dumped = (dir: string, flags: DumpFlags, format: DumpFormat) =>
    dumpSamples({
      dir: resolve(cwd, dir),
      fromMs: flags.minTime ?? Number.MIN_SAFE_INTEGER,
      toMs: flags.maxTime ?? Number.MAX_SAFE_INTEGER,
      selectors: flags.match ?? [],
      format,
    });
  dump(tsdb.command('dump').description('samples as text'))
    .option(
      '--format <format>',
      '"prometheus", as promtool tsdb dump, "openmetrics", or "seriesjson" for the series alone',
      'prometheus',
    )
    .action((dir: string, flags: DumpFlags & { format: string }) =>
      dumped(dir, flags, formatOf(flags.format)),
    );
  dump(tsdb.command('dump-openmetrics').description('samples as OpenMetrics text')).action(
    (dir: string, flags: DumpFlags) => dumped(dir, flags, 'openmetrics'),
  );

  const imported = (command: Command) =>
    command
      .argument('<file>', 'samples with timestamps; "-" is not taken, as the file is read more than once')
      .argument('[directory]', 'the data directory', 'data/')
      .option('-r, --human-readable', 'times and sizes for people')
      .option('-q, --quiet', 'do not list the blocks')
      .option('--max-block-duration <duration>', 'how much a block covers at most', '2h')
      .action(async (file: string, dir: string, flags: ImportCommandFlags) => {
        const blockDurationMs = parseDuration(flags.maxBlockDuration);
        if (blockDurationMs === undefined)
          throw new BadInputError(
            '--max-block-duration',
            `expected a duration such as 2h, got "${flags.maxBlockDuration}"`,
          );
        const target = resolve(cwd, dir);
        const listing = await importOpenMetrics({ file: resolve(cwd, file), dir: target, blockDurationMs });
        if (flags.quiet !== true) print(listing(flags.humanReadable ?? false));
      });
  imported(tsdb.command('import').description('OpenMetrics text into blocks'));
  imported(
    tsdb
      .command('create-blocks-from')
      .description("promtool's name of import")
      .command('openmetrics')
      .description('OpenMetrics text into blocks'),
  );
};

interface DumpFlags {
  readonly minTime?: number;
  readonly maxTime?: number;
  readonly match?: readonly string[];
}

interface ImportCommandFlags {
  readonly humanReadable?: boolean;
  readonly quiet?: boolean;
  readonly maxBlockDuration: string;
}

function print(text: string): void {
  process.stdout.write(text);
}

function formatOf(text: string): DumpFormat {
  const found = dumpFormats.find((format) => format === text);
  if (found !== undefined) return found;
  throw new BadInputError('--format', `expected one of ${dumpFormats.join(', ')}, got "${text}"`);
}

function gather(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function wholeNumber(flag: string): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (text === '' || !Number.isInteger(number))
      throw new BadInputError(flag, `expected a whole number, got "${text}"`);
    return number;
  };
}
