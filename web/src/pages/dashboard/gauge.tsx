import type { ReactElement } from 'react';
import { useScheme } from '../../components/chart-looks.ts';
import { useBoard } from './board-context.ts';
import { type BodyProperties, NoData } from './body.tsx';
import { colourNamed } from './colours.ts';
import { type SingleValue, singleValues } from './single-values.ts';

/** Arcs from the least to the most there can be. */
export function Gauge({ panel, data }: BodyProperties): ReactElement {
  useScheme();
  const { show } = useBoard();
  const values = singleValues(panel, data, show);
  if (values.length === 0) return <NoData panel={panel} />;
  return (
    <div className="dash-gauges">
      {values.map((value, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: names may be alike
        <Arc key={at} of={value} />
      ))}
    </div>
  );
}

/** Of a whole turn, how much the arc has, and where it begins. */
const sweep = 240;
const radius = 42;

function Arc({ of: { name, value, shown, colour, style } }: { readonly of: SingleValue }): ReactElement {
  const { min = 0, max = 100, thresholds } = style;
  const span = max - min || 1;
  const share = value === undefined ? 0 : Math.max(0, Math.min(1, (value - min) / span));
  const text = `${shown.prefix}${shown.text}${shown.suffix}`;
  const shareOf = (from: number) =>
    Math.max(0, Math.min(1, thresholds.isPercent ? from / 100 : (from - min) / span));
  return (
    <figure className="dash-gauge">
      <svg viewBox="0 0 100 82" role="img" aria-label={`${name}: ${text}`}>
        <path d={arc(radius, 0, 1)} className="dash-gauge-back" />
        {share > 0 && (
          <path d={arc(radius, 0, share)} style={{ stroke: colour }} className="dash-gauge-front" />
        )}
        {thresholds.steps.map(({ from, colour: own }, at) => {
          const start = shareOf(from);
          const end = shareOf(thresholds.steps[at + 1]?.from ?? Number.POSITIVE_INFINITY);
          return end <= start ? null : (
            <path
              key={`${from}`}
              d={arc(radius + 6, start, end)}
              style={{ stroke: colourNamed(own) }}
              className="dash-gauge-marks"
            />
          );
        })}
        <text x="50" y="55" textAnchor="middle" style={{ fill: colour, fontSize: text.length > 7 ? 13 : 17 }}>
          {text}
        </text>
      </svg>
      <figcaption className="clip small">{name}</figcaption>
    </figure>
  );
}

/** An SVG path along the arc, from a share of it to another. */
function arc(size: number, from: number, to: number): string {
  const point = (share: number) => {
    const angle = ((-90 - sweep / 2 + share * sweep) * Math.PI) / 180;
    return `${(50 + size * Math.cos(angle)).toFixed(2)} ${(50 + size * Math.sin(angle)).toFixed(2)}`;
  };
  return `M ${point(from)} A ${size} ${size} 0 ${(to - from) * sweep > 180 ? 1 : 0} 1 ${point(to)}`;
}
