import type { ReactElement } from 'react';
import { clockTime } from '../format/time.ts';
import { ChartCaption } from './chart-caption.tsx';

const width = 600;
const height = 110;
const foot = 18;

/** A rule's value over time, and when its alert began; drawn small, said in words too. */
export function ValueChart({
  values,
  startsAtMs,
}: {
  readonly values: readonly (readonly [atMs: number, value: number])[];
  readonly startsAtMs: number;
}): ReactElement {
  const known = values.filter(([, value]) => Number.isFinite(value));
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined)
    return <p className="dim small">The rule's expression gave nothing for it in this time.</p>;
  const low = Math.min(0, ...known.map(([, value]) => value));
  const high = Math.max(...known.map(([, value]) => value), low + 1e-9);
  const span = Math.max(1, last[0] - first[0]);
  const x = (atMs: number) => ((atMs - first[0]) / span) * width;
  const y = (value: number) => (height - foot) * (1 - (value - low) / (high - low)) * 0.92 + 4;
  const points = known.map(([atMs, value]) => `${x(atMs).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  const started = Math.max(0, Math.min(width, x(startsAtMs)));
  return (
    <figure style={{ margin: 0 }}>
      <svg
        className="value-chart"
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`From ${first[1]} at ${clockTime(first[0])} to ${last[1]} at ${clockTime(last[0])}; the highest was ${high}`}
      >
        <line
          x1={started}
          x2={started}
          y1={0}
          y2={height - foot}
          stroke="var(--critical)"
          strokeDasharray="4 3"
          vectorEffect="non-scaling-stroke"
        />
        <polyline
          points={points}
          fill="none"
          stroke="var(--accent)"
          strokeWidth={2}
          vectorEffect="non-scaling-stroke"
        />
        {known.length === 1 && <circle cx={x(first[0])} cy={y(first[1])} r={3} fill="var(--accent)" />}
      </svg>
      <ChartCaption fromMs={first[0]} toMs={last[0]}>
        now {plainNumber(last[1])}, at most {plainNumber(high)}; the dashed line is when it began
      </ChartCaption>
    </figure>
  );
}

function plainNumber(value: number): string {
  return String(Number(value.toPrecision(5)));
}
