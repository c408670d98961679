import type { ReactElement } from 'react';
import { Link } from 'react-router';
import type { AlertJson } from '../api/types.ts';
import { SeverityMark, StateMark, type Tone } from '../components/severity.tsx';
import { Ago } from '../components/time.tsx';
import type { Column } from '../components/virtual-table.tsx';

export function alertTone(alert: AlertJson): Tone {
  if (alert.state === 'resolved') return 'good';
  return alert.state === 'firing' && !isQuiet(alert) ? 'bad' : 'warn';
}

/** Whether something keeps it from being told. */
export function isQuiet({ silencedBy, inhibitedBy, mutedBy }: AlertJson): boolean {
  return silencedBy.length + inhibitedBy.length + mutedBy.length > 0;
}

/** `firing`, `firing, silenced`. */
export function stateText(alert: AlertJson): string {
  const why = [
    ...(alert.silencedBy.length > 0 ? ['silenced'] : []),
    ...(alert.inhibitedBy.length > 0 ? ['inhibited'] : []),
    ...(alert.mutedBy.length > 0 ? ['muted'] : []),
  ];
  return [alert.state, ...why].join(', ');
}

const commonplace = new Set(['alertname', 'severity', '__name__']);

/** The labels that tell this alert from others of its name. */
function tellingLabels({ labels }: AlertJson): string {
  return Object.entries(labels)
    .filter(([name]) => !commonplace.has(name))
    .map(([name, value]) => `${name}=${value}`)
    .join('  ');
}

export const alertColumns: readonly Column<AlertJson>[] = [
  {
    key: 'severity',
    label: 'Severity',
    width: '6rem',
    cell: ({ severity }) => <SeverityMark severity={severity} />,
  },
  { key: 'name', label: 'Alert', width: 'minmax(0, 1.2fr)', cell: (alert) => <AlertLink alert={alert} /> },
  {
    key: 'labels',
    label: 'About',
    width: 'minmax(0, 1.5fr)',
    cell: (alert) => (
      <span className="mono small" title={tellingLabels(alert)}>
        {tellingLabels(alert)}
      </span>
    ),
  },
  {
    key: 'state',
    label: 'State',
    width: '8.5rem',
    cell: (alert) => <StateMark tone={alertTone(alert)} label={stateText(alert)} />,
  },
  { key: 'since', label: 'Since', width: '5.6rem', cell: ({ startsAtMs }) => <Ago atMs={startsAtMs} /> },
  { key: 'told', label: 'Last told', width: 'minmax(0, 0.9fr)', cell: (alert) => <Told alert={alert} /> },
];

export function AlertCard({ alert }: { readonly alert: AlertJson }): ReactElement {
  return (
    <>
      <span className="row spread">
        <SeverityMark severity={alert.severity} />
        <StateMark tone={alertTone(alert)} label={stateText(alert)} />
      </span>
      <span className="row spread">
        <span className="clip">
          <AlertLink alert={alert} />
        </span>
        <span className="small dim">
          <Ago atMs={alert.startsAtMs} />
        </span>
      </span>
      <span className="clip small mono dim">{tellingLabels(alert)}</span>
      <span className="small">
        <Told alert={alert} />
      </span>
    </>
  );
}

function AlertLink({ alert }: { readonly alert: AlertJson }): ReactElement {
  return (
    <Link to={`/alerts/${alert.fingerprint}`} className="vt-link" tabIndex={-1}>
      {alert.name}
    </Link>
  );
}

function Told({ alert }: { readonly alert: AlertJson }): ReactElement {
  const last = alert.lastNotification;
  if (last === undefined) {
    return <span className="dim">{alert.receivers.length === 0 ? 'no receiver' : 'not told yet'}</span>;
  }
  const failed = /fail|refus|gave up|error/i.test(last.outcome);
  return (
    <span title={`${last.receiver}: ${last.outcome}`}>
      <StateMark
        tone={failed ? 'bad' : last.outcome === 'retrying' ? 'warn' : 'good'}
        label={`${last.receiver}: ${last.outcome}`}
      />
    </span>
  );
}
