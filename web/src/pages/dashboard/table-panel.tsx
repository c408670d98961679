// biome-ignore-all lint/suspicious/noArrayIndexKey: rows and cells have nothing else that tells them apart
import { Button, NativeSelect } from '@mantine/core';
import { type ReactElement, useMemo, useState } from 'react';
import {
  type FieldStyle,
  showCell,
  stylesOf,
  thresholdColour,
} from '../../../../src/dashboards/field-style.ts';
import type { Cell, Frame } from '../../../../src/dashboards/frames.ts';
import { lengthOf, withRows } from '../../../../src/dashboards/frames.ts';
import { listOf, numberOf, recordOf, textOf } from '../../../../src/dashboards/json-view.ts';
import { compareCells } from '../../../../src/dashboards/transformations/rows.ts';
import { useScheme } from '../../components/chart-looks.ts';
import { count } from '../../format/words.ts';
import { useBoard } from './board-context.ts';
import { type BodyProperties, NoData } from './body.tsx';
import { colourFor, colourNamed } from './colours.ts';
import { DataLink } from './data-link.tsx';
import { destinationOf } from './links.ts';

/** So many rows are drawn; more are asked for. */
const rowsAtOnce = 200;

interface Order {
  readonly column: number;
  readonly isDown: boolean;
}

/** Rows and columns; a click on a column's name sorts by it. */
export function TablePanel({ panel, data }: BodyProperties): ReactElement {
  useScheme();
  const [at, setAt] = useState(0);
  const [chosen, setOrder] = useState<Order>();
  const [limit, setLimit] = useState(rowsAtOnce);
  const frames = data.frames.filter((frame) => lengthOf(frame) > 0);
  const frame = frames[at] ?? frames[0];
  const { scope } = data.question;
  const drawn = useMemo(() => {
    if (frame === undefined) return undefined;
    const styles = stylesOf(frame, panel.fields, scope);
    const visible = frame.fields.map((_, i) => i).filter((i) => styles[i]?.custom['hidden'] !== true);
    return {
      frame: { ...frame, fields: visible.flatMap((i) => frame.fields[i] ?? []) },
      styles: visible.flatMap((i) => styles[i] ?? []),
    };
  }, [frame, panel, scope]);
  if (frame === undefined || drawn === undefined) return <NoData panel={panel} />;
  const order = chosen ?? firstOrder(panel.options['sortBy'], drawn.styles);
  const sorted = order === undefined ? drawn.frame : sortedBy(drawn.frame, order);
  const rows = lengthOf(sorted);
  return (
    <div className="dash-table-box">
      {frames.length > 1 && (
        <NativeSelect
          size="xs"
          aria-label="Series"
          value={String(at)}
          onChange={(event) => setAt(Number(event.currentTarget.value))}
          data={frames.map((each, i) => ({
            value: String(i),
            label: each.fields.at(-1)?.legend ?? `Series ${i + 1}`,
          }))}
        />
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section className="dash-table-scroll" tabIndex={0} aria-label={`Rows of ${panel.title}`}>
        <table className="dash-table">
          <thead>
            <tr>
              {drawn.styles.map((style, column) => (
                <th
                  key={style.name}
                  style={widthOf(style)}
                  data-number={drawn.frame.fields[column]?.type === 'number' || undefined}
                  {...(order?.column === column && {
                    'aria-sort': order.isDown ? ('descending' as const) : ('ascending' as const),
                  })}
                >
                  <button
                    type="button"
                    onClick={() =>
                      setOrder({
                        column,
                        isDown:
                          order?.column === column
                            ? !order.isDown
                            : drawn.frame.fields[column]?.type === 'number',
                      })
                    }
                  >
                    {style.name}
                    <span aria-hidden>{order?.column === column ? (order.isDown ? ' ↓' : ' ↑') : ''}</span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: Math.min(rows, limit) }, (_, row) => (
              <tr key={row}>
                {sorted.fields.map((field, column) => (
                  <CellView
                    key={`${column} ${field.name}`}
                    frame={sorted}
                    styles={drawn.styles}
                    column={column}
                    row={row}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows > limit && (
        <Button size="compact-xs" variant="subtle" onClick={() => setLimit(limit + rowsAtOnce)}>
          Show more: {count(rows - limit)} rows are left
        </Button>
      )}
    </div>
  );
}

function CellView({
  frame,
  styles,
  column,
  row,
}: {
  readonly frame: Frame;
  readonly styles: readonly FieldStyle[];
  readonly column: number;
  readonly row: number;
}): ReactElement {
  const { show, states, timeQuery } = useBoard();
  const field = frame.fields[column];
  const style = styles[column];
  if (field === undefined || style === undefined) return <td />;
  const value = field.values[row] ?? null;
  const shown = showCell(
    field.type === 'time' ? value : value,
    field.type === 'time' && style.unit === '' ? { ...style, unit: 'dateTimeAsSystem' } : style,
    show,
  );
  const text = `${shown.prefix}${shown.text}${shown.suffix}`;
  const look = lookOf(value, style, shown.colour);
  const [link] = style.links;
  const destination =
    link === undefined
      ? undefined
      : destinationOf(link.url, new Map(), {
          ...{ timeQuery, states },
          value: String(value ?? ''),
          fields: Object.fromEntries(
            frame.fields.map((each, i) => [styles[i]?.name ?? each.name, String(each.values[row] ?? '')]),
          ),
        });
  return (
    <td
      data-number={field.type === 'number' || undefined}
      style={look.style}
      title={text.length > 40 ? text : undefined}
    >
      {look.share !== undefined && (
        <span className="dash-cell-bar" aria-hidden>
          <span style={{ '--share': look.share, background: look.colour } as Record<string, string>} />
        </span>
      )}
      {destination === undefined ? text : <DataLink destination={destination}>{text}</DataLink>}
    </td>
  );
}

interface CellLook {
  readonly style?: Record<string, string>;
  readonly colour: string;
  /** How far a bar reaches. */
  readonly share?: string;
}

function lookOf(value: Cell, style: FieldStyle, mapped: string | undefined): CellLook {
  const { type, mode } = recordOf(style.custom['cellOptions']);
  const kind = textOf(type) || textOf(style.custom['displayMode']);
  const number = typeof value === 'number' ? value : undefined;
  const threshold = number === undefined ? undefined : thresholdColour(number, style);
  const colour =
    mapped !== undefined
      ? colourNamed(mapped)
      : style.colourMode === 'fixed'
        ? colourFor(number, style, 0)
        : colourNamed(threshold ?? 'text');
  if (kind === 'color-text') return { colour, style: { color: colour, fontWeight: '600' } };
  if (kind === 'color-background' || kind === 'color-background-solid')
    return { colour, style: { boxShadow: `inset 4px 0 0 ${colour}` } };
  if ((kind === 'gauge' || kind.endsWith('gauge') || mode === 'lcd') && number !== undefined) {
    const { min = 0, max = Math.max(1, number) } = style;
    return {
      colour,
      share: `${Math.max(0, Math.min(100, ((number - min) / (max - min || 1)) * 100)).toFixed(1)}%`,
    };
  }
  return { colour };
}

function widthOf(style: FieldStyle): Record<string, string> {
  const width = numberOf(style.custom['width']);
  return width === undefined || width <= 0 ? {} : { width: `${width}px` };
}

function firstOrder(sortBy: unknown, styles: readonly FieldStyle[]): Order | undefined {
  const { displayName, desc } = recordOf(listOf(sortBy)[0]);
  const column = styles.findIndex(({ name }) => name === displayName);
  return column < 0 ? undefined : { column, isDown: desc === true };
}

function sortedBy(frame: Frame, { column, isDown }: Order): Frame {
  const values = frame.fields[column]?.values ?? [];
  const rows = values.map((_, row) => row);
  return withRows(
    frame,
    rows.sort((a, b) => compareCells(values[a] ?? null, values[b] ?? null, isDown)),
  );
}
