import type { ReactElement } from 'react';
import { Link } from 'react-router';
import {
  type AdmissionDecisionJson,
  type AdmissionJson,
  useAdmission,
  useAdmissionDecisions,
} from '../api/admission.ts';
import { AdmissionTrial } from '../components/admission-trial.tsx';
import { LatencyChart } from '../components/latency-chart.tsx';
import { Loaded } from '../components/loaded.tsx';
import { PostureTabs } from '../components/posture-tabs.tsx';
import { StateMark, type Tone } from '../components/severity.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { type Column, VirtualTable } from '../components/virtual-table.tsx';
import { absolute } from '../format/time.ts';
import { count, counted, listed, objectName } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import '../components/monitoring.css';

const outcomes: Readonly<
  Record<AdmissionDecisionJson['outcome'], { readonly tone: Tone; readonly label: string }>
> = {
  allowed: { tone: 'good', label: 'Allowed' },
  warned: { tone: 'warn', label: 'Warned' },
  denied: { tone: 'bad', label: 'Denied' },
};

/** What the admission webhook decides, how quickly, and what another policy would say of what runs now. */
export function Admission(): ReactElement {
  useTitle('Admission');
  const query = useAdmission();
  return (
    <div className="page">
      <header>
        <h1>Admission</h1>
      </header>
      <PostureTabs />
      <Loaded
        query={query}
        what="load the admission policy"
        loading={<Loading lines={8} label="Loading the policy" />}
      >
        {(status) => (
          <>
            {status.enabled ? <Running status={status} /> : <Off />}
            <AdmissionTrial />
          </>
        )}
      </Loaded>
    </div>
  );
}

function Off(): ReactElement {
  return (
    <Empty title="No webhook is configured">
      <p>
        With a section <code>admission</code> in <code>skopos.yaml</code>, Skopos judges objects before they
        are created, by the same controls. What a policy would deny of what runs now can be tried out below.
      </p>
    </Empty>
  );
}

function Running({ status }: { readonly status: AdmissionJson }): ReactElement {
  const { problem, rules, failurePolicy, exempt, certificateUntilMs, byControl, minutes } = status;
  return (
    <>
      {problem !== '' && (
        <p className="warning wrap" role="status">
          {problem}
        </p>
      )}
      <section className="panel stack" aria-label="Policy">
        <h2>Policy</h2>
        <dl className="facts">
          {rules.map((rule) => (
            <Rule key={rule.name} rule={rule} />
          ))}
          <dt>While Skopos is away</dt>
          <dd>requests are {failurePolicy === 'closed' ? 'refused' : 'let through'}</dd>
          <dt>Never judged</dt>
          <dd className="wrap">{exempt.length === 0 ? 'nothing is exempt' : listed(exempt)}</dd>
          <dt>Certificate</dt>
          <dd>{certificateUntilMs === undefined ? 'none yet' : `until ${absolute(certificateUntilMs)}`}</dd>
        </dl>
      </section>
      <section className="panel stack" aria-label="Time to decide">
        <h2>Time to decide</h2>
        {minutes.length === 0 ? (
          <p className="dim small">No request in the last hour.</p>
        ) : (
          <LatencyChart minutes={minutes} />
        )}
      </section>
      {byControl.length > 0 && <ByControl items={byControl} />}
      <Decisions />
    </>
  );
}

function Rule({ rule }: { readonly rule: AdmissionJson['rules'][number] }): ReactElement {
  const { name, namespaces, controls, frameworks, severities, action, on_unknown } = rule;
  const labels = Object.entries(namespaces?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const parts = [
    severities === undefined ? '' : `of severity ${listed(severities)}`,
    controls === undefined ? '' : `of ${listed(controls)}`,
    frameworks === undefined ? '' : `in ${listed(frameworks)}`,
    namespaces?.names === undefined ? '' : `in ${listed(namespaces.names)}`,
    labels.length === 0 ? '' : `where ${listed(labels)}`,
  ].filter((part) => part !== '');
  return (
    <>
      <dt className="wrap">{name}</dt>
      <dd className="wrap">
        <strong>{action}</strong> {parts.length === 0 ? 'every breach' : `breaches ${parts.join(', ')}`}
        {on_unknown !== 'ignore' && `; ${on_unknown} what cannot be judged`}
      </dd>
    </>
  );
}

function ByControl({ items }: { readonly items: AdmissionJson['byControl'] }): ReactElement {
  return (
    <section className="panel stack" aria-label="By control">
      <h2>By control, since the start</h2>
      <div className="stack tight">
        {items.slice(0, shownControls).map((tally) => (
          <ControlTally key={tally.controlId} {...tally} />
        ))}
      </div>
      {items.length > shownControls && (
        <p className="dim small">and {counted(items.length - shownControls, 'other control')}</p>
      )}
    </section>
  );
}

const shownControls = 12;

function ControlTally(tally: AdmissionJson['byControl'][number]): ReactElement {
  const { controlId, control, denied, warned, audited } = tally;
  return (
    <div className="row wraps small">
      <Link to={`/controls/${controlId}`}>{controlId}</Link>
      <span className="wrap">{control}</span>
      <span className="dim">
        {count(denied)} denied, {count(warned)} warned, {count(audited)} noted
      </span>
    </div>
  );
}

function Decisions(): ReactElement {
  const query = useAdmissionDecisions();
  return (
    <section className="stack" aria-label="Recent decisions">
      <h2>Recent decisions</h2>
      <Loaded query={query} what="load the decisions">
        {({ decisions }) =>
          decisions.length === 0 ? (
            <Empty title="Nothing to tell yet">
              <p>Requests that break nothing are counted, not listed.</p>
            </Empty>
          ) : (
            <VirtualTable
              label="Decisions"
              place="admission"
              count={decisions.length}
              item={(index) => decisions[index]}
              id={({ uid, atMs }) => `${uid}${atMs}`}
              columns={columns}
              card={(row) => <Card row={row} />}
              cardHeight={120}
            />
          )
        }
      </Loaded>
    </section>
  );
}

const columns: readonly Column<AdmissionDecisionJson>[] = [
  { key: 'at', label: 'When', width: '7rem', cell: ({ atMs }) => <Ago atMs={atMs} /> },
  {
    key: 'outcome',
    label: 'Decision',
    width: '8rem',
    cell: ({ outcome }) => <StateMark {...outcomes[outcome]} />,
  },
  {
    key: 'object',
    label: 'Object',
    width: 'minmax(0, 2fr)',
    cell: ({ object, operation, dryRun }) => (
      <span title={`${operation}${dryRun ? ', dry run' : ''}`}>
        {objectName(object)}
        {dryRun && <span className="dim"> dry run</span>}
      </span>
    ),
  },
  {
    key: 'why',
    label: 'Why',
    width: 'minmax(0, 3fr)',
    cell: (row) => <span title={whyOf(row)}>{whyOf(row)}</span>,
  },
  { key: 'user', label: 'By', width: 'minmax(0, 1fr)', cell: ({ user }) => <span title={user}>{user}</span> },
  { key: 'took', label: 'Took', width: '5rem', cell: ({ tookMs }) => `${tookMs.toFixed(2)} ms` },
];

function Card({ row }: { readonly row: AdmissionDecisionJson }): ReactElement {
  return (
    <>
      <div className="row spread">
        <StateMark {...outcomes[row.outcome]} />
        <span className="dim small">
          <Ago atMs={row.atMs} />
        </span>
      </div>
      <div className="wrap">{objectName(row.object)}</div>
      <div className="dim small">{whyOf(row)}</div>
    </>
  );
}

function whyOf({ breaches }: AdmissionDecisionJson): string {
  const [first] = breaches;
  if (first === undefined) return '';
  const more = breaches.length > 1 ? `, and ${breaches.length - 1} more` : '';
  return `${first.controlId} ${first.control}${first.path === '' ? '' : ` at ${first.path}`}${more}`;
}
