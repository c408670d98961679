import type { ReactElement } from 'react';
import type { AdmissionJson } from '../api/admission.ts';
import { counted } from '../format/words.ts';
import { ChartCaption } from './chart-caption.tsx';

const width = 600;
const height = 110;

/** How long decisions took, minute by minute: the median and the slowest hundredth, said in words too. */
export function LatencyChart({ minutes }: { readonly minutes: AdmissionJson['minutes'] }): ReactElement {
  const [first, last] = [minutes[0], minutes.at(-1)];
  if (first === undefined || last === undefined) return <p className="dim small">Nothing yet.</p>;
  const high = Math.max(...minutes.map(({ p99Ms }) => p99Ms), 0.001);
  const span = Math.max(1, last.atMs - first.atMs);
  const pointsOf = (value: (minute: AdmissionJson['minutes'][number]) => number): string =>
    minutes
      .map((one) => {
        const x = ((one.atMs - first.atMs) / span) * width;
        return `${x.toFixed(1)},${(height * (1 - (value(one) / high) * 0.92)).toFixed(1)}`;
      })
      .join(' ');
  const requests = minutes.reduce((sum, one) => sum + one.requests, 0);
  const words = `${counted(requests, 'request')}; the last minute p50 ${last.p50Ms.toFixed(2)} ms, p99 ${last.p99Ms.toFixed(2)} ms; the highest p99 was ${high.toFixed(2)} ms`;
  return (
    <figure style={{ margin: 0 }}>
      <svg
        className="value-chart"
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={words}
      >
        {(['--high', '--accent'] as const).map((colour) => (
          <polyline
            key={colour}
            points={pointsOf(colour === '--high' ? ({ p99Ms }) => p99Ms : ({ p50Ms }) => p50Ms)}
            fill="none"
            stroke={`var(${colour})`}
            strokeWidth={2}
            strokeLinecap="round"
            vectorEffect="non-scaling-stroke"
          />
        ))}
        {minutes.length === 1 && <circle cx={4} cy={height * 0.08} r={4} fill="var(--high)" />}
      </svg>
      <ChartCaption fromMs={first.atMs} toMs={last.atMs}>
        <span className="row wraps">
          {(['--high', '--accent'] as const).map((colour) => (
            <span key={colour} className="row">
              <i className="chart-line" style={{ background: `var(${colour})` }} aria-hidden="true" />
              {colour === '--high' ? 'p99' : 'p50'}
            </span>
          ))}
          <span>{words}</span>
        </span>
      </ChartCaption>
    </figure>
  );
}
