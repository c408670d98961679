import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import {
  axisTime,
  colourOf,
  cssVariable,
  dayOf,
  lonePoints,
  useScheme,
} from '../../components/chart-looks.ts';
import { clockTime, zoneAt } from '../../format/time.ts';
import { count } from '../../format/words.ts';
import { shortNumber, stack, toGrid } from './graph-data.ts';
import { type MatrixSeries, seriesName } from './prometheus.ts';

/** More lines than these say nothing to the eye, and are drawn slowly. */
export const mostLines = 300;

interface Properties {
  readonly series: readonly MatrixSeries[];
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly stacked: boolean;
  readonly onZoom: (startMs: number, endMs: number) => void;
}

const height = 340;

/** Lines or areas over time, and what they are; a click on a name shows it alone. Loaded when a graph is shown. */
export function Graph({ series, startMs, endMs, stepMs, stacked, onZoom }: Properties): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [tip, setTip] = useState<Tip>();
  const scheme = useScheme();
  const drawn = useMemo(
    () => series.filter(({ values }) => values !== undefined).slice(0, mostLines),
    [series],
  );
  const names = useMemo(() => drawn.map(({ metric }) => seriesName(metric)), [drawn]);
  const grid = useMemo(() => toGrid(drawn, startMs, endMs, stepMs), [drawn, startMs, endMs, stepMs]);
  const zoom = useRef(onZoom);
  zoom.current = onZoom;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read from the scheme's variables
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const isShown = (index: number): boolean => !hidden.has(names[index] ?? '');
    const columns = stacked ? stack(grid.values, isShown) : grid.values;
    const data = [grid.seconds, ...columns] as UPlot.AlignedData;
    const plot = new UPlot(
      options({
        width: element.clientWidth,
        names,
        isShown,
        stacked,
        spanMs: endMs - startMs,
        onTip: (at) => setTip(at === undefined ? undefined : tipOf(at, names, grid)),
        onZoom: (fromMs, toMs) => zoom.current(fromMs, toMs),
      }),
      data,
      element,
    );
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [grid, names, hidden, stacked, scheme]);

  return (
    <div className="graph">
      <div
        role="img"
        aria-label={`${count(names.length)} series as ${stacked ? 'areas' : 'lines'} over time`}
      >
        <div ref={box} className="graph-plot" />
      </div>
      <p className="graph-tip small mono" aria-hidden>
        {tip === undefined ? '' : `${tip.time} · ${tip.value} · ${tip.name}`}
      </p>
      <Legend names={names} hidden={hidden} onHidden={setHidden} />
    </div>
  );
}

interface Tip {
  readonly time: string;
  readonly value: string;
  readonly name: string;
}

interface Place {
  readonly series: number;
  readonly step: number;
}

function tipOf(
  { series, step }: Place,
  names: readonly string[],
  grid: ReturnType<typeof toGrid>,
): Tip | undefined {
  const value = grid.values[series]?.[step];
  const seconds = grid.seconds[step];
  if (value === null || value === undefined || seconds === undefined) return undefined;
  return { time: dateTime(seconds * 1000), value: String(value), name: names[series] ?? '' };
}

function Legend({
  names,
  hidden,
  onHidden,
}: {
  readonly names: readonly string[];
  readonly hidden: ReadonlySet<string>;
  readonly onHidden: (hidden: ReadonlySet<string>) => void;
}): ReactElement {
  function choose(name: string, one: boolean): void {
    if (one) {
      const next = new Set(hidden);
      if (!next.delete(name)) next.add(name);
      onHidden(next);
      return;
    }
    const isAlone = !hidden.has(name) && names.every((each) => each === name || hidden.has(each));
    onHidden(new Set(isAlone ? [] : names.filter((each) => each !== name)));
  }
  return (
    <ul className="series-legend plain-list" aria-label="Series">
      {names.map((name, index) => (
        <li key={name}>
          <button
            type="button"
            aria-pressed={!hidden.has(name)}
            title="Click: only this one, or all again. Ctrl-click: hide or show it."
            onClick={(event) => choose(name, event.ctrlKey || event.metaKey || event.shiftKey)}
          >
            <span className="series-swatch" style={{ background: colourOf(index) }} aria-hidden />
            <span className="mono">{name === '' ? '{}' : name}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

interface PlotSettings {
  readonly width: number;
  readonly names: readonly string[];
  readonly isShown: (index: number) => boolean;
  readonly stacked: boolean;
  readonly spanMs: number;
  readonly onTip: (at: Place | undefined) => void;
  readonly onZoom: (startMs: number, endMs: number) => void;
}

function options({ width, names, isShown, stacked, spanMs, onTip, onZoom }: PlotSettings): UPlot.Options {
  const axis = {
    font: '11px system-ui, sans-serif',
    stroke: cssVariable('--ink-2'),
    ticks: { show: false },
    grid: { stroke: cssVariable('--edge'), width: 1 },
  };
  let near: number | null = null;
  const tell = (plot: UPlot): void => {
    const step = plot.cursor.idx;
    onTip(
      near === null || near < 1 || step === null || step === undefined
        ? undefined
        : { series: near - 1, step },
    );
  };
  return {
    width: Math.max(160, width),
    height,
    padding: [10, 10, 0, 0],
    legend: { show: false },
    focus: { alpha: 0.25 },
    cursor: { y: false, focus: { prox: 40 }, drag: { x: true, y: false, setScale: false } },
    axes: [
      {
        ...axis,
        size: 26,
        space: 80,
        values: (_plot, times) => times.map((at) => axisTime(at * 1000, spanMs)),
      },
      {
        ...axis,
        size: (_plot, values) =>
          Math.max(36, 12 + 6.5 * Math.max(0, ...(values ?? []).map((text) => text.length))),
        values: (_plot, values) => values.map(shortNumber),
        space: 34,
      },
    ],
    series: [
      {},
      ...names.map((name, index) => ({
        label: name,
        show: isShown(index),
        stroke: colourOf(index),
        ...(stacked ? { fill: `${colourOf(index)}40` } : {}),
        width: 1.5,
        points: { size: 5, show: true, filter: lonePoints },
      })),
    ],
    // An area ends at the one below it.
    ...(stacked ? { bands: bandsOf(names, isShown) } : {}),
    hooks: {
      setCursor: [tell],
      setSeries: [
        (plot, index) => {
          near = index;
          tell(plot);
        },
      ],
      setSelect: [
        (plot) => {
          const { left, width: wide } = plot.select;
          if (wide < 4) return;
          onZoom(plot.posToVal(left, 'x') * 1000, plot.posToVal(left + wide, 'x') * 1000);
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

function bandsOf(names: readonly string[], isShown: (index: number) => boolean): UPlot.Band[] {
  const shown = names.map((_, index) => index).filter(isShown);
  return shown.slice(1).map((below, i) => ({ series: [(shown[i] ?? 0) + 1, below + 1] }));
}

function dateTime(atMs: number): string {
  return `${dayOf(atMs)} ${clockTime(atMs).replace(/\.000$/, '')} ${zoneAt(atMs)}`;
}
