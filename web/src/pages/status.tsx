import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { refreshMs } from '../api/monitoring.ts';
import { useOverview } from '../api/queries.ts';
import { Loaded } from '../components/loaded.tsx';
import { MonitoringTabs } from '../components/monitoring-tabs.tsx';
import { StateMark } from '../components/severity.tsx';
import { Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { count } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { read } from './query/prometheus.ts';

interface RuntimeInfo {
  readonly startTime: string;
  readonly CWD: string;
  readonly hostname: string;
  readonly reloadConfigSuccess: boolean;
  readonly lastConfigTime: string;
  readonly corruptionCount: number;
  readonly storageRetention: string;
}

interface BuildInfo {
  readonly version: string;
  readonly branch: string;
  readonly goVersion: string;
}

/** The process: since when it runs, where, and how its parts do. */
export function Status(): ReactElement {
  useTitle('Status');
  const query = useQuery({
    queryKey: ['monitoring', 'status'],
    queryFn: async ({ signal }) => {
      const [runtime, build] = await Promise.all([
        read<RuntimeInfo>('v1/status/runtimeinfo', [], signal),
        read<BuildInfo>('v1/status/buildinfo', [], signal),
      ]);
      return { runtime: runtime.data, build: build.data };
    },
    refetchInterval: refreshMs,
  });
  return (
    <div className="page">
      <header>
        <h1>Status</h1>
      </header>
      <MonitoringTabs />
      <Loaded query={query} what="load the status" loading={<Loading lines={8} label="Loading the status" />}>
        {({ runtime, build }) => (
          <div className="cards-grid">
            <section className="panel stack" aria-label="The process">
              <h2>The process</h2>
              <dl className="facts">
                <dt>Started</dt>
                <dd>
                  <Ago atMs={Date.parse(runtime.startTime)} />
                </dd>
                <dt>Version</dt>
                <dd>
                  {build.branch}, API of Prometheus {build.version}, {build.goVersion}
                </dd>
                <dt>Machine</dt>
                <dd>{runtime.hostname}</dd>
                <dt>Working directory</dt>
                <dd className="mono">{runtime.CWD}</dd>
                <dt>Configuration</dt>
                <dd>
                  <Link to="/configuration">
                    {runtime.reloadConfigSuccess ? 'accepted' : 'the last reload was refused'}
                  </Link>
                  , what runs is from <Ago atMs={Date.parse(runtime.lastConfigTime)} />
                </dd>
                <dt>Samples are kept</dt>
                <dd>{runtime.storageRetention}</dd>
                <dt>Damage in the store</dt>
                <dd>
                  <Link to="/store">
                    {runtime.corruptionCount === 0 ? 'none' : `${count(runtime.corruptionCount)} blocks`}
                  </Link>
                </dd>
              </dl>
            </section>
            <Parts />
          </div>
        )}
      </Loaded>
    </div>
  );
}

const tones = { ok: 'good', degraded: 'warn', failed: 'bad', starting: 'plain' } as const;

function Parts(): ReactElement {
  const query = useOverview();
  return (
    <section className="panel stack" aria-label="Parts of the chain">
      <h2>Parts of the chain</h2>
      <Loaded query={query} what="load the parts" loading={<Loading lines={5} label="Loading the parts" />}>
        {({ parts }) => (
          <ul className="steps">
            {parts.map(({ name, state, message, lastSuccessMs }) => (
              <li key={name} data-state={state === 'ok' ? 'ok' : state === 'failed' ? 'failed' : 'warning'}>
                <span className="row wraps">
                  <StateMark tone={tones[state]} label={state} />
                  <strong>{name}</strong>
                  <span className="dim small">
                    {lastSuccessMs !== undefined && (
                      <>
                        last well <Ago atMs={lastSuccessMs} />
                      </>
                    )}
                  </span>
                </span>
                {message !== '' && <span className="small wrap">{message}</span>}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}
