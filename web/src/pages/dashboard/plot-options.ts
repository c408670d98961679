import UPlot from 'uplot';
import type { Panel } from '../../../../src/dashboards/dashboard.ts';
import type { FieldStyle } from '../../../../src/dashboards/field-style.ts';
import { numberOf, recordOf, textOf } from '../../../../src/dashboards/json-view.ts';
import { bridged, stackColumns } from '../../../../src/dashboards/time-grid.ts';
import { units } from '../../../../src/dashboards/unit-table.ts';
import { type ShowContext, showText } from '../../../../src/dashboards/units.ts';
import { axisTime, cssVariable, lonePoints } from '../../components/chart-looks.ts';
import { colourNamed } from './colours.ts';
import type { DrawnLines, Line, LineLook } from './series-lines.ts';
import type { Mark } from './use-marks.ts';

export const axisFormats = {
  full: (atMs: number, show: ShowContext) => showText(atMs, 'dateTimeAsSystem', undefined, show),
};

/** Where sizes are counted by 1024, so are the steps of the axis. */
const powersOfTwo = Array.from({ length: 60 }, (_, power) => 2 ** power);

export interface PlotSettings {
  readonly panel: Panel;
  readonly drawn: DrawnLines;
  readonly isShown: (index: number) => boolean;
  readonly marks: readonly Mark[];
  readonly width: number;
  readonly height: number;
  /** Plots of the same name share the pointer; '' for none. */
  readonly sync: string;
  readonly onTip: (tip: { left: number; top: number; step: number } | undefined) => void;
  readonly onZoom: (fromMs: number, toMs: number) => void;
}

/** What is drawn: times, and for each line its column; stacked where that is wanted. */
export function plotData(
  { grid, lines, stacking }: DrawnLines,
  isShown: (index: number) => boolean,
): UPlot.AlignedData {
  const columns =
    stacking === 'none'
      ? lines.map(({ values }) => values)
      : stackColumns(
          lines.map(({ values }) => values),
          stacking,
          isShown,
        );
  const spanned = columns.map((column, index) => {
    const gap = lines[index]?.draw.spanNulls;
    return typeof gap === 'number' ? bridged(column, grid.timesMs, gap) : column;
  });
  return [grid.timesMs.map((ms) => ms / 1000), ...spanned] as UPlot.AlignedData;
}

export function plotOptions(settings: PlotSettings): UPlot.Options {
  const { drawn, isShown, width, height, sync } = settings;
  const { lines, stacking, spanMs } = drawn;
  const isNarrow = width < 420;
  const look = {
    font: '11px system-ui, sans-serif',
    stroke: cssVariable('--ink-2'),
    ticks: { show: false },
    grid: { stroke: cssVariable('--edge'), width: 1 },
  };
  const left = lines.find(({ draw }) => !draw.isRight);
  const right = lines.find(({ draw }) => draw.isRight);
  const axes = [
    ...(left === undefined ? [] : [{ line: left, scale: 'y', side: 3 as const }]),
    ...(right === undefined ? [] : [{ line: right, scale: 'right', side: 1 as const }]),
  ];
  return {
    width: Math.max(80, width),
    height: Math.max(60, height),
    padding: [8, right === undefined ? 10 : 0, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 5 },
      drag: { x: true, y: false, setScale: false },
      ...(sync === '' ? {} : { sync: { key: sync, setSeries: false, scales: ['x', null] } }),
    },
    scales: {
      x: { range: () => [spanMs.fromMs / 1000, Math.max(spanMs.toMs, spanMs.fromMs + 1) / 1000] },
      ...Object.fromEntries(axes.map(({ line, scale }) => [scale, scaleOf(line.style, stacking)])),
    },
    axes: [
      {
        ...look,
        size: 22,
        space: isNarrow ? 60 : 80,
        values: (_plot, times) => times.map((at) => axisTime(at * 1000, spanMs.toMs - spanMs.fromMs)),
      },
      ...axes.map(({ line, scale, side }) => ({
        ...look,
        scale,
        side,
        size: (_plot: UPlot, values: string[] | null) =>
          Math.max(34, 12 + 6.4 * Math.max(0, ...(values ?? []).map((text) => (text ?? '').length))),
        values: (_plot: UPlot, values: number[]) =>
          values.map((value) => axisText(value, line.style, stacking)),
        space: 30,
        ...(units[line.style.unit]?.kind === 'binary' ? { incrs: powersOfTwo } : {}),
        grid: side === 1 ? { show: false } : look.grid,
      })),
    ],
    series: [{}, ...lines.map((line, index) => seriesOf(line, isShown(index), stacking))],
    ...(stacking === 'none' ? {} : { bands: bandsOf(lines.length, isShown) }),
    hooks: hooksOf(settings),
  };
}

function axisText(
  value: number | null,
  { unit, decimals }: FieldStyle,
  stacking: DrawnLines['stacking'],
): string {
  // Scales by powers leave out what would stand too close.
  if (value === null) return '';
  const context = { nowMs: 0, zone: 'browser' } as const;
  return showText(
    value,
    stacking === 'percent' ? 'percent' : unit,
    stacking === 'percent' ? undefined : decimals === 0 ? undefined : decimals,
    context,
  );
}

function scaleOf({ min, max, custom }: FieldStyle, stacking: DrawnLines['stacking']): UPlot.Scale {
  const { type, log } = recordOf(custom['scaleDistribution']);
  if (type === 'log') return { distr: 3, log: numberOf(log) === 2 ? 2 : 10 };
  const softMin = numberOf(custom['axisSoftMin']) ?? Number.POSITIVE_INFINITY;
  const softMax = numberOf(custom['axisSoftMax']) ?? Number.NEGATIVE_INFINITY;
  const top = stacking === 'percent' ? 100 : max;
  return {
    range: (_plot, dataMin: number | null, dataMax: number | null) =>
      bounds(Math.min(dataMin ?? 0, softMin), Math.max(dataMax ?? 1, softMax), min, top),
  };
}

/** Bounds of an axis around what is on it. The room above the highest is what makes it seen; a flat line stands in the middle. */
function bounds(
  low: number,
  high: number,
  min: number | undefined,
  max: number | undefined,
): [number, number] {
  const from = min ?? low;
  const to = max ?? high;
  const span = to - from;
  const room = span > 0 ? span * 0.06 : Math.max(Math.abs(to) * 0.2, 1e-9);
  const isNearZero = from >= 0 && from < span * 0.6;
  const lowest = min ?? (isNearZero ? 0 : from - room);
  const highest = max ?? to + room;
  return highest > lowest ? [lowest, highest] : [lowest, lowest + 1];
}

function seriesOf(
  { name, colour, draw }: Line,
  show: boolean,
  stacking: DrawnLines['stacking'],
): UPlot.Series {
  const { style, interpolation, width, fill, spanNulls, dash, isRight } = draw;
  const least = style === 'bars' ? 0 : 1;
  return {
    label: name,
    show,
    scale: isRight ? 'right' : 'y',
    stroke: colour,
    width: style === 'points' ? 0 : Math.max(least, width),
    ...(fill > 0 || stacking !== 'none' ? { fill: faded(colour, fill) } : {}),
    ...(dash === undefined ? {} : { dash: [...dash] }),
    spanGaps: spanNulls === true,
    ...pathsOf(style, interpolation),
    points: pointsOf(colour, draw),
  };
}

function pointsOf(colour: string, { style, points }: LineLook): UPlot.Series.Points {
  if (style === 'points' || points === 'always') return { show: true, size: 5, fill: colour };
  if (style === 'bars') return { show: false };
  return { show: true, size: 5, fill: colour, filter: lonePoints };
}

/** A colour through which one sees; those that are no hexadecimal numbers stay as they are. */
function faded(colour: string, percent: number): string {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) return colour;
  const alpha = Math.round(Math.min(100, percent) * 2.55);
  return `${colour}${alpha.toString(16).padStart(2, '0')}`;
}

function pathsOf(style: Line['draw']['style'], interpolation: string): Pick<UPlot.Series, 'paths'> {
  const { bars, spline, stepped } = UPlot.paths;
  if (style === 'points') return { paths: () => null };
  if (style === 'bars' && bars !== undefined) return { paths: bars({ size: [0.8, 60, 1] }) };
  if (interpolation === 'smooth' && spline !== undefined) return { paths: spline() };
  if (interpolation.startsWith('step') && stepped !== undefined)
    return { paths: stepped({ align: interpolation === 'stepBefore' ? -1 : 1 }) };
  return {};
}

/** An area ends at the one below it. */
function bandsOf(count: number, isShown: (index: number) => boolean): UPlot.Band[] {
  const shown = Array.from({ length: count }, (_, index) => index).filter(isShown);
  return shown.slice(1).map((above, i) => ({ series: [above + 1, (shown[i] ?? 0) + 1] }));
}

function hooksOf({ panel, drawn, marks, onTip, onZoom }: PlotSettings): UPlot.Hooks.Arrays {
  let isOver = false;
  let isDragged = false;
  return {
    ready: [
      (plot) => {
        plot.over.addEventListener('mouseenter', () => {
          isOver = true;
        });
        plot.over.addEventListener('mousedown', () => {
          isDragged = true;
          // A click that chooses nothing is no dragging; what is chosen is told before this.
          const end = (): void => {
            setTimeout(() => {
              isDragged = false;
            });
          };
          document.addEventListener('mouseup', end, { once: true });
        });
        plot.over.addEventListener('mouseleave', () => {
          isOver = false;
          onTip(undefined);
        });
      },
    ],
    setCursor: [
      (plot) => {
        const { idx, left = 0, top = 0 } = plot.cursor;
        // The pointer of another panel moves ours, too; only one of them says what is there.
        if (!isOver) return;
        onTip(
          idx === null || idx === undefined || left < 0
            ? undefined
            : { left: left + plot.over.offsetLeft, top, step: idx },
        );
      },
    ],
    setSelect: [
      (plot) => {
        const { left, width } = plot.select;
        // Plots that share the pointer share its dragging: one of them is enough.
        if (width < 4 || !isDragged) return;
        isDragged = false;
        onZoom(plot.posToVal(left, 'x') * 1000, plot.posToVal(left + width, 'x') * 1000);
        plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      },
    ],
    drawClear: [(plot) => drawThresholds(plot, panel, drawn)],
    draw: [(plot) => drawMarks(plot, marks)],
  };
}

function drawThresholds(plot: UPlot, { fields }: Panel, { lines }: DrawnLines): void {
  const mode = textOf(recordOf(recordOf(fields.defaults['custom'])['thresholdsStyle'])['mode'], 'off');
  const [first] = lines;
  if (mode === 'off' || first === undefined) return;
  const { ctx, bbox } = plot;
  const { steps, isPercent } = first.style.thresholds;
  const { min = 0, max = 100 } = first.style;
  const valueOfStep = (from: number) => (isPercent ? min + (from / 100) * (max - min) : from);
  const clamp = (y: number) => Math.max(bbox.top, Math.min(bbox.top + bbox.height, y));
  const yOf = (from: number) =>
    Number.isFinite(from) ? plot.valToPos(valueOfStep(from), 'y', true) : bbox.top + bbox.height;
  ctx.save();
  steps.forEach(({ from, colour }, at) => {
    const y = yOf(from);
    const own = colourNamed(colour);
    if (mode.includes('area')) {
      const next = steps[at + 1];
      const top = clamp(next === undefined ? bbox.top : yOf(next.from));
      ctx.globalAlpha = 0.08;
      ctx.fillStyle = own;
      ctx.fillRect(bbox.left, top, bbox.width, clamp(y) - top);
    }
    if (mode !== 'area' && Number.isFinite(from) && y >= bbox.top && y <= bbox.top + bbox.height) {
      ctx.globalAlpha = 0.9;
      ctx.strokeStyle = own;
      ctx.lineWidth = UPlot.pxRatio;
      ctx.setLineDash(mode.startsWith('dashed') ? [6 * UPlot.pxRatio, 4 * UPlot.pxRatio] : []);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
    }
  });
  ctx.restore();
}

function drawMarks(plot: UPlot, marks: readonly Mark[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const { fromMs, toMs, colour } of marks) {
    const from = plot.valToPos(fromMs / 1000, 'x', true);
    const to = plot.valToPos(toMs / 1000, 'x', true);
    const own = colourNamed(colour || 'blue');
    ctx.fillStyle = own;
    ctx.globalAlpha = 0.045;
    ctx.fillRect(from, bbox.top, Math.max(1, to - from), bbox.height);
    ctx.globalAlpha = 0.8;
    ctx.fillRect(from, bbox.top, UPlot.pxRatio, bbox.height);
    ctx.fillRect(from, bbox.top + bbox.height - 3 * UPlot.pxRatio, Math.max(3, to - from), 3 * UPlot.pxRatio);
  }
  ctx.restore();
}
