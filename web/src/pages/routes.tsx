import { TextInput } from '@mantine/core';
import { type ReactElement, useEffect, useState } from 'react';
import { Link } from 'react-router';
import { useRoutes, useRouteTest } from '../api/alerting.ts';
import type { RouteJson, RouteTestJson } from '../api/types.ts';
import { AlertingTabs } from '../components/alerting-tabs.tsx';
import { Loaded } from '../components/loaded.tsx';
import { StateMark } from '../components/severity.tsx';
import { Loading } from '../components/states.tsx';
import { largestUnit } from '../format/time.ts';
import { counted, listed } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { useUrlState } from '../hooks/use-url-state.ts';

const typingPauseMs = 300;

/** The tree of routes, drawn, and where an alert would go. */
export function RouteTree(): ReactElement {
  useTitle('Routes');
  const url = useUrlState();
  const { set } = url;
  const query = useRoutes();
  const asked = url.get('labels');
  const [typed, setTyped] = useState(asked);
  useEffect(() => {
    const timer = setTimeout(() => set({ labels: typed.trim() }, true), typingPauseMs);
    return () => clearTimeout(timer);
  }, [typed, set]);
  const test = useRouteTest(asked);
  const found = asked === '' ? undefined : test.data;
  const onPath = new Set(found?.ends.flatMap(({ path }) => path));
  const ends = new Set(found?.ends.map(({ path }) => path.at(-1) ?? ''));
  return (
    <div className="page">
      <header>
        <h1>Routes</h1>
      </header>
      <AlertingTabs />
      <div className="two">
        <section className="panel">
          <header>
            <h2>The tree</h2>
            <span className="dim small">
              from the top, the first that matches; a route that continues lets others see it too
            </span>
          </header>
          <Loaded
            query={query}
            what="load the routes"
            loading={<Loading lines={8} label="Loading the routes" />}
          >
            {(root) => (
              <ul className="tree">
                <Node route={root} onPath={onPath} ends={ends} />
              </ul>
            )}
          </Loaded>
        </section>
        <section className="panel stack">
          <h2>Where would it go?</h2>
          <TextInput
            label="Labels of an alert"
            description={'Such as alertname="DiskFull", severity=critical'}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            error={test.error === null || asked === '' ? undefined : test.error.message}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          />
          <div aria-live="polite">{found !== undefined && <Answer test={found} />}</div>
        </section>
      </div>
    </div>
  );
}

function Node({
  route,
  onPath,
  ends,
}: {
  readonly route: RouteJson;
  readonly onPath: ReadonlySet<string>;
  readonly ends: ReadonlySet<string>;
}): ReactElement {
  const { id, matchers, receiver, routes, alerts, mutedBy } = route;
  return (
    <li>
      <div
        className="node"
        data-on-path={onPath.has(id) || undefined}
        data-end={ends.has(id) || undefined}
        title={timers(route)}
      >
        <span className="mono small wrap">{matchers === '{}' ? 'everything' : matchers.slice(1, -1)}</span>
        <span aria-hidden="true" className="dim">
          →
        </span>
        <Link to={`/receivers#${encodeURIComponent(receiver)}`}>
          <strong>{receiver}</strong>
        </Link>
        {route.continue && <span className="dim small">and continues</span>}
        {alerts > 0 && (
          <Link className="small" to={`/alerts?receiver=${encodeURIComponent(receiver)}`}>
            {counted(alerts, 'alert')}
          </Link>
        )}
        {mutedBy.length > 0 && <StateMark tone="warn" label={`muted now by ${listed(mutedBy)}`} />}
        <span className="dim small">{timers(route)}</span>
      </div>
      {routes.length > 0 && (
        <ul>
          {routes.map((child) => (
            <Node key={child.id} route={child} onPath={onPath} ends={ends} />
          ))}
        </ul>
      )}
    </li>
  );
}

function timers({ groupBy, groupWaitMs, groupIntervalMs, repeatIntervalMs }: RouteJson): string {
  const by =
    groupBy === 'all' ? 'each by itself' : groupBy.length === 0 ? 'all together' : `by ${groupBy.join(', ')}`;
  return `${by} · waits ${span(groupWaitMs)} · every ${span(groupIntervalMs)} · repeats after ${span(repeatIntervalMs)}`;
}

function span(ms: number): string {
  return ms === 0 ? '0 s' : ms < 1000 ? `${ms} ms` : largestUnit(ms);
}

function Answer({ test }: { readonly test: RouteTestJson }): ReactElement {
  const { receivers, ends, silencedBy, inhibitedBy } = test;
  return (
    <div className="stack">
      <p>
        It would go to <strong>{receivers.length === 0 ? 'nobody' : listed(receivers)}</strong>.
      </p>
      {ends.map((end) => (
        <div key={end.path.join(' ')} className="stack tight">
          <div className="matcher-chips">
            {end.matchers.map((matchers, i) => (
              <span key={end.path[i]} className="matcher-chip">
                {matchers === '{}' ? 'everything' : matchers.slice(1, -1)}
              </span>
            ))}
            <strong>→ {end.receiver}</strong>
          </div>
          <span className="small dim wrap">
            told with{' '}
            {Object.keys(end.groupLabels).length === 0
              ? 'everything of this route'
              : Object.entries(end.groupLabels)
                  .map(([name, value]) => `${name}=${value}`)
                  .join(', ')}
            , after {span(end.groupWaitMs)}, then every {span(end.groupIntervalMs)}
          </span>
          {end.mutedBy.length > 0 && <StateMark tone="warn" label={`muted now by ${listed(end.mutedBy)}`} />}
        </div>
      ))}
      {silencedBy.map((id) => (
        <Link key={id} to={`/silences/${encodeURIComponent(id)}`} className="small">
          Silenced now by {id}
        </Link>
      ))}
      {inhibitedBy.map((id) => (
        <Link key={id} to={`/alerts/${id}`} className="small">
          Inhibited now by another alert
        </Link>
      ))}
    </div>
  );
}
