import { allValues, type Panel, type Place } from './dashboard.ts';
import { gridColumns } from './read-panels.ts';
import type { VariableState } from './scope.ts';

/** A panel where it is drawn; a repeated one stands several times, each with a value of its variable. */
export interface PlacedPanel {
  /** Tells copies of a repeated panel apart; `viewPanel` of the address names it. */
  readonly key: string;
  readonly panel: Panel;
  readonly place: Place;
  /** What its variable stands for here. */
  readonly values: Readonly<Record<string, string>>;
}

/** A row's header and what is under it; panels before the first row have no header. */
export interface PlacedRow {
  readonly key: string;
  readonly row: Panel | undefined;
  readonly isFolded: boolean;
  readonly values: Readonly<Record<string, string>>;
  /** Places begin with 0 in each row. */
  readonly panels: readonly PlacedPanel[];
}

/** At most so many copies of a panel or row; more would ask more than a page can show. */
export const mostCopies = 50;

/**
 * Panels in their places, repeated ones copied.
 *
 * @param isFolded whether a row's panels are hidden, where the reader said so
 */
export function layout(
  panels: readonly Panel[],
  states: readonly VariableState[],
  isFolded: (row: Panel) => boolean,
): PlacedRow[] {
  return sections(panels).flatMap(({ row, panels: under }) => {
    const copies = row?.repeat === undefined ? [undefined] : valuesToRepeat(row.repeat.variable, states);
    return copies.map((value, index): PlacedRow => {
      const values = value === undefined || row?.repeat === undefined ? {} : { [row.repeat.variable]: value };
      const suffix = index === 0 ? '' : `-${index}`;
      return {
        key: `row-${row?.id ?? 0}${suffix}`,
        row,
        isFolded: row !== undefined && isFolded(row),
        values,
        panels: placed(under, states, values, suffix),
      };
    });
  });
}

function sections(panels: readonly Panel[]): { row: Panel | undefined; panels: Panel[] }[] {
  const inOrder = panels.toSorted((a, b) => a.place.y - b.place.y || a.place.x - b.place.x);
  const found: { row: Panel | undefined; panels: Panel[] }[] = [{ row: undefined, panels: [] }];
  for (const panel of inOrder) {
    if (panel.type === 'row') found.push({ row: panel, panels: [...panel.panels] });
    else found.at(-1)?.panels.push(panel);
  }
  return found.filter(({ row, panels: under }) => row !== undefined || under.length > 0);
}

function placed(
  panels: readonly Panel[],
  states: readonly VariableState[],
  values: Readonly<Record<string, string>>,
  suffix: string,
): PlacedPanel[] {
  const copies: PlacedPanel[] = [];
  const top = Math.min(...panels.map(({ place }) => place.y));
  /** How far copies that take more room have moved what is below them. */
  let movedBy = 0;
  const inOrder = panels.toSorted((a, b) => a.place.y - b.place.y || a.place.x - b.place.x);
  for (const panel of inOrder) {
    const at = { ...panel.place, y: panel.place.y - top + movedBy };
    const { repeat } = panel;
    if (repeat === undefined || values[repeat.variable] !== undefined) {
      copies.push({ key: `${panel.id}${suffix}`, panel, place: at, values });
      continue;
    }
    const chosen = valuesToRepeat(repeat.variable, states);
    const perRow = repeat.direction === 'v' ? 1 : Math.min(repeat.mostPerRow, chosen.length);
    const w = repeat.direction === 'v' ? at.w : Math.max(1, Math.floor(gridColumns / Math.max(1, perRow)));
    chosen.forEach((value, i) => {
      copies.push({
        key: `${panel.id}${suffix}${i === 0 ? '' : `-clone-${i}`}`,
        panel,
        place: {
          w,
          h: at.h,
          x: repeat.direction === 'v' ? at.x : (i % perRow) * w,
          y: at.y + Math.floor(i / perRow) * at.h,
        },
        values: { ...values, [repeat.variable]: value },
      });
    });
    movedBy += Math.max(0, Math.ceil(chosen.length / perRow) - 1) * at.h;
  }
  return copies;
}

/** The values that a panel is repeated for: those chosen, or every choice. */
function valuesToRepeat(name: string, states: readonly VariableState[]): readonly string[] {
  const state = states.find(({ variable }) => variable.name === name);
  if (state === undefined) return [''];
  const all = state.chosen.includes(allValues) ? state.choices.map(({ value }) => value) : state.chosen;
  return all.length === 0 ? [''] : all.slice(0, mostCopies);
}
