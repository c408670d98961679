import { lazy, type ReactElement, Suspense } from 'react';
import { Link } from 'react-router';
import type { FrameworkScoreJson } from '../api/types.ts';
import { count, percent } from '../format/words.ts';
import { Bar, Empty } from './states.tsx';

const TrendChart = lazy(() =>
  import('./trend-chart.tsx').then(({ TrendChart: chart }) => ({ default: chart })),
);

/** The same order as the lines of the chart have; kept here so that the chart need not be loaded for it. */
const colours = ['--accent', '--high', '--low', '--medium', '--unknown'] as const;

/** Each framework's score, how it moved in a day, and the controls behind it. */
export function Scores({ frameworks }: { readonly frameworks: readonly FrameworkScoreJson[] }): ReactElement {
  return (
    <section className="panel stack">
      <header>
        <h2>Frameworks</h2>
        <span className="small dim">last 24 hours</span>
      </header>
      {frameworks.length === 0 ? (
        <Empty title="No framework has a score yet">
          <p>Scores appear once the first objects have been judged.</p>
        </Empty>
      ) : (
        <>
          <ul className="scores">
            {frameworks.map((framework, index) => (
              <Score
                key={framework.name}
                framework={framework}
                colour={colours[index % colours.length] ?? '--accent'}
              />
            ))}
          </ul>
          <Suspense fallback={<Bar height={150} />}>
            <TrendChart frameworks={frameworks} />
          </Suspense>
        </>
      )}
    </section>
  );
}

function Score({
  framework,
  colour,
}: {
  readonly framework: FrameworkScoreJson;
  readonly colour: string;
}): ReactElement {
  const { name, compliance, honest, controls, trend } = framework;
  const first = trend[0]?.[1];
  // The trend is kept in whole points, rounded down as Kubescape does: only like is compared with like.
  const moved = first === undefined ? 0 : Math.floor(compliance) - first;
  return (
    <li className="score stack tight">
      <span className="row">
        <i style={{ background: `var(${colour})` }} />
        <strong>
          <Link to={`/frameworks/${encodeURIComponent(name)}`}>{name}</Link>
        </strong>
      </span>
      <span className="row">
        <span className="number">{percent(compliance)}</span>
        <span className="small dim">{movement(moved)}</span>
      </span>
      <span
        className="small dim"
        title="Counts unknown as not passed, and leaves out what has nothing to judge"
      >
        {honest === undefined ? 'strictly: nothing to judge yet' : `strictly: ${percent(honest)}`}
      </span>
      <span className="small dim">
        {count(controls.pass)} passed · {count(controls.fail)} failed
        {controls.unknown > 0 && ` · ${count(controls.unknown)} unknown`}
      </span>
    </li>
  );
}

function movement(points: number): string {
  if (Math.abs(points) < 0.05) return 'unchanged';
  return `${points > 0 ? '▲' : '▼'} ${Math.abs(points).toFixed(1)}`;
}
