import { ExpositionError } from './exposition-error.ts';
import type { FamilySample, MetricType } from './metric-family.ts';
import { readNumber } from './number.ts';

/** What a sample is in its family. */
export interface SamplePlace {
  readonly family: string;
  readonly type: MetricType;
  /** What its name adds to the family's. */
  readonly suffix: string;
}

/** The label that tells the samples of one point apart. Info metrics are not told apart at all. */
export function pointLabel(type: MetricType, family: string): string | undefined {
  if (type === 'histogram' || type === 'gaugehistogram') return 'le';
  if (type === 'summary') return 'quantile';
  return type === 'stateset' ? family : undefined;
}

/**
 * Rules that hold for a sample by itself.
 *
 * @throws {ExpositionError}
 */
export function checkSample(sample: FamilySample, place: SamplePlace): void {
  const problem =
    exemplarProblem(sample, place) ?? labelProblem(sample, place) ?? valueProblem(sample, place);
  if (problem !== undefined) throw new ExpositionError(sample.line, problem);
}

function exemplarProblem(
  { exemplar, name }: FamilySample,
  { type, suffix }: SamplePlace,
): string | undefined {
  if (exemplar === undefined || suffix === '_bucket' || (type === 'counter' && suffix === '_total'))
    return undefined;
  return `${name} of type ${type} has an exemplar; only the _total of a counter and the buckets of histograms may`;
}

function labelProblem(sample: FamilySample, { type, suffix, family }: SamplePlace): string | undefined {
  const own = pointLabel(type, family);
  const label = labelOf(sample, own);
  const must = suffix === '_bucket' || (suffix === '' && own !== undefined);
  if (!must) return undefined;
  if (label === undefined) return `a sample ${sample.name} of type ${type} needs the label ${own}`;
  if (type === 'stateset') return undefined;
  const bound = numberOf(label);
  if (Number.isNaN(bound)) return `the label ${own} must be a number, and is "${label}"`;
  return type === 'summary' && (bound < 0 || bound > 1)
    ? `the label quantile must be between 0 and 1, and is "${label}"`
    : undefined;
}

function valueProblem({ value, name }: FamilySample, { type, suffix }: SamplePlace): string | undefined {
  if (type === 'info')
    return value === 1 ? undefined : `the value of an info metric is 1, and this is ${value}`;
  if (type === 'stateset') {
    return value === 0 || value === 1 ? undefined : `a state is 0 or 1, and this is ${value}`;
  }
  if (type === 'gauge' || type === 'unknown') return undefined;
  if (type === 'summary' && suffix === '') {
    return value < 0 ? `a quantile of a summary cannot be negative, and this is ${value}` : undefined;
  }
  if (Number.isNaN(value)) return `${name} of type ${type} cannot be NaN`;
  const maySink = suffix === '_gsum' || (type === 'histogram' && suffix === '_sum') || suffix === '_created';
  return value < 0 && !maySink ? `${name} of type ${type} cannot be negative, and is ${value}` : undefined;
}

/**
 * Rules that hold for the samples of one point together.
 *
 * @throws {ExpositionError}
 */
export function checkPoint(samples: readonly FamilySample[], family: string, type: MetricType): void {
  if (type !== 'histogram' && type !== 'gaugehistogram') return;
  const sum = samples.find(({ name }) => name === family + (type === 'histogram' ? '_sum' : '_gsum'));
  const count = samples.find(({ name }) => name === family + (type === 'histogram' ? '_count' : '_gcount'));
  const buckets = samples.filter(({ name }) => name === `${family}_bucket`);
  const problem =
    bucketProblem(buckets) ??
    partsProblem(sum, count) ??
    countProblem(buckets, count) ??
    sumProblem(buckets, sum, type);
  if (problem === undefined) return;
  throw new ExpositionError(samples.at(-1)?.line ?? 0, `the ${type} ${family} ${problem}`);
}

function bucketProblem(buckets: readonly FamilySample[]): string | undefined {
  for (const [index, bucket] of buckets.entries()) {
    const before = buckets[index - 1];
    if (before === undefined) continue;
    if (boundOf(bucket) <= boundOf(before))
      return `has buckets out of order: ${leOf(bucket)} after ${leOf(before)}`;
    if (bucket.value < before.value) {
      return `has less in the bucket ${leOf(bucket)} than in ${leOf(before)}, which it contains`;
    }
  }
  const last = buckets.at(-1);
  return last === undefined || boundOf(last) !== Number.POSITIVE_INFINITY
    ? 'has no bucket le="+Inf"'
    : undefined;
}

function partsProblem(sum: FamilySample | undefined, count: FamilySample | undefined): string | undefined {
  if (sum === undefined && count !== undefined) return 'has a count and no sum';
  return sum !== undefined && count === undefined ? 'has a sum and no count' : undefined;
}

function countProblem(buckets: readonly FamilySample[], count: FamilySample | undefined): string | undefined {
  const all = buckets.at(-1)?.value;
  return count !== undefined && count.value !== all
    ? `has a count of ${count.value} and ${all} in the bucket le="+Inf"`
    : undefined;
}

/** With negative buckets the sum of a histogram may go down, so that it is no counter, and is left out. */
function sumProblem(
  buckets: readonly FamilySample[],
  sum: FamilySample | undefined,
  type: MetricType,
): string | undefined {
  if (sum === undefined) return undefined;
  const hasNegative = buckets.some((bucket) => boundOf(bucket) < 0);
  if (type === 'histogram' && hasNegative) return 'has negative buckets, and with those no sum';
  return sum.value < 0 && !hasNegative ? 'has a negative sum and no negative bucket' : undefined;
}

function labelOf({ labels }: FamilySample, name: string | undefined): string | undefined {
  return labels.find(([held]) => held === name)?.[1];
}

function leOf(bucket: FamilySample): string {
  return `le="${labelOf(bucket, 'le') ?? ''}"`;
}

function boundOf(bucket: FamilySample): number {
  return numberOf(labelOf(bucket, 'le') ?? '');
}

/** NaN for what is no number of the format. */
function numberOf(text: string): number {
  return readNumber(text) ?? Number.NaN;
}
