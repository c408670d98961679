import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';

/** What a page lets one choose, kept in its address. */
export interface UrlState {
  get(name: string): string;
  /** A comma list. */
  list(name: string): readonly string[];
  /** Empty values are taken out. `replace` for what changes with each key press. */
  set(change: Readonly<Record<string, string | readonly string[]>>, replace?: boolean): void;
}

export function useUrlState(): UrlState {
  const [params, setParams] = useSearchParams();
  const set = useCallback<UrlState['set']>(
    (change, replace = false) => {
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value] of Object.entries(change)) {
            const text = typeof value === 'string' ? value : value.join(',');
            if (text === '') after.delete(name);
            else after.set(name, text);
          }
          return after;
        },
        { replace },
      );
    },
    [setParams],
  );
  return useMemo(
    () => ({
      get: (name) => params.get(name) ?? '',
      list: (name) => (params.get(name) ?? '').split(',').filter((part) => part !== ''),
      set,
    }),
    [params, set],
  );
}
