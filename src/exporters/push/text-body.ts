import { BadInputError, messageOf } from '../../kit/app-error.ts';
import { type IsSpent, mapInTurns, type Work } from '../../kit/work.ts';
import { type Labels, labelsKey } from '../../model/labels.ts';
import { ExpositionError } from '../../scrape/openmetrics/exposition-error.ts';
import type { FamilySample, MetricFamily as TextFamily } from '../../scrape/openmetrics/metric-family.ts';
import { parseTextInTurns } from '../../scrape/text/parse-text.ts';
import type { PushedBody, PushedFamily, PushedMetric } from './pushed-family.ts';

/** A push in the text format 0.0.4. @throws {BadInputError} naming the line */
export function* readTextBody(text: string, isSpent: IsSpent): Work<PushedBody> {
  let read: TextFamily[];
  try {
    read = yield* parseTextInTurns(text, isSpent);
  } catch (error) {
    if (!(error instanceof ExpositionError)) throw error;
    throw new BadInputError('', `text format parsing error in ${messageOf(error)}`, { cause: error });
  }
  const families: PushedFamily[] = [];
  for (const family of read)
    if (family.samples.length > 0) families.push(yield* pushedFamily(family, isSpent));
  return {
    families,
    hasTimes: read.some(({ samples }) => samples.some(({ timestampMs }) => timestampMs !== undefined)),
  };
}

function* pushedFamily(family: TextFamily, isSpent: IsSpent): Work<PushedFamily> {
  const { name, help = '', type, samples } = family;
  if (type === 'histogram' || type === 'summary')
    return { name, help, type, metrics: yield* gathered(family, type, isSpent) };
  const isKnown = type === 'counter' || type === 'gauge';
  const metrics = yield* mapInTurns(
    samples,
    ({ labels, value }) => ({ labels: Object.fromEntries(labels), value }),
    isSpent,
  );
  return { ...{ name, help, type: isKnown ? type : 'unknown' }, metrics };
}

interface Gathering {
  readonly labels: Labels;
  count: number | undefined;
  sum: number | undefined;
  readonly points: [number, number][];
}

/** Lines that are alike in all labels but the one of their points are one histogram or summary. */
function* gathered(
  family: TextFamily,
  type: 'histogram' | 'summary',
  isSpent: IsSpent,
): Work<PushedMetric[]> {
  const all = new Map<string, Gathering>();
  const pointLabel = type === 'histogram' ? 'le' : 'quantile';
  for (const sample of family.samples) {
    const labels = Object.fromEntries(sample.labels);
    const at = labels[pointLabel];
    delete labels[pointLabel];
    const key = labelsKey(labels);
    const held = all.get(key) ?? { labels, count: undefined, sum: undefined, points: [] };
    all.set(key, held);
    gather(held, sample, { family: family.name, type, at });
    if (isSpent()) yield;
  }
  const metricOf = ({ labels, count = 0, sum = 0, points }: Gathering): PushedMetric => {
    points.sort(([a], [b]) => a - b);
    if (points.some(([at], i) => at === points[i + 1]?.[0]))
      throw new BadInputError('', `${family.name} has two points with the same ${pointLabel}`);
    return { labels, value: 0, distribution: { count, sum, points } };
  };
  return yield* mapInTurns([...all.values()], metricOf, isSpent);
}

/** Puts one line where it belongs. `at`: its bound or quantile as written. */
function gather(
  held: Gathering,
  { name, value, line }: FamilySample,
  { family, type, at }: { readonly family: string; readonly type: string; readonly at: string | undefined },
): void {
  const part = name.slice(family.length);
  if (part === '_count' || part === '_sum') {
    const field = part === '_count' ? 'count' : 'sum';
    if (held[field] !== undefined) throw wrong(line, `${name} is there twice with the same labels`);
    held[field] = value;
    return;
  }
  if (type === 'histogram' && part === '')
    throw wrong(line, `${family} is a histogram: it has _bucket, _sum and _count alone`);
  const bound = at === undefined ? undefined : boundOf(at);
  if (bound === undefined)
    throw wrong(line, `${name} needs a number as its label ${type === 'histogram' ? 'le' : 'quantile'}`);
  held.points.push([bound, value]);
}

function boundOf(text: string): number | undefined {
  if (/^\+?inf$/i.test(text)) return Number.POSITIVE_INFINITY;
  if (/^-inf$/i.test(text)) return Number.NEGATIVE_INFINITY;
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

function wrong(line: number, problem: string): BadInputError {
  return new BadInputError('', `text format parsing error in line ${line}: ${problem}`);
}
