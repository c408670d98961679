import { queryOptions, type UseQueryResult, useQueries, useQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';

/** Rows asked for at once. */
const pageSize = 100;

interface Page<Item> {
  readonly total: number;
  readonly items: readonly Item[];
}

interface Windowed<Item, P extends Page<Item>> {
  /** The first page, which says how many rows there are. */
  readonly first: UseQueryResult<P>;
  readonly total: number;
  /** What a table of it is given. */
  readonly table: {
    readonly isOld: boolean;
    readonly place: string;
    readonly count: number;
    /** Undefined while it is being loaded. */
    item(index: number): Item | undefined;
    /** To be told which rows are on the screen. */
    readonly onRange: (from: number, to: number) => void;
  };
}

/** A list that is filtered on the server, of which only the pages on the screen are loaded. */
export function useWindowed<Item, P extends Page<Item>>(options: {
  /** Names the list, its filters included. */
  readonly key: readonly unknown[];
  readonly fetch: (offset: number, limit: number, signal: AbortSignal) => Promise<P>;
  readonly refetchMs?: number;
}): Windowed<Item, P> {
  const { key, fetch, refetchMs } = options;
  const page = (index: number) =>
    queryOptions({
      queryKey: [...key, index] as readonly unknown[],
      queryFn: ({ signal }) => fetch(index * pageSize, pageSize, signal),
      refetchInterval: refetchMs ?? false,
    });
  const first: UseQueryResult<P> = useQuery({
    ...page(0),
    // The library wants proof that a page is no function, which a type parameter cannot give.
    placeholderData: (before: P | undefined) => before as never,
  });
  const [pages, setPages] = useState<readonly number[]>([]);
  const wanted = pages.filter((index) => index > 0);
  const others = useQueries({ queries: wanted.map(page) });
  const onRange = useCallback((from: number, to: number) => {
    const now: number[] = [];
    for (let index = Math.floor(from / pageSize); index <= Math.floor(to / pageSize); index++)
      now.push(index);
    setPages((before) => (before.join() === now.join() ? before : now));
  }, []);
  const total = first.data?.total ?? 0;
  function item(index: number): Item | undefined {
    const at = Math.floor(index / pageSize);
    const data = at === 0 ? first.data : others[wanted.indexOf(at)]?.data;
    return data?.items[index % pageSize];
  }
  const isOld = first.isPlaceholderData;
  return { first, total, table: { isOld, place: JSON.stringify(key), count: total, item, onRange } };
}
