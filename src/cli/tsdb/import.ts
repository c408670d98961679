import { createReadStream, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BadInputError, NotFoundError } from '../../kit/app-error.ts';
import { createLogger } from '../../log/logger.ts';
import { metricName } from '../../model/labels.ts';
import { ExpositionError } from '../../scrape/openmetrics/exposition-error.ts';
import { parseSample } from '../../scrape/openmetrics/parse-sample.ts';
import { type ImportedSample, importSamples } from '../../tsdb/import/import-samples.ts';
import { type ListedBlock, showBlocks, sizeOf } from './list.ts';

export interface ImportFlags {
  readonly file: string;
  readonly dir: string;
  readonly blockDurationMs: number;
}

/**
 * Writes the samples of an OpenMetrics file as blocks. Gives the list of them for printing.
 *
 * @throws {BadInputError} with the line of what cannot be read; blocks that were written before stay.
 */
export async function importOpenMetrics({
  file,
  dir,
  blockDurationMs,
}: ImportFlags): Promise<(isForPeople: boolean) => string> {
  if (!existsSync(file)) throw new NotFoundError(`there is no file ${file}`);
  mkdirSync(dir, { recursive: true });
  const blocks: ListedBlock[] = [];
  await importSamples({
    dir,
    log: createLogger('warn'),
    nowMs: Date.now(),
    blockDurationMs,
    samples: () => readSamples(file),
    onBlock: (meta) => void blocks.push({ meta, bytes: sizeOf(join(dir, meta.ulid)) }),
  });
  return (isForPeople) => showBlocks(blocks, isForPeople);
}

/** Line by line, so that a file may be larger than memory. What stands between `#` and the end of a line is passed over. */
async function* readSamples(file: string): AsyncGenerator<ImportedSample> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  let number = 0;
  let isEnded = false;
  try {
    for await (const line of lines) {
      number++;
      if (isEnded) throw new ExpositionError(number, 'there is something after "# EOF"');
      if (line === '# EOF') isEnded = true;
      else if (!line.startsWith('#')) yield readSample(line, number);
    }
    if (!isEnded) throw new ExpositionError(number, 'the file does not end with "# EOF"');
  } catch (error) {
    if (error instanceof ExpositionError) throw new BadInputError(file, error.message, { cause: error });
    throw error;
  } finally {
    lines.close();
  }
}

function readSample(line: string, number: number): ImportedSample {
  const { name, labels, value, timestampMs } = parseSample(line, number);
  if (timestampMs === undefined) throw new ExpositionError(number, 'the sample has no timestamp');
  const all: Record<string, string> = { [metricName]: name };
  for (const [label, text] of labels) if (text !== '') all[label] = text;
  return { labels: all, atMs: Math.floor(timestampMs), value };
}
