import type { Panel } from '../../../../src/dashboards/dashboard.ts';
import { type FieldStyle, styleOf } from '../../../../src/dashboards/field-style.ts';
import { listOf, numberOf, recordOf, textOf } from '../../../../src/dashboards/json-view.ts';
import { type Reducer, reduce, reducersOf } from '../../../../src/dashboards/reduce.ts';
import { distinctNames, linesIn, type TimeGrid, timeGrid } from '../../../../src/dashboards/time-grid.ts';
import { colourFor } from './colours.ts';
import type { PanelData } from './use-panel-data.ts';

/** More lines than these say nothing to the eye, and are drawn slowly. */
export const mostLines = 200;

export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly values: readonly (number | null)[];
  readonly style: FieldStyle;
  readonly draw: LineLook;
}

/** How one line is drawn, by Grafana's words. */
export interface LineLook {
  readonly style: 'line' | 'bars' | 'points';
  readonly interpolation: string;
  readonly width: number;
  readonly fill: number;
  readonly points: string;
  /** Whether gaps are drawn over; those up to so many ms where it is a number. */
  readonly spanNulls: boolean | number;
  readonly dash: readonly number[] | undefined;
  readonly stacking: 'none' | 'normal' | 'percent';
  readonly isRight: boolean;
}

export interface DrawnLines {
  readonly grid: TimeGrid;
  readonly lines: readonly Line[];
  /** How many there are, those included that are not drawn. */
  readonly total: number;
  readonly spanMs: { readonly fromMs: number; readonly toMs: number };
  readonly stacking: LineLook['stacking'];
  readonly legend: {
    readonly isShown: boolean;
    readonly isTable: boolean;
    readonly placement: 'bottom' | 'right';
    readonly calcs: readonly Reducer[];
  };
}

/** The lines of a panel with their looks. */
export function linesOf(panel: Panel, data: PanelData): DrawnLines {
  const { startMs, endMs, stepMs, scope } = data.question;
  const grid = timeGrid(data.frames, { startMs, endMs, stepMs }, mostLines);
  const names = distinctNames(grid.lines);
  const lines = grid.lines.map(({ field, frame, values }, index): Line => {
    const style = styleOf(field, frame, panel.fields, scope);
    // A name that an override gives stands; one that is taken has its number.
    const name = style.name === '' || isRepeated(names, index) ? (names[index] ?? '') : style.name;
    const last = reduce(values, 'lastNotNull');
    return { name, values, style, draw: lookOf(style), colour: colourFor(last, style, index) };
  });
  const { showLegend, displayMode, placement, calcs } = recordOf(panel.options['legend']);
  return {
    ...{ grid, lines },
    total: linesIn(data.frames),
    spanMs: { fromMs: startMs, toMs: endMs },
    stacking: lines[0]?.draw.stacking ?? 'none',
    legend: {
      isShown: showLegend !== false && displayMode !== 'hidden',
      isTable: displayMode === 'table' || listOf(calcs).length > 0,
      placement: placement === 'right' ? 'right' : 'bottom',
      calcs: reducersOf(listOf(calcs)),
    },
  };
}

function isRepeated(names: readonly string[], index: number): boolean {
  const name = names[index] ?? '';
  return / \(\w+ \d+\)$/.test(name) && names.includes(name.replace(/ \(\w+ \d+\)$/, ''));
}

function lookOf({ custom }: FieldStyle): LineLook {
  const drawStyle = textOf(custom['drawStyle'], 'line');
  const { mode } = recordOf(custom['stacking']);
  const { fill, dash } = recordOf(custom['lineStyle']);
  const spanNulls = custom['spanNulls'];
  return {
    style: drawStyle === 'bars' || drawStyle === 'points' ? drawStyle : 'line',
    interpolation: textOf(custom['lineInterpolation'], 'linear'),
    width: numberOf(custom['lineWidth']) ?? 1,
    fill: numberOf(custom['fillOpacity']) ?? 0,
    points: textOf(custom['showPoints'], 'auto'),
    spanNulls: typeof spanNulls === 'number' ? spanNulls : spanNulls === true,
    dash: fill === 'dash' || fill === 'dot' ? dashOf(fill, dash) : undefined,
    stacking: mode === 'normal' || mode === 'percent' ? mode : 'none',
    isRight: custom['axisPlacement'] === 'right',
  };
}

function dashOf(fill: 'dash' | 'dot', dash: unknown): readonly number[] {
  const given = listOf(dash).filter((each) => typeof each === 'number');
  return given.length > 0 ? given : fill === 'dot' ? [1, 4] : [8, 6];
}
