// biome-ignore-all lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
import { type ReactElement, useState } from 'react';
import { Link } from 'react-router';
import { useLive } from '../api/live-events.ts';
import { useOverview } from '../api/queries.ts';
import type { LedgerRowJson, OverviewJson } from '../api/types.ts';
import { Answers } from '../components/answers.tsx';
import { ChainHealth } from '../components/chain-health.tsx';
import { Feed } from '../components/ledger.tsx';
import { Loaded } from '../components/loaded.tsx';
import { OverviewImages } from '../components/overview-images.tsx';
import { OverviewNodes } from '../components/overview-nodes.tsx';
import { Scores } from '../components/scores.tsx';
import { SeverityMark, severities } from '../components/severity.tsx';
import { StackedBar } from '../components/stacked-bar.tsx';
import { Bar, Empty } from '../components/states.tsx';
import { count } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import './overview.css';

/** Is it safe, would I be told, and what changed. */
export function Overview(): ReactElement {
  useTitle('Overview');
  const query = useOverview();
  return (
    <div className="page">
      <header>
        <h1>Overview</h1>
        {query.data !== undefined && <span className="dim mono small">{query.data.cluster}</span>}
      </header>
      <Loaded query={query} what="load the overview" loading={<Shape />}>
        {(overview) => <Body overview={overview} />}
      </Loaded>
    </div>
  );
}

function Body({ overview }: { readonly overview: OverviewJson }): ReactElement {
  return (
    <>
      <Answers overview={overview} />
      <Tiles findings={overview.findings} />
      <div className="columns">
        <div className="stack">
          <Scores frameworks={overview.frameworks} />
          <LatelyChanged recent={overview.recent} />
        </div>
        <div className="stack">
          <ChainHealth overview={overview} />
          <OverviewImages />
          <OverviewNodes />
          <Verdicts verdicts={overview.verdicts} />
        </div>
      </div>
    </>
  );
}

function Tiles({ findings }: { readonly findings: OverviewJson['findings'] }): ReactElement {
  return (
    <section className="tiles" aria-label="Open findings by severity">
      {severities.map((severity) => {
        const open = findings.open[severity];
        const fresh = findings.newToday[severity];
        return (
          <div className="tile" key={severity} data-severity={severity}>
            <SeverityMark severity={severity} label={severity === 'unknown' ? 'No severity' : undefined} />
            <Link
              className="number"
              data-zero={open === 0 || undefined}
              to={`/findings?severity=${severity}`}
            >
              {count(open)}
              <span className="hidden"> open, {severity}</span>
            </Link>
            <span className="small dim">
              {fresh > 0 ? (
                <Link to={`/findings?severity=${severity}&new=1`}>{count(fresh)} new today</Link>
              ) : (
                'none new today'
              )}
            </span>
          </div>
        );
      })}
    </section>
  );
}

function Verdicts({ verdicts }: { readonly verdicts: OverviewJson['verdicts'] }): ReactElement {
  const total = Object.values(verdicts).reduce((sum, each) => sum + each, 0);
  return (
    <section className="panel stack tight">
      <header>
        <h2>Verdicts</h2>
        <span className="small dim">{count(total)} in all</span>
      </header>
      <StackedBar
        label="Verdicts"
        shares={[
          {
            key: 'pass',
            label: 'Passed',
            value: verdicts.pass,
            fill: 'fill-pass',
            to: '/verdicts?state=pass',
          },
          {
            key: 'fail',
            label: 'Failed',
            value: verdicts.fail,
            fill: 'fill-fail',
            to: '/verdicts?state=fail',
          },
          {
            key: 'unknown',
            label: 'Unknown',
            value: verdicts.unknown,
            fill: 'fill-unknown',
            to: '/verdicts?state=unknown',
          },
          {
            key: 'excepted',
            label: 'Excepted',
            value: verdicts.excepted,
            fill: 'fill-excepted',
            to: '/verdicts?state=excepted',
          },
          {
            key: 'none',
            label: 'Not applicable',
            value: verdicts['not-applicable'],
            fill: 'fill-none',
            to: '/verdicts?state=not-applicable',
          },
        ]}
      />
      {verdicts.unknown > 0 && (
        <p className="small dim">
          Unknown is not passed: something that these controls need could not be read. The parts above say
          what.
        </p>
      )}
    </section>
  );
}

/** Moves by itself, except under the pointer. */
function LatelyChanged({ recent }: { readonly recent: readonly LedgerRowJson[] }): ReactElement {
  const { rows } = useLive();
  const [arrived] = useState(() => Date.now());
  const [held, setHeld] = useState<readonly LedgerRowJson[]>();
  const now = merged(rows, recent);
  const shown = held ?? now;
  const waiting = held === undefined ? 0 : now.filter(({ id }) => !held.some((row) => row.id === id)).length;
  return (
    <section className="panel">
      <header>
        <h2>What changed lately</h2>
        <span className="small dim">
          {waiting > 0 ? (
            `${count(waiting)} more when the pointer leaves`
          ) : (
            <Link to="/ledger">The whole ledger</Link>
          )}
        </span>
      </header>
      {shown.length === 0 ? (
        <Empty title="Nothing has changed yet">
          <p>Change an object, or run a drill, and its way through the chain appears here.</p>
        </Empty>
      ) : (
        <section
          className="feed-box"
          tabIndex={0}
          aria-label="What changed lately"
          onPointerEnter={() => setHeld(now)}
          onPointerLeave={() => setHeld(undefined)}
        >
          <Feed rows={shown} arrived={arrived} />
        </section>
      )}
    </section>
  );
}

function merged(live: readonly LedgerRowJson[], recent: readonly LedgerRowJson[]): readonly LedgerRowJson[] {
  const byId = new Map([...live, ...recent].map((row) => [row.id, row]));
  return [...byId.values()].sort((a, b) => b.id - a.id).slice(0, 50);
}

function Shape(): ReactElement {
  return (
    <div className="stack" role="status" aria-label="Loading the overview">
      <Bar height={60} />
      <div className="tiles">
        {severities.map((severity) => (
          <Bar key={severity} height={92} />
        ))}
      </div>
      <div className="columns">
        <Bar height={320} />
        <Bar height={320} />
      </div>
    </div>
  );
}
