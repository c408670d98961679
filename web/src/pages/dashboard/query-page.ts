import type { PanelQuestion } from './use-panel-data.ts';

/** The same expressions over the same range on the query page. */
export function queryPage({ targets, startMs, endMs }: PanelQuestion): string {
  const params = new URLSearchParams();
  targets.forEach(({ filled, instant }, i) => {
    params.set(`g${i}.expr`, filled);
    params.set(`g${i}.tab`, instant ? 'table' : 'graph');
    params.set(`g${i}.range_input`, `${Math.max(1, Math.round((endMs - startMs) / 1000))}s`);
    params.set(`g${i}.end_input`, new Date(endMs).toISOString().slice(0, 19).replace('T', ' '));
  });
  return `/query?${params}`;
}
