import { Button } from '@mantine/core';
import { Component, type ErrorInfo, type ReactElement, type ReactNode } from 'react';
import { ApiError } from '../api/client.ts';
import './states.css';

/** Nothing to show, and what to do about it. */
export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ReactNode;
}): ReactElement {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** What failed, why, and a way to try again. */
export function Failure({
  what,
  error,
  retry,
}: {
  /** After "Could not": `load the findings`. */
  readonly what: string;
  readonly error: unknown;
  readonly retry?: (() => unknown) | undefined;
}): ReactElement {
  const code = error instanceof ApiError ? error.code : undefined;
  return (
    <div className="failure stack tight" role="alert">
      <h2>Could not {what}</h2>
      <p className="wrap">
        {error instanceof Error ? error.message : String(error)}{' '}
        {code !== undefined && <code className="dim">{code}</code>}
      </p>
      {retry !== undefined && (
        <div>
          <Button size="xs" variant="default" onClick={() => void retry()}>
            Try again
          </Button>
        </div>
      )}
    </div>
  );
}

/** The shape of text that is on its way. */
export function Bar({
  width = '100%',
  height = 14,
}: {
  readonly width?: string;
  readonly height?: number;
}): ReactElement {
  return <div className="bar" style={{ width, height }} />;
}

/** The shape of a list that is on its way. */
export function Loading({
  lines = 5,
  label = 'Loading',
}: {
  readonly lines?: number;
  readonly label?: string;
}): ReactElement {
  return (
    <div className="stack" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike
        <Bar key={line} width={`${92 - ((line * 37) % 45)}%`} />
      ))}
    </div>
  );
}

interface BoundaryProperties {
  /** Another place is drawn anew after a failure. */
  readonly place: string;
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly failed: boolean;
  readonly error?: unknown;
}

/** Catches what a page throws while drawing, or when its code cannot be loaded because the server was updated. */
export class Boundary extends Component<BoundaryProperties, BoundaryState> {
  override state: BoundaryState = { failed: false };

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { failed: true, error };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    reportError(new Error(`A page failed to draw${info.componentStack ?? ''}`, { cause: error }));
  }

  override componentDidUpdate(before: BoundaryProperties): void {
    if (this.state.failed && before.place !== this.props.place) this.setState({ failed: false });
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="page">
        <Failure what="show this page" error={this.state.error} retry={() => window.location.reload()} />
      </div>
    );
  }
}

/** Why the server did not do what was asked for; nothing while it has not refused. */
export function Refusal({
  of,
  error,
}: {
  /** After "Could not": `start it`. */
  readonly of: string;
  readonly error: Error | null;
}): ReactElement | null {
  return (
    error && (
      <p className="small wrap" role="alert">
        Could not {of}: {error.message}
      </p>
    )
  );
}
