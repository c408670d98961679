import { BadInputError, messageOf } from '../../kit/app-error.ts';
import { lintFamilies } from '../../scrape/lint/lint-families.ts';
import type { MetricFamily } from '../../scrape/openmetrics/metric-family.ts';
import { parseOpenMetrics } from '../../scrape/openmetrics/parse-openmetrics.ts';
import { parseText } from '../../scrape/text/parse-text.ts';

export interface CheckMetricsOptions {
  /** `all` or `none`. */
  readonly lint: string;
  /** Whether the number of series of each metric is told. */
  readonly extended: boolean;
}

/**
 * Lints an exposition, as `promtool check metrics` does. OpenMetrics is known by its end.
 *
 * @returns the exit status: 0 well, 1 not readable, 3 against the conventions.
 * @throws {BadInputError} when nothing is asked for.
 */
export function checkMetrics(text: string, { lint, extended }: CheckMetricsOptions): 0 | 1 | 3 {
  if (lint !== 'all' && lint !== 'none')
    throw new BadInputError('--lint', `expected all or none, got "${lint}"`);
  if (lint === 'none' && !extended) {
    process.stderr.write('nothing to check: --lint=none leaves only what --extended asks for\n');
    return 1;
  }
  let families: readonly MetricFamily[];
  try {
    families = /(?:^|\n)# EOF\n?$/.test(text) ? parseOpenMetrics(text) : parseText(text);
  } catch (error) {
    process.stderr.write(`error while linting: ${messageOf(error)}\n`);
    return 1;
  }
  const problems = lint === 'all' ? lintFamilies(families) : [];
  for (const { metric, problem } of problems) process.stderr.write(`${metric} ${problem}\n`);
  if (extended) process.stdout.write(cardinalities(families));
  return problems.length > 0 ? 3 : 0;
}

/** Metrics by how many series they have, most first. */
function cardinalities(families: readonly MetricFamily[]): string {
  const counts = families
    .map(({ name, samples }) => ({ name, count: samples.length }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const width = Math.max(6, ...counts.map(({ name }) => name.length));
  const row = (name: string, count: string, share: string) =>
    `${name.padEnd(width)}  ${count.padEnd(11)}  ${share}\n`;
  return [
    row('Metric', 'Cardinality', 'Percentage'),
    ...counts.map(({ name, count }) => row(name, String(count), `${((100 * count) / total).toFixed(2)}%`)),
    row('Total', String(total), '100%'),
  ].join('');
}
