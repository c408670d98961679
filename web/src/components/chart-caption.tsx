import type { ReactElement, ReactNode } from 'react';
import { absolute, zoneAt } from '../format/time.ts';
import { axisTime } from './chart-looks.ts';
import './chart-caption.css';

/** Below a chart: the ends of its time axis at its two ends, and under them what it says, however narrow the page is. */
export function ChartCaption({
  fromMs,
  toMs,
  children,
}: {
  readonly fromMs: number;
  readonly toMs: number;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <figcaption className="small dim">
      <span className="row spread">
        <span title={absolute(fromMs)}>{axisTime(fromMs, toMs - fromMs)}</span>
        <span title={absolute(toMs)}>
          {axisTime(toMs, toMs - fromMs)} {zoneAt(toMs)}
        </span>
      </span>
      <span className="chart-words">{children}</span>
    </figcaption>
  );
}
