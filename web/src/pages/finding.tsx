import type { ReactElement } from 'react';
import { Link, useParams } from 'react-router';
import { useFinding } from '../api/queries.ts';
import type { FindingDetailJson } from '../api/types.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { Feed } from '../components/ledger.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Prose } from '../components/prose.tsx';
import { SeverityMark, StateMark } from '../components/severity.tsx';
import { Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { DiffView, YamlView } from '../components/yaml-view.tsx';
import { objectName } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { alertTone } from './alert-columns.tsx';
import './finding.css';

/** What is wrong, since when, why it matters and how it is mended. */
export function Finding(): ReactElement {
  const { id = '' } = useParams();
  const query = useFinding(id);
  useTitle(query.data === undefined ? 'Finding' : `${query.data.control}, ${query.data.object.name}`);
  return (
    <div className="page">
      <Link to="/findings" className="small">
        ← Findings
      </Link>
      <Loaded query={query} what="load this finding" loading={<Loading lines={12} />}>
        {(finding) => <Body finding={finding} />}
      </Loaded>
    </div>
  );
}

function Body({ finding }: { readonly finding: FindingDetailJson }): ReactElement {
  return (
    <>
      <Head finding={finding} />
      <div className="detail">
        <div className="stack">
          <EvidencePanel finding={finding} />
          <FixPanel finding={finding} />
        </div>
        <div className="stack">
          <section className="panel stack tight">
            <h2>Why it matters</h2>
            <Prose text={finding.why} />
          </section>
          <About finding={finding} />
          <AlertsPanel finding={finding} />
          <section className="panel">
            <header>
              <h2>History</h2>
            </header>
            {finding.history.length === 0 ? (
              <p className="dim small">The ledger no longer reaches back to it.</p>
            ) : (
              <Feed rows={[...finding.history].reverse()} arrived={Number.POSITIVE_INFINITY} />
            )}
          </section>
        </div>
      </div>
    </>
  );
}

/** Names are patterns there. */
function exceptionAddress({ controlId, object }: FindingDetailJson): string {
  const { namespace, kind, name } = object;
  const place = Object.entries({ control: controlId, namespace, kind, name: name.replaceAll('.', '\\.') });
  return `/exceptions/new?${new URLSearchParams(place.filter(([, value]) => value !== ''))}`;
}

function Head({ finding }: { readonly finding: FindingDetailJson }): ReactElement {
  const { object } = finding;
  return (
    <header className="detail-head">
      <span className="row wraps">
        <SeverityMark severity={finding.severity} badge />
        {finding.status === 'fixed' ? (
          <StateMark tone="good" label="Fixed" />
        ) : (
          <StateMark tone="bad" label="Open" />
        )}
        <span className="dim small">
          {finding.status === 'fixed' && finding.fixedAtMs !== undefined ? (
            <>
              fixed <Ago atMs={finding.fixedAtMs} />, first seen <Ago atMs={finding.firstSeenMs} />
            </>
          ) : (
            <>
              first seen <Ago atMs={finding.firstSeenMs} />
              {finding.baseline && ', there before Skopos first looked'}
            </>
          )}
          {finding.reappeared > 0 &&
            `, came back ${finding.reappeared} ${finding.reappeared === 1 ? 'time' : 'times'}`}
        </span>
      </span>
      <h1>{finding.control}</h1>
      <span className="wrap">
        {object.kind}{' '}
        <Link
          className="mono"
          to={`/findings?q=${encodeURIComponent(object.name)}&status=all`}
          title="Everything about this object"
        >
          {object.namespace === '' ? '' : `${object.namespace}/`}
          {object.name}
        </Link>
        {finding.file !== undefined && (
          <span className="dim">
            {' in '}
            <span className="mono">{finding.file}</span>
          </span>
        )}
      </span>
    </header>
  );
}

function EvidencePanel({ finding }: { readonly finding: FindingDetailJson }): ReactElement {
  const { evidence, yaml, lines } = finding;
  return (
    <section className="panel stack">
      <h2>Evidence</h2>
      <div className="evidence-line stack tight" data-severity={finding.severity}>
        <p>{evidence.message}</p>
        {evidence.path !== '' && (
          <span className="mono small wrap">
            {evidence.path}
            <span className="dim"> = {evidence.value ?? 'not set'}</span>
          </span>
        )}
      </div>
      {yaml === undefined ? (
        <p className="dim">The object is gone, so there is no YAML to show.</p>
      ) : (
        <YamlView yaml={yaml} marked={lines} beside={besideText(finding)} />
      )}
    </section>
  );
}

/** `is true, should be false`: the value and its remedy, for the marked line. */
function besideText({ evidence }: FindingDetailJson): string {
  const { value, fix } = evidence;
  const is = value === undefined ? 'not set' : `is ${value.length > 60 ? `${value.slice(0, 60)}…` : value}`;
  if (fix === undefined) return is;
  return 'deletePath' in fix ? `${is}, remove it` : `${is}, should be ${fix.value}`;
}

function FixPanel({ finding }: { readonly finding: FindingDetailJson }): ReactElement {
  const { fix, patch, command } = finding;
  return (
    <section className="panel stack">
      <h2>How to mend it</h2>
      <Prose text={fix} />
      {patch !== undefined && (
        <div className="stack tight">
          <div className="row spread">
            <span className="small dim">As a patch of the YAML above</span>
            <CopyButton text={patch} label="Copy patch" />
          </div>
          <DiffView patch={patch} label="The patch that mends it" />
        </div>
      )}
      {command !== undefined && (
        <div className="stack tight">
          <div className="row spread">
            <span className="small dim">As a command</span>
            <CopyButton text={command} label="Copy command" />
          </div>
          <pre className="command">{command}</pre>
        </div>
      )}
      {patch === undefined && command === undefined && (
        <p className="dim small">There is no patch for this: it needs a decision that only you can take.</p>
      )}
      {finding.status === 'open' && (
        <p className="small">
          Meant to be so? <Link to={exceptionAddress(finding)}>Make an exception of it…</Link>
        </p>
      )}
    </section>
  );
}

function About({ finding }: { readonly finding: FindingDetailJson }): ReactElement {
  return (
    <section className="panel stack tight">
      <h2>About</h2>
      <dl className="defs small">
        <dt>Control</dt>
        <dd>
          <Link
            to={`/findings?control=${encodeURIComponent(finding.controlId)}`}
            title="All findings of this control"
          >
            {finding.controlId}
          </Link>
        </dd>
        <dt>Category</dt>
        <dd>{finding.category}</dd>
        <dt>Frameworks</dt>
        <dd>{finding.frameworks.length === 0 ? 'none' : finding.frameworks.join(', ')}</dd>
        <dt>Last seen</dt>
        <dd>
          <Ago atMs={finding.lastSeenMs} />
        </dd>
        {finding.related.length > 0 && (
          <>
            <dt>Rests on</dt>
            <dd>
              {finding.related.map((ref) => (
                <div key={`${ref.group}/${objectName(ref)}`} className="mono">
                  {objectName(ref)}
                </div>
              ))}
            </dd>
          </>
        )}
        <dt>Finding</dt>
        <dd className="mono">{finding.id}</dd>
      </dl>
    </section>
  );
}

function AlertsPanel({ finding }: { readonly finding: FindingDetailJson }): ReactElement {
  return (
    <section className="panel stack tight">
      <h2>Alerts</h2>
      {finding.alerts.length === 0 ? (
        <p className="dim small">No alert rule has taken it up.</p>
      ) : (
        <ul className="plain-list">
          {finding.alerts.map((alert) => (
            <li key={alert.fingerprint} className="row spread">
              <Link to={`/alerts/${alert.fingerprint}`} className="clip">
                {alert.name}
              </Link>
              <StateMark tone={alertTone(alert)} label={alert.state} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
