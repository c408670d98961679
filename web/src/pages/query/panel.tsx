import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconDownload, IconPlayerPlay, IconStar, IconTrash } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, type ReactElement, Suspense, useEffect, useMemo, useState } from 'react';
import { Segments } from '../../components/segments.tsx';
import { Bar, Empty, Failure, Loading } from '../../components/states.tsx';
import { download, toCsv } from '../../format/csv.ts';
import { duration } from '../../format/time.ts';
import { counted } from '../../format/words.ts';
import { remember, save } from './kept-queries.ts';
import { type PanelState, stepFor, type Tab } from './panel-state.ts';
import { PlanView } from './plan-view.tsx';
import {
  type Answer,
  ask,
  type MatrixSeries,
  type PlanNode,
  type QueryData,
  QueryError,
} from './prometheus.ts';
import { RangeControls } from './range-controls.tsx';
import { type Remark, remarkOf } from './remarks.ts';
import { ResultTable, rowsOf } from './result-table.tsx';

const Editor = lazy(() => import('./editor.tsx').then(({ Editor: part }) => ({ default: part })));
const Graph = lazy(() => import('./graph.tsx').then(({ Graph: part }) => ({ default: part })));

/** Rows that a browser holds at ease; the server is told, and says when it cut. */
const mostSeries = 10_000;
/** Of a graph: more than are drawn, but not all that the network would have to carry. */
const mostGraphSeries = 1000;
/** As graph.tsx draws; said here so that the chunk of the graph is not loaded for it. */
const mostLines = 300;

interface Properties {
  readonly index: number;
  readonly state: PanelState;
  readonly onChange: (change: Partial<PanelState>) => void;
  /** Undefined for the only panel. */
  readonly onRemove: (() => void) | undefined;
  /** Between two looks; false for none. */
  readonly refreshMs: number | false;
}

const tabs = [
  { value: 'graph', label: 'Graph' },
  { value: 'table', label: 'Table' },
  { value: 'explain', label: 'Explain' },
];

/** One expression and what came of it. */
export function Panel({ index, state, onChange, onRemove, refreshMs }: Properties): ReactElement {
  const { expr, tab } = state;
  const [draft, setDraft] = useState(expr);
  const [turn, setTurn] = useState(0);
  useEffect(() => setDraft(expr), [expr]);
  const query = useAnswer(state, turn, refreshMs);
  const remarks = useMemo(() => remarksOf(query.data, query.error, expr), [query.data, query.error, expr]);

  function run(): void {
    const text = draft.trim();
    if (text !== '') remember(text);
    if (text === expr) setTurn(turn + 1);
    else onChange({ expr: text });
  }

  return (
    <section className="panel query-panel stack" aria-label={`Query ${index + 1}`}>
      <div className="query-line">
        <Suspense fallback={<Bar height={38} />}>
          <Editor
            value={draft}
            label={`Expression ${index + 1}`}
            onChange={setDraft}
            onRun={run}
            remarks={remarks}
            remarksFor={expr}
          />
        </Suspense>
        <div className="row">
          <Button
            size="xs"
            leftSection={<IconPlayerPlay size={14} aria-hidden />}
            loading={query.isFetching && refreshMs === false}
            onClick={run}
          >
            Run
          </Button>
          <SaveButton expr={draft.trim()} />
          {onRemove !== undefined && (
            <ActionIcon
              variant="default"
              size={30}
              aria-label={`Remove query ${index + 1}`}
              onClick={onRemove}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          )}
        </div>
      </div>
      <div className="filters">
        <Segments
          label="View"
          choices={tabs}
          value={tab}
          onChange={(value) => onChange({ tab: value as Tab })}
        />
        <RangeControls state={state} onChange={onChange} />
      </div>
      <Remarks remarks={remarks} expr={expr} />
      <Result state={state} query={query} onChange={onChange} />
    </section>
  );
}

interface Shown extends Answer<QueryData | { readonly plan: PlanNode | null }> {
  readonly tab: Tab;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

function useAnswer(state: PanelState, turn: number, refreshMs: number | false) {
  const { expr, tab, rangeMs, endMs: fixedMs } = state;
  const stepMs = stepFor(state);
  return useQuery({
    queryKey: ['promql', expr, tab, rangeMs, fixedMs, stepMs, turn],
    enabled: expr !== '',
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: fixedMs === undefined ? refreshMs : false,
    placeholderData: (before: Shown | undefined, query) =>
      before?.tab === tab && query?.queryKey[1] === expr ? keepPreviousData(before) : undefined,
    queryFn: async ({ signal }): Promise<Shown> => {
      const nowMs = fixedMs ?? Date.now();
      // On whole steps, so that lines do not tremble from look to look.
      const endMs = tab === 'graph' ? Math.floor(nowMs / stepMs) * stepMs : nowMs;
      const startMs = endMs - Math.floor(rangeMs / stepMs) * stepMs;
      const range = { query: expr, start: startMs / 1000, end: endMs / 1000, step: stepMs / 1000 };
      const at = { query: expr, time: endMs / 1000, limit: mostSeries };
      const path = tab === 'table' ? 'v1/query' : tab === 'graph' ? 'v1/query_range' : 'skopos/v1/explain';
      const values = tab === 'table' ? at : tab === 'graph' ? { ...range, limit: mostGraphSeries } : range;
      const answer = await ask<QueryData | { plan: PlanNode | null }>(path, values, signal);
      return { ...answer, tab, startMs, endMs, stepMs };
    },
  });
}

function remarksOf(answer: Shown | undefined, error: unknown, expr: string): readonly Remark[] {
  if (error instanceof QueryError && error.type === 'bad_data')
    return [remarkOf('error', error.message, expr)];
  if (answer === undefined || error !== null) return [];
  return [
    ...answer.warnings.map((text) => remarkOf('warning', text, expr)),
    ...answer.infos.map((text) => remarkOf('info', text, expr)),
  ];
}

const marks = { error: '✕', warning: '▲', info: 'ℹ' } as const;
const words = { error: 'Error', warning: 'Warning', info: 'Note' } as const;

function Remarks({
  remarks,
  expr,
}: {
  readonly remarks: readonly Remark[];
  readonly expr: string;
}): ReactElement {
  return (
    <div role="status" className="stack tight">
      {remarks.map(({ severity, text, at }) => (
        <p key={`${severity}${text}${at}`} className="remark small" data-severity={severity}>
          <span aria-hidden>{marks[severity]} </span>
          <b>{words[severity]}:</b> {text}
          {at !== undefined && <code className="dim"> at {placeOf(expr, at)}</code>}
        </p>
      ))}
    </div>
  );
}

/** The place and the text that stands there. */
function placeOf(expr: string, at: number): string {
  const before = expr.slice(0, at);
  const line = before.split('\n').length;
  const column = at - before.lastIndexOf('\n');
  const there = expr.slice(at, at + 24).split('\n')[0] ?? '';
  return `${line}:${column}${there === '' ? '' : ` ${there}${expr.length > at + 24 ? '…' : ''}`}`;
}

function Result({
  state,
  query,
  onChange,
}: {
  readonly state: PanelState;
  readonly query: ReturnType<typeof useAnswer>;
  readonly onChange: (change: Partial<PanelState>) => void;
}): ReactElement {
  const { data: answer, error, refetch } = query;
  if (state.expr === '')
    return (
      <Empty title="Nothing is asked yet">
        <p>
          Write an expression and press Enter. <kbd>Ctrl</kbd> <kbd>Space</kbd> completes names of metrics,
          labels and functions; “Metrics” lists what there is.
        </p>
      </Empty>
    );
  if (error !== null) {
    // What is wrong with the text is said beside it already.
    if (error instanceof QueryError && error.type === 'bad_data') return <div />;
    return <Failure what="answer this query" error={error} retry={refetch} />;
  }
  if (answer === undefined) return <Loading lines={6} label="Running the query" />;
  return (
    <div className="stack" data-stale={query.isPlaceholderData || undefined}>
      <Answered answer={answer} state={state} onChange={onChange} />
    </div>
  );
}

function Answered({
  answer,
  state,
  onChange,
}: {
  readonly answer: Shown;
  readonly state: PanelState;
  readonly onChange: (change: Partial<PanelState>) => void;
}): ReactElement {
  const { data, startMs, endMs, stepMs } = answer;
  if ('plan' in data)
    return data.plan === null ? (
      <Empty title="There is no plan of this query" />
    ) : (
      <PlanView plan={data.plan} />
    );
  const isEmpty = Array.isArray(data.result) && data.result.length === 0;
  if (isEmpty)
    return (
      <Empty title="No series">
        <p>Nothing matches at this time. Look at another time, or take a matcher away.</p>
      </Empty>
    );
  if (answer.tab === 'table' || data.resultType !== 'matrix')
    return (
      <>
        <Facts answer={answer} data={data} expr={state.expr} />
        <ResultTable
          data={data}
          place={`${state.expr} ${state.endMs ?? ''}`}
          sort={state.sort}
          onSort={(sort) => onChange({ sort })}
        />
      </>
    );
  return (
    <>
      <Facts answer={answer} data={data} expr={state.expr} />
      <Suspense fallback={<Bar height={340} />}>
        <Graph
          series={data.result}
          startMs={startMs}
          endMs={endMs}
          stepMs={stepMs}
          stacked={state.stacked}
          onZoom={(fromMs, toMs) =>
            onChange({
              endMs: Math.round(toMs),
              rangeMs: Math.max(10_000, Math.round((toMs - fromMs) / 1000) * 1000),
            })
          }
        />
      </Suspense>
    </>
  );
}

/** How much came, how long it took, what is not shown, and a file of it. */
function Facts({
  answer,
  data,
  expr,
}: {
  readonly answer: Shown;
  readonly data: QueryData;
  readonly expr: string;
}): ReactElement {
  const isList = data.resultType === 'vector' || data.resultType === 'matrix';
  const series = isList ? data.result.length : 1;
  const isCut = answer.warnings.includes('results truncated due to limit');
  const isGraph = answer.tab === 'graph';
  const histograms =
    isGraph && data.resultType === 'matrix' ? data.result.filter((one) => !one.values).length : 0;
  const notes = [
    `${counted(series, 'series', 'series')}${isCut ? ', cut: there are more' : ''}`,
    ...(isGraph && series - histograms > mostLines ? [`the first ${mostLines} are drawn`] : []),
    ...(histograms > 0 ? [`${counted(histograms, 'native histogram')}: see the table`] : []),
    ...(isGraph ? [`a point each ${duration(answer.stepMs)}`] : []),
    `answered in ${duration(answer.tookMs)}`,
  ];
  return (
    <div className="row spread wraps">
      <span className="small dim">{notes.join(' · ')}</span>
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconDownload size={14} aria-hidden />}
        onClick={() => download('query.csv', csvOf(data, isGraph ? 'matrix' : 'rows'), 'text/csv')}
        title={`What ${expr} gave, as comma-separated values`}
      >
        CSV
      </Button>
    </div>
  );
}

/** A line for each series; for a graph a line for each point, as series need not have the same times. */
function csvOf(data: QueryData, form: 'matrix' | 'rows'): string {
  if (form === 'rows' || data.resultType !== 'matrix') {
    const rows = rowsOf(data).map(({ name, seconds, value }) => [name, iso(seconds), value]);
    return toCsv(['series', 'time', 'value'], rows);
  }
  return toCsv(['series', 'time', 'value'], data.result.flatMap(pointsOf));
}

function pointsOf({ metric, values = [] }: MatrixSeries): string[][] {
  const [row] = rowsOf({ resultType: 'vector', result: [{ metric }] });
  return values.map(([seconds, value]) => [row?.name ?? '', iso(seconds), value]);
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

function SaveButton({ expr }: { readonly expr: string }): ReactElement {
  const [name, setName] = useState<string>();
  if (name === undefined)
    return (
      <ActionIcon
        variant="default"
        size={30}
        aria-label="Save this query"
        title="Save this query"
        disabled={expr === ''}
        onClick={() => setName(expr.slice(0, 60))}
      >
        <IconStar size={16} aria-hidden />
      </ActionIcon>
    );
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') save(name.trim(), expr);
        setName(undefined);
      }}
    >
      <TextInput
        size="xs"
        aria-label="Name of the saved query"
        value={name}
        data-autofocus
        onChange={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Escape' && setName(undefined)}
      />
      <Button size="xs" variant="default" type="submit">
        Save
      </Button>
    </form>
  );
}
