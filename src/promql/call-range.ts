import { metricName } from '../model/labels.ts';
import type { Call } from './ast.ts';
import { unwrapParens } from './ast.ts';
import { type Column, type Grid, newColumn, type Value } from './column.ts';
import { type Evaluation, scalarsOf, vector, type Work } from './evaluation.ts';
import { formatNumber } from './format-number.ts';
import { rangeFunctions } from './functions/over-time.ts';
import { startsOverlap } from './functions/rate.ts';
import { mergeColumns } from './merge-columns.ts';
import { type RangeSeries, type RangeSource, rangeSource } from './range-source.ts';
import { remarkHistogram } from './remarks.ts';
import type { Stream } from './select-series.ts';
import { Slide } from './slide.ts';

/** A function of a range vector, series by series: the windows slide over samples that were read once. */
export function* callRangeFunction(evaluation: Evaluation, call: Call, grid: Grid): Work<Value> {
  const columns: Column[] = [];
  yield* eachRanged(evaluation, call, grid, { use: (column) => void columns.push(column) });
  return yield* vector(
    evaluation,
    comesApart(evaluation, call) ? columns : yield* mergeColumns(evaluation, columns),
  );
}

/** Whether a range function's series stay apart without their names: they all have one, or keep theirs for now. */
export function comesApart(evaluation: Evaluation, call: Call): boolean {
  const spec = rangeFunctions.get(call.name);
  if (spec?.keepsName === true || evaluation.options.delayedNameRemoval) return true;
  const arg = call.args[spec?.rangeArg ?? 0];
  const range = arg === undefined ? undefined : unwrapParens(arg);
  if (range?.kind !== 'matrix') return false;
  return range.selector.matchers.some(
    ({ name, op, value }) => name === metricName && op === '=' && value !== '',
  );
}

/** As {@link callRangeFunction}, one column after the other, and before series that only their names told apart are looked at. */
export function* eachRanged(
  evaluation: Evaluation,
  call: Call,
  grid: Grid,
  { use, room }: Stream,
): Work<void> {
  const spec = rangeFunctions.get(call.name);
  const rangeArg = spec?.rangeArg ?? 0;
  const arg = call.args[rangeArg];
  if (spec === undefined || arg === undefined) throw new Error(`no range function ${call.name}`);
  const scalars: Float64Array[] = [];
  for (const [i, scalar] of call.args.entries())
    if (i !== rangeArg) scalars.push(scalarsOf(yield* evaluation.evaluate(scalar, grid)));
  const source = yield* rangeSource(evaluation, arg, grid);
  if (call.name === 'quantile_over_time') warnOfQuantile(evaluation, call, scalars[0]);
  const slide = new Slide(evaluation, { spec, name: call.name, source, scalars, grid });
  const startSamples = evaluation.samples;
  for (const series of source.series) {
    const { labels, dropName } = spec.keepsName ? series : evaluation.dropName(series.labels);
    const column = room?.make(labels, dropName) ?? newColumn(labels, dropName, grid.steps);
    // The samples of one window are held at once, and what came of the windows before.
    if (!evaluation.fits(series.timesMs.length)) evaluation.mayHold(widest(series, source.rangeMs));
    const { count, floats } = yield* slide.fill(series, column);
    remark(evaluation, call, source, { series, slide, floats });
    if (count === 0) continue;
    use(column);
    if (room === undefined) evaluation.samples += count;
  }
  evaluation.samples = startSamples;
}

/** The most samples that one window of a length can hold. */
function widest({ timesMs }: RangeSeries, rangeMs: number): number {
  let from = 0;
  let most = 0;
  for (let to = 0; to < timesMs.length; to++) {
    while ((timesMs[from] as number) <= (timesMs[to] as number) - rangeMs) from++;
    if (to - from + 1 > most) most = to - from + 1;
  }
  return most;
}

const counterName = /_(?:total|sum|count|bucket)$/;

function remark(
  evaluation: Evaluation,
  call: Call,
  { node }: RangeSource,
  { series, slide, floats }: { readonly series: RangeSeries; readonly slide: Slide; readonly floats: number },
): void {
  const name = series.labels[metricName] ?? '';
  for (const what of slide.remarks) {
    // `irate` and `idelta` speak of all of their arguments, which is the same range.
    remarkHistogram(evaluation, what, name, node.span);
  }
  if (call.name !== 'rate' && call.name !== 'increase') return;
  if (startsOverlap(series))
    evaluation.annotations.warn(
      `sample has start time that overlaps with previous sample timestamp for metric ${JSON.stringify(name)}`,
      node.span,
    );
  if (floats === 0 || name === '' || counterName.test(name) || node.kind !== 'matrix') return;
  evaluation.annotations.info(
    `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${JSON.stringify(name)}`,
    node.span,
  );
}

function warnOfQuantile(evaluation: Evaluation, call: Call, phis: Float64Array | undefined): void {
  const bad = phis?.find((phi) => !(phi >= 0 && phi <= 1));
  const arg = call.args[0];
  if (bad === undefined || arg === undefined) return;
  evaluation.annotations.warn(
    `quantile value should be between 0 and 1, got ${formatNumber(bad)}`,
    unwrapParens(arg).span,
  );
}
