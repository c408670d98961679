import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { showCell } from '../../../../src/dashboards/field-style.ts';
import { useScheme } from '../../components/chart-looks.ts';
import { useBoard } from './board-context.ts';
import { type BodyProperties, NoData } from './body.tsx';
import { Legend } from './legend.tsx';
import { axisFormats, plotData, plotOptions } from './plot-options.ts';
import { linesOf, mostLines } from './series-lines.ts';

interface Tip {
  readonly left: number;
  readonly top: number;
  readonly step: number;
}

/** Lines, areas, bars or points over time. */
export function TimeSeries({ panel, data, isAlone }: BodyProperties): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [tip, setTip] = useState<Tip>();
  const board = useBoard();
  const { uid, marks, sharedCursor, onZoom } = board;
  const scheme = useScheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours follow the scheme
  const drawn = useMemo(() => linesOf(panel, data), [panel, data, scheme]);
  const { lines } = drawn;
  const zoom = useRef(onZoom);
  zoom.current = onZoom;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read from the scheme's variables
  useEffect(() => {
    const element = box.current;
    if (element === null || lines.length === 0) return undefined;
    const isShown = (index: number): boolean => !hidden.has(lines[index]?.name ?? '');
    const plot = new UPlot(
      plotOptions({
        ...{ panel, drawn, isShown, marks },
        width: element.clientWidth,
        height: element.clientHeight,
        sync: sharedCursor ? `dashboard-${uid}` : '',
        onTip: setTip,
        onZoom: (fromMs, toMs) => zoom.current(fromMs, toMs),
      }),
      plotData(drawn, isShown),
      element,
    );
    const observer = new ResizeObserver(() =>
      plot.setSize({ width: Math.max(80, element.clientWidth), height: Math.max(60, element.clientHeight) }),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
      setTip(undefined);
    };
  }, [drawn, hidden, marks, scheme, isAlone]);

  if (lines.length === 0) return <NoData panel={panel} />;
  return (
    <div className="dash-series" data-legend={drawn.legend.placement}>
      <div className="dash-plot-box">
        <div role="img" aria-label={`${lines.length} lines over time`} className="dash-plot" ref={box} />
        {tip !== undefined && <TipView tip={tip} panel={panel} drawn={drawn} hidden={hidden} />}
      </div>
      {drawn.legend.isShown && <Legend drawn={drawn} hidden={hidden} onHidden={setHidden} />}
      {drawn.total > mostLines && (
        <p className="small dim">
          The first {mostLines} of {drawn.total} lines are drawn.
        </p>
      )}
    </div>
  );
}

/** So many lines are named under the pointer. */
const mostNamed = 12;

function TipView({
  tip: { left, top, step },
  panel,
  drawn,
  hidden,
}: {
  readonly tip: Tip;
  readonly panel: BodyProperties['panel'];
  readonly drawn: ReturnType<typeof linesOf>;
  readonly hidden: ReadonlySet<string>;
}): ReactElement | null {
  const { show, marks } = useBoard();
  const atMs = drawn.grid.timesMs[step];
  if (atMs === undefined) return null;
  const here = drawn.lines
    .map((line) => ({ line, value: line.values[step] ?? null }))
    .filter(({ line, value }) => value !== null && !hidden.has(line.name))
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const stepMs =
    drawn.grid.timesMs[1] === undefined ? 0 : drawn.grid.timesMs[1] - (drawn.grid.timesMs[0] ?? 0);
  const near = marks.filter(({ fromMs, toMs }) => atMs >= fromMs - stepMs && atMs <= toMs + stepMs);
  return (
    <div
      className="dash-tip"
      style={{ '--tip-left': `${left}px`, '--tip-top': `${top}px` } as Record<string, string>}
      data-left={left > 200 || undefined}
      aria-hidden
    >
      <p className="dim">{axisFormats.full(atMs, show)}</p>
      {near.slice(0, 3).map(({ title, text, fromMs }) => (
        <p key={`${title} ${text} ${fromMs}`}>
          <strong>{title}</strong> {text}
        </p>
      ))}
      <ul className="plain-list">
        {here.slice(0, mostNamed).map(({ line, value }) => {
          const shown = showCell(value, line.style, show);
          return (
            <li key={line.name}>
              <span className="series-swatch" style={{ background: line.colour }} />
              <span className="clip">{line.name}</span>
              <strong>
                {shown.prefix}
                {shown.text}
                {shown.suffix}
              </strong>
            </li>
          );
        })}
      </ul>
      {here.length > mostNamed && <p className="dim">and {here.length - mostNamed} more</p>}
      {here.length === 0 && <p className="dim">{panel.title === '' ? 'No data' : 'Nothing here'}</p>}
    </div>
  );
}
