import { lazy, type ReactElement, Suspense } from 'react';
import { Link, useParams } from 'react-router';
import { useFramework } from '../api/posture.ts';
import type { FrameworkDetailJson, FrameworkJson } from '../api/types.ts';
import { ControlRows } from '../components/control-rows.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Segments } from '../components/segments.tsx';
import { Bar, Empty } from '../components/states.tsx';
import { UrlSearch } from '../components/url-filters.tsx';
import { counted, percent } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { type UrlState, useUrlState } from '../hooks/use-url-state.ts';
import { ControlBar, TwoScores } from './frameworks.tsx';

const TrendChart = lazy(() =>
  import('../components/trend-chart.tsx').then(({ TrendChart: chart }) => ({ default: chart })),
);

export const controlStates = [
  { value: '', label: 'All' },
  { value: 'fail', label: 'Failed' },
  { value: 'unknown', label: 'Unknown' },
  { value: 'pass', label: 'Passed' },
  { value: 'not-applicable', label: 'Nothing to judge' },
];

/** One framework: both scores and why they differ, and its controls by section. */
export function Framework(): ReactElement {
  const { name = '' } = useParams();
  useTitle(name);
  const query = useFramework(name);
  const url = useUrlState();
  return (
    <div className="page">
      <Link to="/frameworks" className="small">
        ← Frameworks
      </Link>
      <Loaded query={query} what="load this framework">
        {(framework) => <Body framework={framework} url={url} />}
      </Loaded>
    </div>
  );
}

function Body({
  framework,
  url,
}: {
  readonly framework: FrameworkDetailJson;
  readonly url: UrlState;
}): ReactElement {
  const { set } = url;
  const q = url.get('q').toLowerCase();
  const state = url.get('state');
  const sections = framework.sections.map((section) => ({
    ...section,
    controls: section.controls.filter(
      (control) =>
        (state === '' || control.state === state) &&
        `${control.number} ${control.id} ${control.name}`.toLowerCase().includes(q),
    ),
  }));
  const shown = sections.filter(({ controls }) => controls.length > 0);
  return (
    <>
      <header>
        <h1>{framework.name}</h1>
        <span className="dim">{framework.title}</span>
      </header>
      <div className="two">
        <section className="panel stack">
          <TwoScores framework={framework} />
          <ControlBar framework={framework} />
        </section>
        <Difference framework={framework} />
      </div>
      {framework.trend.length > 1 && (
        <section className="panel">
          <header>
            <h2>The last 24 hours</h2>
            <span className="small dim">as Kubescape counts</span>
          </header>
          <Suspense fallback={<Bar height={150} />}>
            <TrendChart frameworks={[framework]} />
          </Suspense>
        </section>
      )}
      <div className="filters">
        <UrlSearch url={url} label="Search controls" />
        <Segments
          label="State"
          choices={controlStates}
          value={state}
          onChange={(value) => set({ state: value })}
        />
      </div>
      {shown.length === 0 && <Empty title="No control is like that" />}
      {shown.map(({ number, title, controls }) => (
        <section key={number} className="panel">
          {title !== '' && (
            <header>
              <h2>
                {number} {title}
              </h2>
            </header>
          )}
          <ControlRows controls={controls} />
        </section>
      ))}
    </>
  );
}

/** The way from one score to the other, in points that add up. */
function Difference({ framework }: { readonly framework: FrameworkJson }): ReactElement {
  const { compliance, honest, difference } = framework;
  return (
    <section className="panel stack tight">
      <h2>Why there are two scores</h2>
      {honest === undefined || difference === undefined ? (
        <p className="small dim">
          Nothing of this framework could be judged, so strictly there is no score; Kubescape still counts
          one.
        </p>
      ) : (
        <dl className="sums small">
          <dt>{percent(compliance)}</dt>
          <dd>as Kubescape counts: the mean over all controls</dd>
          <dt>{points(difference.irrelevant)}</dt>
          <dd>
            {counted(difference.irrelevantControls, 'control')} with nothing to judge, which Kubescape counts
            as 100 %
          </dd>
          <dt>{points(difference.unreadable)}</dt>
          <dd>
            {counted(difference.unreadableControls, 'control')} for which something could not be read: unknown
            is not passed
          </dd>
          <dt>
            <strong>{percent(honest)}</strong>
          </dt>
          <dd>strictly</dd>
        </dl>
      )}
    </section>
  );
}

function points(value: number): string {
  return value > -0.05 ? '± 0.0' : `− ${Math.abs(value).toFixed(1)}`;
}
