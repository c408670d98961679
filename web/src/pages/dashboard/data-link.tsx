import type { ReactElement, ReactNode } from 'react';
import { Link } from 'react-router';
import type { Destination } from './links.ts';

/** A link of a dashboard. What leads out of the application opens beside it, and learns nothing of where it came from. */
export function DataLink({
  destination,
  children,
}: {
  readonly destination: Destination;
  readonly children: ReactNode;
}): ReactElement {
  if (destination.kind === 'page') return <Link to={destination.to}>{children}</Link>;
  return (
    <a href={destination.to} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  );
}
