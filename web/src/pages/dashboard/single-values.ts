import type { Panel } from '../../../../src/dashboards/dashboard.ts';
import {
  type FieldStyle,
  type ShownCell,
  showCell,
  styleOf,
} from '../../../../src/dashboards/field-style.ts';
import type { Cell, Field, Frame } from '../../../../src/dashboards/frames.ts';
import { listOf, numberOf, recordOf, textOf } from '../../../../src/dashboards/json-view.ts';
import { reduce, reducersOf } from '../../../../src/dashboards/reduce.ts';
import { fits } from '../../../../src/dashboards/transformations/columns.ts';
import type { ShowContext } from '../../../../src/dashboards/units.ts';
import { colourFor } from './colours.ts';
import type { PanelData } from './use-panel-data.ts';

/** A number that stands for a line or a cell. */
export interface SingleValue {
  readonly name: string;
  readonly value: number | undefined;
  readonly shown: ShownCell;
  readonly colour: string;
  readonly style: FieldStyle;
  /** What came before it, for a line behind the number. */
  readonly history: readonly Cell[];
}

/** More would be a wall of numbers. */
const mostValues = 100;

/** The numbers of a stat, gauge or bar gauge: each line reduced to one, or each row for itself. */
export function singleValues(panel: Panel, data: PanelData, show: ShowContext): SingleValue[] {
  const { values: isEach, fields } = recordOf(panel.options['reduceOptions']);
  const pattern = textOf(fields);
  const found = data.frames.flatMap((frame) =>
    frame.fields.flatMap((field): Picked[] => {
      const style = styleOf(field, frame, panel.fields, data.question.scope);
      const isChosen =
        pattern === '' ? field.type === 'number' : fits(pattern, style.name) || pattern === style.name;
      if (!isChosen || field.type === 'time') return [];
      return isEach === true ? eachRow(field, frame, style, panel) : [reduced(field, style, panel)];
    }),
  );
  return found.slice(0, mostValues).map(({ cell, ...picked }, index): SingleValue => {
    const value = typeof cell === 'number' ? cell : undefined;
    const shown = showCell(cell, picked.style, show);
    return { ...picked, value, shown, colour: colourFor(value, picked.style, index, shown.colour) };
  });
}

type Picked = Pick<SingleValue, 'name' | 'style' | 'history'> & { readonly cell: Cell };

function eachRow(field: Field, frame: Frame, style: FieldStyle, panel: Panel): Picked[] {
  const { limit } = recordOf(panel.options['reduceOptions']);
  const names = frame.fields.find(({ type }) => type === 'string');
  return field.values
    .slice(0, numberOf(limit) ?? 25)
    .map((cell, row) => ({ cell, style, name: String(names?.values[row] ?? style.name), history: [] }));
}

function reduced(field: Field, style: FieldStyle, panel: Panel): Picked {
  const { name } = style;
  if (field.type === 'string') return { cell: field.values.at(-1) ?? null, name, style, history: [] };
  const { calcs } = recordOf(panel.options['reduceOptions']);
  const [calc = 'lastNotNull' as const] = reducersOf(listOf(calcs));
  return { cell: reduce(field.values, calc) ?? null, name, style, history: field.values };
}
