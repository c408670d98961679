import type { ReactElement } from 'react';
import type { Cell } from '../../../../src/dashboards/frames.ts';
import { textOf } from '../../../../src/dashboards/json-view.ts';
import { useScheme } from '../../components/chart-looks.ts';
import { useBoard } from './board-context.ts';
import { type BodyProperties, NoData } from './body.tsx';
import { type SingleValue, singleValues } from './single-values.ts';

/** Large numbers, each with the line that it comes from behind it. */
export function Stat({ panel, data }: BodyProperties): ReactElement {
  useScheme();
  const { show } = useBoard();
  const values = singleValues(panel, data, show);
  if (values.length === 0) return <NoData panel={panel} />;
  const mode = textOf(panel.options['textMode'], 'auto');
  const isNamed = mode === 'value_and_name' || mode === 'name' || (mode === 'auto' && values.length > 1);
  const graph = textOf(panel.options['graphMode'], 'area') === 'area';
  const colourMode = textOf(panel.options['colorMode'], 'value');
  return (
    <div className="dash-stats">
      {values.map((value, at) => (
        <One
          // biome-ignore lint/suspicious/noArrayIndexKey: names may be alike
          key={at}
          of={value}
          isNamed={isNamed}
          isBare={mode === 'none' || mode === 'name'}
          hasGraph={graph && value.history.length > 1}
          colourMode={colourMode}
        />
      ))}
    </div>
  );
}

function One({
  of: { name, shown, colour, history },
  isNamed,
  isBare,
  hasGraph,
  colourMode,
}: {
  readonly of: SingleValue;
  readonly isNamed: boolean;
  readonly isBare: boolean;
  readonly hasGraph: boolean;
  readonly colourMode: string;
}): ReactElement {
  const isFilled = colourMode.startsWith('background');
  const digits = Math.max(2, shown.prefix.length + shown.text.length + 0.6 * shown.suffix.length);
  return (
    <div
      className="dash-stat"
      data-filled={isFilled || undefined}
      style={{ '--stat-colour': colour, '--stat-digits': String(digits) } as Record<string, string>}
    >
      {hasGraph && <Spark values={history} />}
      {isNamed && <span className="dash-stat-name clip">{name}</span>}
      {!isBare && (
        <span className="dash-stat-value" data-plain={colourMode === 'none' || undefined}>
          {shown.prefix}
          {shown.text}
          {shown.suffix !== '' && <small>{shown.suffix}</small>}
        </span>
      )}
    </div>
  );
}

/** A small area without axes: how it went, not how much it was. */
export function Spark({ values }: { readonly values: readonly Cell[] }): ReactElement | null {
  const known = values.flatMap((value, at) =>
    typeof value === 'number' && Number.isFinite(value) ? [[at, value] as const] : [],
  );
  if (known.length < 2) return null;
  const numbers = known.map(([, value]) => value);
  const low = Math.min(...numbers);
  const high = Math.max(...numbers);
  const x = (at: number) => (at / Math.max(1, values.length - 1)) * 100;
  const y = (value: number) => (high === low ? 20 : 36 - ((value - low) / (high - low)) * 32);
  const line = known.map(([at, value]) => `${x(at).toFixed(2)},${y(value).toFixed(2)}`).join(' ');
  const [first] = known[0] ?? [0];
  const [last] = known.at(-1) ?? [0];
  return (
    <svg className="dash-spark" viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden>
      <polygon points={`${x(first)},40 ${line} ${x(last)},40`} />
      <polyline points={line} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
