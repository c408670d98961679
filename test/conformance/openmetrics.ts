import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../src/kit/app-error.ts';
import { ExpositionError } from '../../src/scrape/openmetrics/exposition-error.ts';
import { parseOpenMetrics } from '../../src/scrape/openmetrics/parse-openmetrics.ts';
import { type CaseOutcome, casesAt, type SuiteResult, tally } from './suite.ts';

/** The folder that is run when none is named. */
export const defaultPath = casesAt('openmetrics');

/** Runs cases of the OpenMetrics format: one folder each, an exposition and whether it must be accepted. */
export async function run(path: string = defaultPath): Promise<SuiteResult> {
  if (!existsSync(path)) {
    console.log(`${path}: there is no such folder, so nothing was run`);
    return { passed: 0, failed: 0, skipped: 0 };
  }
  const folders = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return tally(folders.map(({ name }) => [name, outcomeOf(join(path, name))]));
}

function outcomeOf(folder: string): CaseOutcome {
  try {
    const { type, file, shouldParse } = JSON.parse(readFileSync(join(folder, 'test.json'), 'utf8')) as {
      readonly type: string;
      readonly file: string;
      readonly shouldParse: boolean;
    };
    if (type !== 'text') return { skipped: `it is of type ${type}; only "text" is read here` };
    const refusal = refusalOf(readFileSync(join(folder, file)));
    if (shouldParse === (refusal === undefined)) return { passed: true };
    return {
      problem: refusal === undefined ? 'accepted, though it breaks the format' : `refused: ${refusal}`,
    };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

function refusalOf(body: Uint8Array): string | undefined {
  try {
    parseOpenMetrics(body);
    return undefined;
  } catch (error) {
    if (error instanceof ExpositionError) return error.message;
    throw error;
  }
}
