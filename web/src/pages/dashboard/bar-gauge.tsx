import type { ReactElement } from 'react';
import { textOf } from '../../../../src/dashboards/json-view.ts';
import { useScheme } from '../../components/chart-looks.ts';
import { useBoard } from './board-context.ts';
import { type BodyProperties, NoData } from './body.tsx';
import { type SingleValue, singleValues } from './single-values.ts';

/** Bars, each with its name and number. */
export function BarGauge({ panel, data }: BodyProperties): ReactElement {
  useScheme();
  const { show } = useBoard();
  const values = singleValues(panel, data, show);
  if (values.length === 0) return <NoData panel={panel} />;
  const known = values.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const isUpright = textOf(panel.options['orientation']) === 'vertical';
  const highest = Math.max(0, ...known);
  const lowest = Math.min(0, ...known);
  return (
    <ul className="dash-bars plain-list" data-upright={isUpright || undefined}>
      {values.map((value, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: names may be alike
        <BarRow key={at} of={value} lowest={lowest} highest={highest} />
      ))}
    </ul>
  );
}

function BarRow({
  of: { name, value, shown, colour, style },
  lowest,
  highest,
}: {
  readonly of: SingleValue;
  readonly lowest: number;
  readonly highest: number;
}): ReactElement {
  const min = style.min ?? lowest;
  const max = style.max ?? highest;
  const share = value === undefined ? 0 : Math.max(0, Math.min(1, (value - min) / (max - min || 1)));
  return (
    <li className="dash-bar-row">
      <span className="clip" title={name}>
        {name || '(none)'}
      </span>
      <span className="dash-bar-track" aria-hidden>
        <span
          style={{ '--share': `${(share * 100).toFixed(2)}%`, background: colour } as Record<string, string>}
        />
      </span>
      <span className="dash-bar-value" style={{ color: colour }}>
        {shown.prefix}
        {shown.text}
        {shown.suffix}
      </span>
    </li>
  );
}
