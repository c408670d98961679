import type { ReactElement } from 'react';
import { Link } from 'react-router';
import type { FindingJson } from '../api/types.ts';
import { SeverityMark, StateMark } from '../components/severity.tsx';
import { Ago } from '../components/time.tsx';
import type { Column } from '../components/virtual-table.tsx';
import { objectName } from '../format/words.ts';

export const findingColumns: readonly Column<FindingJson>[] = [
  {
    key: 'severity',
    label: 'Severity',
    width: '6rem',
    sort: 'severity',
    cell: ({ severity }) => <SeverityMark severity={severity} />,
  },
  {
    key: 'control',
    label: 'What is wrong',
    width: 'minmax(0, 1.35fr)',
    sort: 'control',
    first: 'asc',
    cell: (finding) => <FindingLink finding={finding} />,
  },
  {
    key: 'object',
    label: 'Where',
    width: 'minmax(0, 1.25fr)',
    sort: 'object',
    first: 'asc',
    cell: ({ object }) => (
      <span title={objectName(object)}>
        <span className="dim">{object.kind}</span>{' '}
        <span className="mono">
          {object.namespace === '' ? '' : `${object.namespace}/`}
          {object.name}
        </span>
      </span>
    ),
  },
  {
    key: 'evidence',
    label: 'Evidence',
    width: 'minmax(0, 1.35fr)',
    cell: ({ evidence }) => <EvidenceText evidence={evidence} />,
  },
  {
    key: 'since',
    label: 'Since',
    width: '6.2rem',
    sort: 'newest',
    cell: (finding) =>
      finding.status === 'fixed' ? (
        <StateMark tone="good" label="fixed" />
      ) : (
        <Ago atMs={finding.firstSeenMs} />
      ),
  },
];

export function FindingCard({ finding }: { readonly finding: FindingJson }): ReactElement {
  return (
    <>
      <span className="row spread">
        <SeverityMark severity={finding.severity} />
        <span className="small dim">
          {finding.status === 'fixed' ? (
            <StateMark tone="good" label="fixed" />
          ) : (
            <Ago atMs={finding.firstSeenMs} />
          )}
        </span>
      </span>
      <span className="clip">
        <FindingLink finding={finding} />
      </span>
      <span className="clip small mono">{objectName(finding.object)}</span>
    </>
  );
}

function FindingLink({ finding }: { readonly finding: FindingJson }): ReactElement {
  return (
    <Link
      to={`/findings/${finding.id}`}
      className="vt-link"
      tabIndex={-1}
      title={`${finding.controlId} ${finding.control}`}
    >
      {finding.control}
    </Link>
  );
}

function EvidenceText({ evidence }: { readonly evidence: FindingJson['evidence'] }): ReactElement {
  const { path, value, message } = evidence;
  if (path === '') return <span className="dim">{message}</span>;
  return (
    <span className="mono small" title={message}>
      {path.split('.').slice(-2).join('.')}
      {value !== undefined && <span className="dim"> = {value}</span>}
    </span>
  );
}
