import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import { Link } from 'react-router';
import { Loaded } from './loaded.tsx';
import { StateMark } from './severity.tsx';
import { Loading } from './states.tsx';
import './monitoring.css';

/** A part of the overview: what is known of one kind of thing, with the way to its list. */
export function OverviewPanel<T>({
  title,
  to,
  lines,
  query,
  children,
}: {
  /** `Images`. */
  readonly title: string;
  readonly to: string;
  /** Lines that it has about, for while it is being loaded. */
  readonly lines: number;
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
}): ReactElement {
  const things = title.toLowerCase();
  return (
    <section className="panel stack tight" aria-label={title}>
      <header>
        <h2>{title}</h2>
        <Link to={to} className="small">
          All {things}
        </Link>
      </header>
      <Loaded
        query={query}
        what={`load what is known of ${things}`}
        loading={<Loading lines={lines} label={`Loading ${things}`} />}
      >
        {children}
      </Loaded>
    </section>
  );
}

/** Nothing is known, and why. */
export function Unknown({ children }: { readonly children: ReactNode }): ReactElement {
  return (
    <>
      <StateMark tone="plain" label="Unknown" />
      <p className="small">{children}</p>
    </>
  );
}
