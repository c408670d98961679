import type { Sort } from '../components/virtual-table.tsx';
import type { UrlState } from './use-url-state.ts';

/**
 * The order of a list, kept in its address as `sort` and `order`; what it is when nobody says stands not there.
 *
 * @param usual what is sorted by when nothing is said
 * @param rising columns that go up at first; all others go down, from the worst or the newest
 */
export function urlSort(
  url: UrlState,
  usual: string,
  rising: readonly string[],
): { readonly sort: Sort; readonly onSort: (sort: Sort) => void } {
  const natural = (by: string): Sort['order'] => (rising.includes(by) ? 'asc' : 'desc');
  const by = url.get('sort') || usual;
  const order = url.get('order');
  return {
    sort: { by, order: order === 'asc' || order === 'desc' ? order : natural(by) },
    onSort: (to) =>
      url.set({ sort: to.by === usual ? '' : to.by, order: to.order === natural(to.by) ? '' : to.order }),
  };
}

/** Whether a filter holds anything back; the order does not. */
export function isFiltered(filter: Readonly<Record<string, string>>): boolean {
  return Object.entries(filter).some(([name, value]) => !/^(sort|order)$/.test(name) && value !== '');
}
