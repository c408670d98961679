import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import { useTitle } from '../hooks/use-title.ts';
import { Loaded } from './loaded.tsx';
import { Loading } from './states.tsx';

/** The frame of a page that lists: how many there are, what they are filtered by, and the list itself, which fills what is left. */
export function ListPage<T>({
  title,
  status,
  actions,
  tabs,
  above,
  filters,
  query,
  what,
  children,
  below,
}: {
  readonly title: string;
  /** How many there are, once that is known. */
  readonly status?: ReactNode;
  /** Beside the title. */
  readonly actions?: ReactNode;
  readonly tabs?: ReactNode;
  /** Between tabs and filters. */
  readonly above?: ReactNode;
  readonly filters?: ReactNode;
  readonly query: UseQueryResult<T>;
  /** After "Loading" and "Could not load": `the images`. */
  readonly what: string;
  readonly children: (data: T) => ReactNode;
  readonly below?: ReactNode;
}): ReactElement {
  useTitle(title);
  return (
    <div className="page fill">
      <header>
        <h1>{title}</h1>
        <span className="row">
          {status !== undefined && (
            <span className="dim" role="status">
              {status}
            </span>
          )}
          {actions}
        </span>
      </header>
      {tabs}
      {above}
      {filters && <div className="filters">{filters}</div>}
      <Loaded query={query} what={`load ${what}`} loading={<Loading lines={12} label={`Loading ${what}`} />}>
        {children}
      </Loaded>
      {below}
    </div>
  );
}
