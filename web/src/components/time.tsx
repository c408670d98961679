import { type ReactElement, useCallback } from 'react';
import { absolute, relative } from '../format/time.ts';
import { useTicking } from '../hooks/use-ticking.ts';

/** How long ago, kept up to date; the date and time on hover. */
export function Ago({ atMs }: { readonly atMs: number }): ReactElement {
  const text = useTicking(useCallback((nowMs: number) => relative(atMs, nowMs), [atMs]));
  return (
    <time className="nowrap" dateTime={new Date(atMs).toISOString()} title={absolute(atMs)}>
      {text}
    </time>
  );
}
