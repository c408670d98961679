import type { ReactElement, ReactNode } from 'react';
import './chart-caption.css';

/** Below a chart: the ends of its time axis at its two ends, and under them what it says, however narrow the page is. */
export function ChartCaption({
  from,
  to,
  children,
}: {
  readonly from: string;
  readonly to: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <figcaption className="small dim">
      <span className="row spread">
        <span>{from}</span>
        <span>{to}</span>
      </span>
      <span className="chart-words">{children}</span>
    </figcaption>
  );
}
