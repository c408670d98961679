import { constants, readdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { BadInputError, messageOf } from '../../../kit/app-error.ts';
import { filesMatching } from '../../../kit/glob.ts';
import { labelsKey } from '../../../model/labels.ts';
import type { MetricFamily } from '../../../model/metric.ts';
import { parseText } from '../../../scrape/text/parse-text.ts';
import { gauge } from '../build-family.ts';
import type { CollectContext, CreateCollector } from '../collector.ts';

/** All files together; more than that would take more memory than this process may have. */
const maxBytes = 4 * 1024 * 1024;

interface ReadFile {
  readonly path: string;
  readonly mtimeMs: number;
  readonly families: ReturnType<typeof parseText>;
}

/** What other programs have written into `*.prom` files, told as if it were ours. */
export const textfile: CreateCollector = ({ textfileDirectories }) => ({
  name: 'textfile',
  async collect(context) {
    const files: ReadFile[] = [];
    let isWell = true;
    let bytesLeft = maxBytes;
    const failed = (path: string, error: unknown): void => {
      isWell = false;
      context.log.warn({ path, error: messageOf(error) }, 'text file left out');
    };
    for (const path of promFiles(textfileDirectories, failed)) {
      try {
        const { text, mtimeMs } = await readBounded(path, bytesLeft);
        bytesLeft -= text.length;
        files.push({ path, mtimeMs, families: parsed(text, path) });
      } catch (error) {
        failed(path, error);
      }
    }
    const mtime = gauge('node_textfile_mtime_seconds', 'Unixtime mtime of textfiles successfully read.');
    for (const { path, mtimeMs } of files) mtime.add(mtimeMs / 1000, { file: path });
    const error = gauge(
      'node_textfile_scrape_error',
      '1 if there was an error opening or reading a file, 0 otherwise',
    ).add(isWell ? 0 : 1);
    return [...joined(files, context), mtime, error];
  },
});

function promFiles(patterns: readonly string[], failed: (path: string, error: unknown) => void): string[] {
  const listed = (folder: string): string[] => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  };
  return patterns.flatMap((pattern) => {
    const found = filesMatching(pattern, listed);
    return (found.length === 0 ? [pattern] : found).flatMap((folder) => {
      try {
        const names = readdirSync(folder).filter((name) => name.endsWith('.prom'));
        return names.sort().map((name) => `${folder}/${name}`);
      } catch (error) {
        failed(folder, error);
        return [];
      }
    });
  });
}

/** @throws {BadInputError} for what is no file, or too long. */
async function readBounded(path: string, most: number): Promise<{ text: string; mtimeMs: number }> {
  // Without waiting: a FIFO in this place has no writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new BadInputError('', 'it is not a regular file');
    if (stat.size > most)
      throw new BadInputError(
        '',
        `all text files together may have ${maxBytes} bytes, and this one is too much`,
      );
    return { text: await file.readFile('utf8'), mtimeMs: stat.mtimeMs };
  } finally {
    await file.close();
  }
}

/** @throws {ExpositionError} for what is not in the text format, {@link BadInputError} for samples with times. */
function parsed(text: string, path: string): ReadFile['families'] {
  const families = parseText(text);
  for (const { name, samples } of families)
    if (samples.some(({ timestampMs }) => timestampMs !== undefined))
      throw new BadInputError(
        '',
        `${path}: ${name} has a time; leave it out, as a text file tells how things are now`,
      );
  return families;
}

interface Joined {
  family: ReadFile['families'][number];
  readonly paths: string[];
  readonly samples: MetricFamily['samples'][number][];
}

/** One family for each name, whatever files it is in; of a series that is there twice, the first stays. */
function joined(files: readonly ReadFile[], { log }: CollectContext): MetricFamily[] {
  const byName = new Map<string, Joined>();
  const seen = new Set<string>();
  for (const { path, families } of files)
    for (const family of families) {
      const held = byName.get(family.name) ?? { family, paths: [], samples: [] };
      byName.set(family.name, held);
      held.paths.push(path);
      if (held.family.help === undefined && family.help !== undefined) held.family = family;
      addSamples(held, family, seen, (series) => log.warn({ path, ...series }, 'series told twice'));
    }
  return [...byName].map(([name, { family, paths, samples }]) => ({
    name,
    help: family.help ?? `Metric read from ${paths.join(', ')}`,
    type: family.type as MetricFamily['type'],
    samples,
  }));
}

function addSamples(
  { samples }: Joined,
  family: Joined['family'],
  seen: Set<string>,
  onTwice: (series: object) => void,
): void {
  for (const { name, labels: pairs, value } of family.samples) {
    const labels = Object.fromEntries(pairs);
    const key = `${name} ${labelsKey(labels)}`;
    if (seen.has(key)) onTwice({ series: name, labels });
    else samples.push({ name, labels, value });
    seen.add(key);
  }
}
