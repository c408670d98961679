// biome-ignore-all lint/a11y/useSemanticElements: rows that are placed one by one cannot be elements of <table>
import { useMediaQuery } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useNavigate } from 'react-router';
import { Bar } from './states.tsx';
import './virtual-table.css';

export interface Column<T> {
  readonly key: string;
  readonly label: string;
  /** A track of CSS grid: `8rem`, `minmax(0, 2fr)`. */
  readonly width: string;
  readonly cell: (item: T) => ReactNode;
  /** The name to sort by; not sortable without. */
  readonly sort?: string;
  /** How it is sorted when first chosen; descending when left out. */
  readonly first?: 'asc' | 'desc';
}

export interface Sort {
  readonly by: string;
  readonly order: 'asc' | 'desc';
}

interface Properties<T> {
  readonly label: string;
  readonly count: number;
  /** The row at an index; undefined while it is being loaded. */
  readonly item: (index: number) => T | undefined;
  readonly id: (item: T) => string;
  /** Where Enter leads to. */
  readonly to?: (item: T) => string;
  readonly columns: readonly Column<T>[];
  /** What stands in one card on a phone, and its height in pixels. */
  readonly card: (item: T) => ReactNode;
  readonly cardHeight?: number;
  readonly sort?: Sort;
  readonly onSort?: (sort: Sort) => void;
  /** Which rows are on the screen, for loading. */
  readonly onRange?: (first: number, last: number) => void;
  readonly onHover?: (inside: boolean) => void;
  /** Whether the rows are those of what was asked before, while what is asked now is on its way. */
  readonly isOld?: boolean;
  /** Names the list: a new one starts at the top, one that is come back to where it was left. */
  readonly place: string;
}

const rowHeight = 36;
/** How far each list was scrolled, for coming back from a detail page. */
const places = new Map<string, number>();

/** A table that draws only the rows that can be seen, so that any number of them scrolls smoothly. */
export function VirtualTable<T>(properties: Properties<T>): ReactElement {
  const { columns, count, item, place, onRange, sort, onSort } = properties;
  const scroller = useRef<HTMLDivElement>(null);
  const navigate = useNavigate();
  const cards = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const [active, setActive] = useState(-1);
  const size = cards ? (properties.cardHeight ?? 84) : rowHeight;
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => size,
    overscan: 8,
    initialOffset: () => places.get(place) ?? 0,
    scrollPaddingStart: cards ? 0 : 34,
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: the sizes are known to have changed exactly then
  useEffect(() => virtualizer.measure(), [size]);
  // Before it is painted, and at once: the height of all rows stands in the same document already.
  useLayoutEffect(() => {
    setActive(-1);
    if (scroller.current !== null) scroller.current.scrollTop = places.get(place) ?? 0;
  }, [place]);

  const rows = virtualizer.getVirtualItems();
  const first = rows[0]?.index ?? 0;
  const last = rows.at(-1)?.index ?? 0;
  useEffect(() => onRange?.(first, last), [first, last, onRange]);

  function move(to: number): void {
    const index = Math.max(0, Math.min(count - 1, to));
    setActive(index);
    virtualizer.scrollToIndex(index, { align: 'auto' });
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / size) - 2);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: count - 1,
    };
    const to = moves[event.key];
    const chosen = item(active);
    if (to !== undefined && count > 0) move(to);
    else if (event.key === 'Enter' && chosen !== undefined && properties.to !== undefined)
      void navigate(properties.to(chosen));
    else return;
    event.preventDefault();
  }

  const style = {
    '--vt-columns': columns.map(({ width }) => width).join(' '),
    '--vt-min': cards ? '0' : '46rem',
  } as CSSProperties;
  const activeItem = item(active);

  return (
    <div
      ref={scroller}
      className={cards ? 'vt cards' : 'vt'}
      style={style}
      role="grid"
      aria-label={properties.label}
      aria-rowcount={count + 1}
      aria-busy={properties.isOld === true}
      aria-activedescendant={activeItem === undefined ? undefined : `row-${properties.id(activeItem)}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onFocus={(event) => {
        if (event.target === event.currentTarget && active < 0 && event.target.matches(':focus-visible'))
          setActive(first);
      }}
      onScroll={(event) => places.set(place, event.currentTarget.scrollTop)}
      onPointerEnter={() => properties.onHover?.(true)}
      onPointerLeave={() => properties.onHover?.(false)}
    >
      <div role="rowgroup" className={cards ? 'hidden' : 'vt-head'}>
        <div role="row" className="vt-row" aria-rowindex={1} tabIndex={-1}>
          {cards ? (
            <div role="columnheader" tabIndex={-1}>
              {properties.label}
            </div>
          ) : (
            columns.map((column) => <Header key={column.key} column={column} sort={sort} onSort={onSort} />)
          )}
        </div>
      </div>
      <div role="rowgroup" className="vt-body" style={{ height: virtualizer.getTotalSize() }}>
        {rows.map(({ index, start }) => {
          const here = item(index);
          return (
            <div
              key={index}
              id={here === undefined ? undefined : `row-${properties.id(here)}`}
              role="row"
              className="vt-row"
              tabIndex={-1}
              aria-rowindex={index + 2}
              data-active={index === active || undefined}
              aria-selected={index === active}
              style={{ height: size, transform: `translateY(${start}px)` }}
            >
              {here === undefined ? (
                <div role="gridcell" tabIndex={-1}>
                  <Bar width="70%" />
                </div>
              ) : cards ? (
                <div role="gridcell" tabIndex={-1}>
                  {properties.card(here)}
                </div>
              ) : (
                columns.map(({ key, cell }) => (
                  <div key={key} role="gridcell" tabIndex={-1}>
                    {cell(here)}
                  </div>
                ))
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Header<T>({
  column,
  sort,
  onSort,
}: {
  readonly column: Column<T>;
  readonly sort: Sort | undefined;
  readonly onSort: ((sort: Sort) => void) | undefined;
}): ReactElement {
  const by = column.sort;
  if (by === undefined || onSort === undefined) {
    return (
      <div role="columnheader" tabIndex={-1}>
        {column.label}
      </div>
    );
  }
  const order = sort?.by === by ? sort.order : undefined;
  const next = order === undefined ? (column.first ?? 'desc') : order === 'desc' ? 'asc' : 'desc';
  return (
    <div
      role="columnheader"
      tabIndex={-1}
      {...(order !== undefined && {
        'aria-sort': order === 'asc' ? ('ascending' as const) : ('descending' as const),
      })}
    >
      <button type="button" onClick={() => onSort({ by, order: next })}>
        {column.label}
        <span aria-hidden="true">{order === undefined ? '' : order === 'asc' ? ' ↑' : ' ↓'}</span>
      </button>
    </div>
  );
}
