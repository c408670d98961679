import type { FloatHistogram } from '../model/float-histogram.ts';
import { metricName } from '../model/labels.ts';
import { type AggregateExpr, unwrapParens } from './ast.ts';
import { absent, type Column, float, histogramAt, type NewColumn, setHistogram } from './column.ts';
import type { Evaluation, Work } from './evaluation.ts';
import { averageHistograms, sumHistograms } from './histogram/total.ts';
import { remarkHistogram } from './remarks.ts';

/**
 * What native histograms do to an aggregation whose floats are in `out` already: `sum` and `avg` add them up, and have no answer
 * where both kinds stand; all others pass over them, and say so.
 */
export function* aggregateHistograms(
  evaluation: Evaluation,
  expr: AggregateExpr,
  members: readonly Column[],
  out: NewColumn,
): Work<void> {
  const { span } = unwrapParens(expr.expr);
  const with_ = members.filter(({ histograms }) => histograms !== undefined);
  if (expr.op !== 'sum' && expr.op !== 'avg') {
    remarkIgnored(evaluation, expr);
    return;
  }
  const total = expr.op === 'sum' ? sumHistograms : averageHistograms;
  for (let step = 0; step < out.present.length; step++) {
    const found: FloatHistogram[] = [];
    for (const member of with_) {
      const one = histogramAt(member, step);
      if (one !== undefined) found.push(one);
    }
    if (found.length === 0) continue;
    if (evaluation.isDue(found.length * 50)) yield;
    if (out.present[step] === float) {
      out.present[step] = absent;
      evaluation.annotations.warn('encountered a mix of histograms and floats for aggregation', span);
      continue;
    }
    const totalled = total(found);
    if (totalled === undefined) {
      remarkHistogram(evaluation, 'mixed-buckets', with_[0]?.labels[metricName] ?? '', span);
      continue;
    }
    if (totalled.conflict) remarkHistogram(evaluation, 'conflict-aggregation', '', span);
    if (totalled.reconciled) remarkHistogram(evaluation, 'reconciled-aggregation', '', span);
    setHistogram(out, step, totalled.histogram);
  }
}

/** Says that an aggregation passed over histograms. The ranking ones speak of themselves, the others of what they aggregate. */
export function remarkIgnored(evaluation: Evaluation, expr: AggregateExpr): void {
  const ranks = expr.op === 'topk' || expr.op === 'bottomk';
  evaluation.annotations.info(
    `ignored histogram in ${expr.op} aggregation`,
    ranks ? expr.span : unwrapParens(expr.expr).span,
  );
}
