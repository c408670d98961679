import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { Panel, Target } from '../../../../src/dashboards/dashboard.ts';
import {
  type AnswerData,
  type AnswerSeries,
  type Frame,
  framesOf,
  seriesOf,
} from '../../../../src/dashboards/frames.ts';
import { interpolate, type Scope } from '../../../../src/dashboards/interpolate.ts';
import { stepsOf } from '../../../../src/dashboards/interval.ts';
import { narrowed, scopeOf, type VariableState } from '../../../../src/dashboards/scope.ts';
import { parseSpan, type TimeRange } from '../../../../src/dashboards/time-range.ts';
import { transformed } from '../../../../src/dashboards/transformations/index.ts';
import { ask } from '../query/prometheus.ts';
import { inTurn } from './query-turns.ts';

/** What a panel asks, its variables put in. */
export interface PanelQuestion {
  readonly targets: readonly (Target & { readonly filled: string })[];
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  /** When instant queries are asked for: the end of the range as it is, on no grid. */
  readonly instantMs: number;
  readonly scope: Scope;
}

export interface PanelData {
  readonly question: PanelQuestion;
  readonly frames: readonly Frame[];
  /** The answers as they came, for what needs histograms. */
  readonly series: readonly AnswerSeries[];
  readonly remarks: readonly string[];
  readonly tookMs: number;
}

/** Prometheus refuses finer questions, and a panel is no wider. */
const usualPoints = 1000;

export function questionOf(
  panel: Panel,
  states: readonly VariableState[],
  range: TimeRange,
  values: Readonly<Record<string, string>>,
): PanelQuestion {
  const { fromMs, toMs } = panelRange(panel, range);
  const wide = Math.round((panel.place.w / 24) * usualPoints);
  const points = panel.maxDataPoints ?? (panel.type === 'timeseries' ? wide : Math.min(wide, 120));
  const target = panel.targets.find(({ interval }) => interval !== '');
  const plain = scopeOf(states, range);
  const least = interpolate(target?.interval || panel.interval, plain, 'text');
  const steps = stepsOf({ fromMs, toMs }, points, least);
  const scope = narrowed(scopeOf(states, { fromMs, toMs }, steps), values);
  const { intervalMs } = steps;
  return {
    targets: panel.targets
      .filter(({ hidden, expr }) => !hidden && expr !== '')
      .map((each) => ({ ...each, filled: interpolate(each.expr, scope, 'promql') })),
    // On the grid of the step, so that the same question a moment later has the same points.
    startMs: Math.ceil(fromMs / intervalMs) * intervalMs,
    endMs: Math.max(Math.ceil(fromMs / intervalMs), Math.floor(toMs / intervalMs)) * intervalMs,
    stepMs: intervalMs,
    instantMs: toMs,
    scope,
  };
}

function panelRange({ timeFrom, timeShift }: Panel, { fromMs, toMs }: TimeRange): TimeRange {
  const spanMs = parseSpan(timeFrom) ?? toMs - fromMs;
  const backMs = parseSpan(timeShift) ?? 0;
  return { fromMs: toMs - spanMs - backMs, toMs: toMs - backMs };
}

/** The answers to a panel's questions, once it is on the screen. */
export function usePanelData(
  panel: Panel,
  question: PanelQuestion,
  { isOnScreen }: { readonly isOnScreen: boolean },
): UseQueryResult<PanelData> {
  const asks = question.targets.map(({ filled, instant, refId, legend, format }) => [
    filled,
    instant,
    refId,
    legend,
    format,
  ]);
  const atMs = question.targets.some(({ instant }) => instant) ? question.instantMs : undefined;
  return useQuery({
    queryKey: ['panel', asks, question.startMs, question.endMs, question.stepMs, atMs, panel.transformations],
    enabled: isOnScreen && question.targets.length > 0,
    queryFn: ({ signal }) => answerOf(panel, question, signal),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    // Each range is another question: old answers are not kept for long.
    gcTime: 5000,
    retry: false,
    refetchOnWindowFocus: false,
  });
}

async function answerOf(panel: Panel, question: PanelQuestion, signal: AbortSignal): Promise<PanelData> {
  const { targets, startMs, endMs, stepMs, instantMs } = question;
  const answers = await Promise.all(
    targets.map(({ filled, instant }) =>
      inTurn(signal, () =>
        instant
          ? ask<AnswerData>('v1/query', { query: filled, time: instantMs / 1000 }, signal)
          : ask<AnswerData>(
              'v1/query_range',
              { query: filled, start: startMs / 1000, end: endMs / 1000, step: stepMs / 1000 },
              signal,
            ),
      ),
    ),
  );
  const frames = answers.flatMap(({ data }, at) => {
    const target = targets[at];
    if (target === undefined) return [];
    return framesOf(data, {
      refId: target.refId,
      legend: interpolate(target.legend, question.scope, 'text'),
      // A table of one row for each point of time is nothing that people read: heat maps are drawn from the answers.
      format: target.format === 'heatmap' ? 'time_series' : target.format,
      queries: targets.length,
    });
  });
  const made = transformed(frames, panel.transformations);
  return {
    question,
    frames: made.frames,
    series: answers.flatMap(({ data }) => seriesOf(data)),
    remarks: [...made.remarks, ...answers.flatMap(({ warnings, infos }) => [...warnings, ...infos])],
    tookMs: Math.max(0, ...answers.map(({ tookMs }) => tookMs)),
  };
}
