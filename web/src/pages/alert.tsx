import type { ReactElement } from 'react';
import { Link, useParams } from 'react-router';
import { useAlert } from '../api/queries.ts';
import type { AlertDetailJson } from '../api/types.ts';
import { Stations, Timeline } from '../components/ledger.tsx';
import { Loaded } from '../components/loaded.tsx';
import { SeverityMark, StateMark } from '../components/severity.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { ValueChart } from '../components/value-chart.tsx';
import { largestUnit } from '../format/time.ts';
import { listed } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { alertTone, isQuiet, stateText } from './alert-columns.tsx';
import './finding.css';
import './alert.css';

/** One alert and its ledger: why somebody was told, or why not. */
export function Alert(): ReactElement {
  const { fingerprint = '' } = useParams();
  const query = useAlert(fingerprint);
  useTitle(query.data?.name ?? 'Alert');
  return (
    <div className="page">
      <Link to="/alerts" className="small">
        ← Alerts
      </Link>
      <Loaded query={query} what="load this alert" loading={<Loading lines={12} />}>
        {(alert) => <Body alert={alert} />}
      </Loaded>
    </div>
  );
}

function Body({ alert }: { readonly alert: AlertDetailJson }): ReactElement {
  const summary = alert.annotations['summary'] ?? '';
  const description = alert.annotations['description'] ?? '';
  return (
    <>
      <header className="detail-head">
        <span className="row wraps">
          <SeverityMark severity={alert.severity} badge />
          <StateMark tone={alertTone(alert)} label={stateText(alert)} />
          <span className="dim small">
            since <Ago atMs={alert.startsAtMs} />
            {alert.state === 'resolved' && alert.endsAtMs !== undefined && (
              <>
                , resolved <Ago atMs={alert.endsAtMs} />
              </>
            )}
          </span>
        </span>
        <h1 className="wrap">{alert.name}</h1>
        {summary !== '' && <p className="wrap">{summary}</p>}
        {description !== '' && description !== summary && <p className="wrap dim">{description}</p>}
      </header>
      <section className="why" aria-label="Why was I told, or not?">
        <h2>{question(alert)}</h2>
        <p className="wrap">{alert.answer}</p>
        <div className="row wraps small">
          {alert.state !== 'resolved' && (
            <Link to={`/silences/new?matchers=${encodeURIComponent(matchersOf(alert))}`}>Silence it…</Link>
          )}
          <Link to={`/routes?labels=${encodeURIComponent(labelText(alert))}`}>
            Its way through the routes
          </Link>
        </div>
      </section>
      {alert.values !== undefined && (
        <section className="panel stack tight">
          <h2>The rule's value</h2>
          <ValueChart values={alert.values} startsAtMs={alert.startsAtMs} />
        </section>
      )}
      <section className="panel">
        <header>
          <h2>From the change to the receipt</h2>
        </header>
        {alert.ledger.length === 0 ? <Unwritten /> : <Stations rows={alert.ledger} />}
      </section>
      <div className="detail">
        <section className="panel">
          <header>
            <h2>Step by step</h2>
          </header>
          {alert.ledger.length === 0 ? <Unwritten /> : <Timeline rows={alert.ledger} />}
        </section>
        <div className="stack">
          <RulePanel alert={alert} />
          <section className="panel stack tight">
            <h2>Labels</h2>
            <dl className="defs small mono">
              {Object.entries(alert.labels).map(([name, value]) => (
                <Pair key={name} name={name} value={value} />
              ))}
            </dl>
          </section>
          <WhoPanel alert={alert} />
        </div>
      </div>
    </>
  );
}

/** One matcher a line, as the form of silences has them. */
function matchersOf({ labels }: AlertDetailJson): string {
  return Object.entries(labels)
    .map(([name, value]) => `${plainName.test(name) ? name : JSON.stringify(name)}=${JSON.stringify(value)}`)
    .join('\n');
}

function labelText(alert: AlertDetailJson): string {
  return matchersOf(alert).replaceAll('\n', ',');
}

const plainName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

function question(alert: AlertDetailJson): string {
  const told = alert.lastNotification !== undefined && !/fail|refus/i.test(alert.lastNotification.outcome);
  return told ? 'Why was I told?' : 'Why was I not told?';
}

function Unwritten(): ReactElement {
  return (
    <Empty title="The ledger has nothing about it">
      <p>Old rows are removed in time; a rule that has just started may not have written any.</p>
    </Empty>
  );
}

function RulePanel({ alert }: { readonly alert: AlertDetailJson }): ReactElement {
  const { rule } = alert;
  const runbook = alert.annotations['runbook_url'] ?? '';
  return (
    <section className="panel stack tight">
      <h2>Rule</h2>
      {rule === undefined ? (
        <p className="dim small">It came from outside, or its rule is gone.</p>
      ) : (
        <>
          <pre className="command">{rule.expr}</pre>
          <dl className="defs small">
            <Pair name="Name" value={rule.name} />
            <Pair name="Group" value={rule.group} />
            <Pair name="Holds for" value={rule.forMs === 0 ? 'fires at once' : largestUnit(rule.forMs)} />
          </dl>
        </>
      )}
      {/^https?:\/\//.test(runbook) && (
        <a href={runbook} target="_blank" rel="noreferrer noopener" className="small wrap">
          Runbook
        </a>
      )}
    </section>
  );
}

function WhoPanel({ alert }: { readonly alert: AlertDetailJson }): ReactElement {
  const last = alert.lastNotification;
  return (
    <section className="panel stack tight">
      <h2>Who is told</h2>
      <dl className="defs small">
        <Pair
          name="Receivers"
          value={
            alert.receivers.length === 0 ? 'nobody: no route leads to a receiver' : listed(alert.receivers)
          }
        />
        <dt>Last told</dt>
        <dd>
          {last === undefined ? (
            'not yet'
          ) : (
            <>
              {last.receiver}: {last.outcome}, <Ago atMs={last.atMs} />
            </>
          )}
        </dd>
        {isQuiet(alert) && (
          <>
            <dt>Held back by</dt>
            <dd className="stack tight">
              {alert.silencedBy.map((id) => (
                <Link key={id} to={`/silences/${encodeURIComponent(id)}`}>
                  silence {id}
                </Link>
              ))}
              {alert.inhibitedBy.map((id) => (
                <Link key={id} to={`/alerts/${id}`}>
                  alert {id}
                </Link>
              ))}
              {alert.mutedBy.map((name) => (
                <Link key={name} to="/routes">
                  time interval {name}
                </Link>
              ))}
            </dd>
          </>
        )}
        <dt>Alert</dt>
        <dd className="mono">{alert.fingerprint}</dd>
      </dl>
    </section>
  );
}

function Pair({ name, value }: { readonly name: string; readonly value: string }): ReactElement {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
