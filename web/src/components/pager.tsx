import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { count } from '../format/words.ts';
import type { UrlState } from '../hooks/use-url-state.ts';

/** Leads through a list that comes in pages of `step`; where one is stands in the address as `offset`. */
export function Pager({
  url,
  total,
  step,
}: {
  readonly url: UrlState;
  readonly total: number;
  readonly step: number;
}): ReactElement | null {
  const offset = Number(url.get('offset')) || 0;
  if (total <= step) return null;
  const turn = (label: string, to: number, isEnd: boolean) => (
    <Button
      size="compact-xs"
      variant="default"
      disabled={isEnd}
      onClick={() => url.set({ offset: String(Math.max(0, to)) })}
    >
      {label}
    </Button>
  );
  return (
    <nav className="row spread small" aria-label="Pages of the list">
      {turn('Before', offset - step, offset === 0)}
      <span className="dim">
        {count(offset + 1)} to {count(Math.min(total, offset + step))} of {count(total)}
      </span>
      {turn('After', offset + step, offset + step >= total)}
    </nav>
  );
}
