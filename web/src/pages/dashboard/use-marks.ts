import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Annotation } from '../../../../src/dashboards/dashboard.ts';
import { type AnswerData, type AnswerSeries, legendOf, seriesOf } from '../../../../src/dashboards/frames.ts';
import { interpolate } from '../../../../src/dashboards/interpolate.ts';
import { stepsOf } from '../../../../src/dashboards/interval.ts';
import { scopeOf, type VariableState } from '../../../../src/dashboards/scope.ts';
import type { TimeRange } from '../../../../src/dashboards/time-range.ts';
import { ask } from '../query/prometheus.ts';
import { inTurn } from './query-turns.ts';

/** Something that happened, drawn over graphs: from when to when. */
export interface Mark {
  readonly fromMs: number;
  readonly toMs: number;
  readonly title: string;
  readonly text: string;
  readonly colour: string;
}

/** More marks than these would hide what they are about. */
const mostMarks = 200;

/** The annotations of a dashboard over its range. What cannot be asked for is left out: the panels say what is wrong. */
export function useMarks(
  annotations: readonly Annotation[],
  states: readonly VariableState[],
  range: TimeRange,
): readonly Mark[] {
  const answers = useQueries({
    queries: annotations
      .filter(({ enabled }) => enabled)
      .map((annotation) => {
        const { intervalMs } = stepsOf(range, 500, annotation.step || '60s');
        const scope = scopeOf(states, range, { intervalMs, rateIntervalMs: 4 * intervalMs });
        const expr = interpolate(annotation.expr, scope, 'promql');
        const startMs = Math.ceil(range.fromMs / intervalMs) * intervalMs;
        const endMs = Math.max(startMs, Math.floor(range.toMs / intervalMs) * intervalMs);
        return {
          queryKey: ['panel', 'marks', expr, startMs, endMs, intervalMs],
          queryFn: async ({ signal }: { readonly signal: AbortSignal }): Promise<Mark[]> => {
            const values = { query: expr, start: startMs / 1000, end: endMs / 1000, step: intervalMs / 1000 };
            const { data } = await inTurn(signal, () => ask<AnswerData>('v1/query_range', values, signal));
            return seriesOf(data).flatMap((series) => marksOf(series, annotation, intervalMs));
          },
          placeholderData: keepPreviousData,
          staleTime: Number.POSITIVE_INFINITY,
          gcTime: 5000,
          retry: false,
        };
      }),
  });
  const key = answers.map(({ dataUpdatedAt }) => dataUpdatedAt).join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the answers are known to have changed exactly then
  return useMemo(() => answers.flatMap(({ data = [] }) => data).slice(0, mostMarks), [key]);
}

/** One mark for each run of points that hold something other than 0. */
function marksOf(
  { metric, values = [] }: AnswerSeries,
  { name, titleFormat, textFormat, colour }: Annotation,
  stepMs: number,
): Mark[] {
  const marks: { fromMs: number; toMs: number }[] = [];
  for (const [seconds, value] of values) {
    if (Number(value) === 0) continue;
    const atMs = seconds * 1000;
    const last = marks.at(-1);
    if (last !== undefined && atMs - last.toMs <= stepMs * 1.5) last.toMs = atMs;
    else marks.push({ fromMs: atMs, toMs: atMs });
  }
  const title = titleFormat === '' ? name : legendOf(metric, titleFormat);
  const text = textFormat === '' ? '' : legendOf(metric, textFormat).trim();
  return marks.map((mark) => ({ ...mark, title, text, colour }));
}
