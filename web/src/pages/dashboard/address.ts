import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { allValues, type Dashboard } from '../../../../src/dashboards/dashboard.ts';

/** What the address of a dashboard says, as Grafana spells it. */
export interface BoardAddress {
  readonly from: string;
  readonly to: string;
  /** `30s`; '' for not by itself. */
  readonly refresh: string;
  /** The key of the panel that is shown alone; '' for all. */
  readonly viewPanel: string;
  /** What is chosen of a variable; undefined where the address does not say. */
  chosen(name: string): readonly string[] | undefined;
  /** Everything that is chosen, for a key. */
  readonly variables: string;
  set(change: Readonly<Record<string, string | readonly string[] | undefined>>, replace?: boolean): void;
  /** For links to other dashboards. */
  readonly timeQuery: string;
}

export function useBoardAddress(dashboard: Dashboard): BoardAddress {
  const [params, setParams] = useSearchParams();
  const set = useCallback<BoardAddress['set']>(
    (change, replace = false) => {
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value = []] of Object.entries(change)) {
            after.delete(name);
            for (const one of [value].flat()) after.append(name, one);
          }
          return after;
        },
        { replace },
      );
    },
    [setParams],
  );
  return useMemo(() => {
    const from = params.get('from') ?? dashboard.from;
    const to = params.get('to') ?? dashboard.to;
    return {
      from,
      to,
      refresh: params.get('refresh') ?? dashboard.refresh,
      viewPanel: (params.get('viewPanel') ?? '').replace(/^panel-/, ''),
      chosen: (name) =>
        params.has(`var-${name}`)
          ? params.getAll(`var-${name}`).map((value) => (value === 'All' ? allValues : value))
          : undefined,
      variables: [...params].filter(([name]) => name.startsWith('var-')).join('&'),
      set,
      timeQuery: new URLSearchParams({ from, to }).toString(),
    };
  }, [params, dashboard, set]);
}
