import { Button } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure, Loading } from './states.tsx';
import { Ago } from './time.tsx';

/** What a query gave, or that it is on its way, or what failed. Old data is shown greyed with its age. */
export function Loaded<T>({
  query,
  what,
  loading,
  children,
}: {
  readonly query: UseQueryResult<T>;
  /** After "Could not": `load the alerts`. */
  readonly what: string;
  readonly loading?: ReactNode;
  readonly children: (data: T) => ReactNode;
}): ReactNode {
  const { data, error, refetch } = query;
  if (data === undefined) {
    return error === null ? (loading ?? <Loading />) : <Failure what={what} error={error} retry={refetch} />;
  }
  if (error === null) return children(data);
  return (
    <>
      <div className="banner" role="status">
        <span>
          Could not {what} again: {error.message} What you see is from <Ago atMs={query.dataUpdatedAt} />.
        </span>
        <Button size="compact-xs" variant="default" onClick={() => void refetch()}>
          Try again
        </Button>
      </div>
      <div className="stale stack">{children(data)}</div>
    </>
  );
}
