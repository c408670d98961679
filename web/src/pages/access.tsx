import { Select, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { useAccess, useWhoMay } from '../api/relations.ts';
import type { AccessRowJson } from '../api/types.ts';
import { ListPage } from '../components/list-page.tsx';
import { Loaded } from '../components/loaded.tsx';
import { PostureTabs } from '../components/posture-tabs.tsx';
import { ObjectLink, subjectPath, subjectWords } from '../components/relations.tsx';
import { Segments } from '../components/segments.tsx';
import { StateMark } from '../components/severity.tsx';
import { Empty } from '../components/states.tsx';
import { UrlSearch } from '../components/url-filters.tsx';
import { type Column, VirtualTable } from '../components/virtual-table.tsx';
import { count, counted } from '../format/words.ts';
import { type UrlState, useUrlState } from '../hooks/use-url-state.ts';

const kinds = [
  { value: '', label: 'All' },
  { value: 'ServiceAccount', label: 'Service accounts' },
  { value: 'User', label: 'Users' },
  { value: 'Group', label: 'Groups' },
];
const verbs = [
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  'impersonate',
  'bind',
  'escalate',
];

/** Who may do what by role-based access control, the most dangerous first; and who may do one thing in particular. */
export function Access(): ReactElement {
  const url = useUrlState();
  const { set } = url;
  const cluster = url.get('cluster');
  const filter = { kind: url.get('kind'), cluster, q: url.get('q') };
  const query = useAccess(filter);
  const total = query.data?.total ?? 0;
  return (
    <ListPage
      title="Access"
      what="who may do what"
      query={query}
      status={query.data === undefined ? '' : counted(total, 'subject')}
      tabs={<PostureTabs />}
      above={<WhoMay url={url} />}
      filters={
        <>
          <UrlSearch url={url} label="Search subjects" />
          <Segments label="Kind" choices={kinds} value={filter.kind} onChange={(kind) => set({ kind })} />
          <Segments
            label="Reach"
            choices={[
              { value: '', label: 'Any reach' },
              { value: 'true', label: 'Leads to everything' },
            ]}
            value={cluster}
            onChange={(value) => set({ cluster: value })}
          />
        </>
      }
      below={
        query.data !== undefined &&
        total > query.data.items.length && (
          <p className="small dim">
            The first {count(query.data.items.length)} are shown; search for others.
          </p>
        )
      }
    >
      {({ items }) =>
        items.length === 0 ? (
          <Empty title="Nobody is like that">
            <p>No subject under these filters may do more than it looks, and nothing runs as one.</p>
          </Empty>
        ) : (
          <VirtualTable
            label="Subjects"
            isOld={query.isPlaceholderData}
            place={JSON.stringify(filter)}
            count={items.length}
            item={(index) => items[index]}
            id={({ subject }) => subject.key}
            to={({ subject }) => subjectPath(subject.key)}
            columns={columns}
            card={(row) => <Card row={row} />}
            cardHeight={92}
          />
        )
      }
    </ListPage>
  );
}

/** "Who may create pods/exec in shop?" */
function WhoMay({ url }: { readonly url: UrlState }): ReactElement {
  const question = {
    verb: url.get('verb'),
    resource: url.get('resource'),
    group: url.get('group'),
    namespace: url.get('namespace'),
  };
  const query = useWhoMay(question);
  const isAsked = question.verb !== '' && question.resource !== '';
  return (
    <details className="panel" open={isAsked || undefined}>
      <summary>Who may do something in particular?</summary>
      <div className="filters">
        <Select
          label="Verb"
          size="xs"
          data={verbs}
          value={question.verb === '' ? null : question.verb}
          onChange={(verb) => url.set({ verb: verb ?? '' }, true)}
        />
        <Field label="Resource" placeholder="pods/exec" name="resource" url={url} />
        <Field label="API group" placeholder="core" name="group" url={url} />
        <Field label="Namespace" placeholder="everywhere" name="namespace" url={url} />
      </div>
      {isAsked && (
        <Loaded query={query} what="find who may do that">
          {({ items }) =>
            items.length === 0 ? (
              <p className="dim">Nobody that a binding names may do that.</p>
            ) : (
              <ul className="plain-list">
                {items.slice(0, 200).map(({ subject, namespace, binding, role }) => (
                  <li key={subject.key} className="wrap">
                    <Link to={subjectPath(subject.key)}>{subjectWords(subject)}</Link>{' '}
                    <span className="small dim">
                      {namespace === '' ? 'everywhere' : `in ${namespace}`}, by <ObjectLink named={binding} />
                      , which gives <ObjectLink named={role} />
                    </span>
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      )}
    </details>
  );
}

function Field({
  label,
  placeholder,
  name,
  url,
}: {
  readonly label: string;
  readonly placeholder: string;
  readonly name: string;
  readonly url: UrlState;
}): ReactElement {
  return (
    <TextInput
      size="xs"
      label={label}
      placeholder={placeholder}
      defaultValue={url.get(name)}
      onChange={(event) => url.set({ [name]: event.currentTarget.value.trim() }, true)}
    />
  );
}

const columns: readonly Column<AccessRowJson>[] = [
  {
    key: 'subject',
    label: 'Who',
    width: 'minmax(0, 1.2fr)',
    cell: ({ subject }) => (
      <Link to={subjectPath(subject.key)} tabIndex={-1} title={subjectWords(subject)}>
        {subjectWords(subject)}
      </Link>
    ),
  },
  {
    key: 'reach',
    label: 'Reach',
    width: '11rem',
    cell: ({ leadsToCluster }) =>
      leadsToCluster ? <StateMark tone="bad" label="Leads to everything" /> : <span className="dim">—</span>,
  },
  {
    key: 'powers',
    label: 'What it may do beyond its looks',
    width: 'minmax(0, 2fr)',
    cell: (row) => (
      <span className="small" title={powerWords(row)}>
        {powerWords(row)}
      </span>
    ),
  },
  { key: 'workloads', label: 'Runs', width: '5rem', cell: ({ workloads }) => count(workloads) },
];

function powerWords({ powers }: AccessRowJson): string {
  return powers
    .map(({ title, namespace }) => (namespace === '' ? title : `${title} in ${namespace}`))
    .join(', ');
}

function Card({ row }: { readonly row: AccessRowJson }): ReactElement {
  return (
    <>
      <span className="row spread">
        {row.leadsToCluster ? (
          <StateMark tone="bad" label="Leads to everything" />
        ) : (
          <span className="dim small">{counted(row.powers.length, 'power')}</span>
        )}
        <span className="small dim">{counted(row.workloads, 'workload')}</span>
      </span>
      <span className="clip">
        <Link to={subjectPath(row.subject.key)} className="vt-link" tabIndex={-1}>
          {subjectWords(row.subject)}
        </Link>
      </span>
      <span className="clip small">{powerWords(row)}</span>
    </>
  );
}
