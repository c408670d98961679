import type { ReactElement } from 'react';
import {
  type AlertmanagerJson,
  type RemoteQueueJson,
  type RemoteWriteJson,
  useRemoteWrite,
} from '../api/remote.ts';
import { Loaded } from '../components/loaded.tsx';
import { MonitoringTabs } from '../components/monitoring-tabs.tsx';
import { StateMark, type Tone } from '../components/severity.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { bytes } from '../format/bytes.ts';
import { duration } from '../format/time.ts';
import { count, counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';

const states: Readonly<Record<RemoteQueueJson['state'], { readonly tone: Tone; readonly label: string }>> = {
  ok: { tone: 'good', label: 'Sending' },
  behind: { tone: 'warn', label: 'Behind' },
  failing: { tone: 'bad', label: 'Failing' },
  stopped: { tone: 'neutral', label: 'Not supported' },
};

/** What leaves for other systems, and whether it arrives: queues of remote write, and Alertmanagers. */
export function RemoteWritePage(): ReactElement {
  useTitle('Remote write');
  const query = useRemoteWrite();
  return (
    <div className="page">
      <header>
        <h1>Remote write</h1>
      </header>
      <MonitoringTabs />
      <Loaded
        query={query}
        what="load the queues of remote write"
        loading={<Loading lines={8} label="Loading the queues" />}
      >
        {(all) => (
          <>
            {all.queues.length === 0 && all.alertmanagers.length === 0 ? <Nothing /> : null}
            {all.queues.map((queue) => (
              <Queue key={queue.name} queue={queue} />
            ))}
            {all.alertmanagers.length > 0 && <Alertmanagers items={all.alertmanagers} />}
            <Receives receives={all.receives} />
          </>
        )}
      </Loaded>
    </div>
  );
}

function Nothing(): ReactElement {
  return (
    <Empty title="Nothing is sent to other systems">
      <p>
        <code>remote_write</code> of a <code>prometheus.yml</code> sends every sample to Prometheus, Mimir,
        Thanos or VictoriaMetrics; <code>alerting</code> sends alerts to Alertmanagers.
      </p>
    </Empty>
  );
}

function Queue({ queue }: { readonly queue: RemoteQueueJson }): ReactElement {
  const { tone, label } = states[queue.state];
  const version = queue.message === 'prometheus.WriteRequest' ? '1.0' : '2.0';
  return (
    <section className="panel stack" aria-label={`Queue ${queue.name}`}>
      <div className="row spread wraps">
        <h2 className="wrap">{queue.name}</h2>
        <StateMark tone={tone} label={label} />
      </div>
      <p className="small">
        <code className="wrap">{queue.url}</code> <span className="dim nowrap">by version {version}</span>
      </p>
      {queue.problem !== '' && (
        <p className="wrap" role="status">
          {queue.problem}
          {queue.problemAtMs !== undefined && (
            <span className="dim">
              {' '}
              <Ago atMs={queue.problemAtMs} />
            </span>
          )}
        </p>
      )}
      {queue.state !== 'stopped' && <Figures queue={queue} />}
    </section>
  );
}

function Figures({ queue }: { readonly queue: RemoteQueueJson }): ReactElement {
  return (
    <dl className="facts">
      <dt>Last taken</dt>
      <dd>{queue.lastSentMs === undefined ? 'nothing yet' : <Ago atMs={queue.lastSentMs} />}</dd>
      <dt>Behind by</dt>
      <dd>
        {queue.delayMs === 0 && queue.waitingBytes === 0 && 'nothing'}
        {queue.delayMs > 0 && `${duration(queue.delayMs)}, `}
        {(queue.delayMs > 0 || queue.waitingBytes > 0) && `${bytes(queue.waitingBytes)} of the log`}
      </dd>
      <dt>Waiting in shards</dt>
      <dd>{counted(queue.pending, 'value')}</dd>
      <dt>Shards</dt>
      <dd>
        {count(queue.shards)} of at most {count(queue.maxShards)}
        <span className="dim">, {queue.desiredShards.toFixed(2)} wanted</span>
      </dd>
      <dt>Sent since the start</dt>
      <dd>
        {counted(queue.sent, 'value')}, {bytes(queue.bytes)}
      </dd>
      <dt>Sent again</dt>
      <dd>{count(queue.retried)}</dd>
      <dt>Refused and given up</dt>
      <dd>{count(queue.failed)}</dd>
      <dt>Not sent by the rules</dt>
      <dd>{count(queue.dropped)}</dd>
    </dl>
  );
}

function Alertmanagers({ items }: { readonly items: readonly AlertmanagerJson[] }): ReactElement {
  return (
    <section className="panel stack" aria-label="Alertmanagers">
      <h2>Alertmanagers</h2>
      <p className="dim small">Alerts of rules go to each of them.</p>
      {items.map(({ url, problem, lastSuccessMs, sent, errors, dropped, waiting }) => {
        const isGood = problem === '';
        const label = !isGood ? 'Failing' : lastSuccessMs === undefined ? 'Not asked yet' : 'Taking alerts';
        return (
          <div key={url} className="stack tight">
            <div className="row wraps small">
              <StateMark
                tone={!isGood ? 'bad' : lastSuccessMs === undefined ? 'neutral' : 'good'}
                label={label}
              />
              <code className="wrap">{url}</code>
              {lastSuccessMs !== undefined && (
                <span className="dim">
                  last took alerts <Ago atMs={lastSuccessMs} />
                </span>
              )}
            </div>
            {!isGood && (
              <p className="wrap small" role="status">
                {problem}
              </p>
            )}
            <p className="dim small">
              {counted(sent, 'alert')} sent, {count(errors)} not taken, {count(dropped)} given up,{' '}
              {count(waiting)} waiting
            </p>
          </div>
        );
      })}
    </section>
  );
}

function Receives({ receives }: { readonly receives: RemoteWriteJson['receives'] }): ReactElement {
  const way = (isOn: boolean, path: string, key: string): ReactElement =>
    isOn ? (
      <code className="wrap">{path}</code>
    ) : (
      <>
        off; <code>{key}: true</code> in <code>skopos.yaml</code> turns it on
      </>
    );
  return (
    <section className="panel stack" aria-label="Taken from others">
      <h2>Taken from others</h2>
      <dl className="facts">
        <dt>Remote write</dt>
        <dd>{way(receives.remoteWrite, '/api/v1/write', 'api.remote_write_receiver')}</dd>
        <dt>OTLP</dt>
        <dd>{way(receives.otlp, '/api/v1/otlp/v1/metrics', 'api.otlp_receiver')}</dd>
      </dl>
    </section>
  );
}
