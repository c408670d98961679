import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { useNotifications, useReceivers } from '../api/alerting.ts';
import type { NotificationJson } from '../api/types.ts';
import { AlertingTabs } from '../components/alerting-tabs.tsx';
import { FacetFilter } from '../components/facet-filter.tsx';
import { ListPage } from '../components/list-page.tsx';
import { Segments } from '../components/segments.tsx';
import { StateMark } from '../components/severity.tsx';
import { Empty } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { type Column, VirtualTable } from '../components/virtual-table.tsx';
import { duration } from '../format/time.ts';
import { counted } from '../format/words.ts';
import { useUrlState } from '../hooks/use-url-state.ts';

const outcomes = [
  { value: '', label: 'All' },
  { value: 'delivered', label: 'Delivered' },
  { value: 'failed', label: 'Failed' },
  { value: 'retrying', label: 'Retrying' },
];

/** What was sent to whom, and what the services answered. */
export function Notifications(): ReactElement {
  const url = useUrlState();
  const { set } = url;
  const outcome = url.get('outcome');
  const receiver = url.get('receiver');
  const query = useNotifications({ outcome, receiver, limit: 500 });
  const { data: receivers } = useReceivers();
  return (
    <ListPage
      title="Notifications"
      what="the notifications"
      query={query}
      status={query.data !== undefined && `the last ${counted(query.data.items.length, 'attempt')}`}
      tabs={<AlertingTabs />}
      filters={
        <>
          <Segments
            label="Outcome"
            value={outcome}
            onChange={(value) => set({ outcome: value })}
            choices={outcomes}
          />
          <FacetFilter
            label="Receiver"
            facets={(receivers?.items ?? []).map(({ name, alerts }) => ({
              value: name,
              label: name,
              count: alerts,
            }))}
            chosen={receiver === '' ? [] : [receiver]}
            onChange={(chosen) => set({ receiver: chosen.at(-1) ?? '' })}
          />
        </>
      }
    >
      {({ items }) =>
        items.length === 0 ? (
          <Empty
            title={
              outcome === '' && receiver === '' ? 'Nothing was sent yet' : 'No notification is like that'
            }
          >
            <p>
              Test a <Link to="/receivers">receiver</Link>, or <Link to="/drills">run a drill</Link>, to see
              one here.
            </p>
          </Empty>
        ) : (
          <VirtualTable
            label="Notifications"
            isOld={query.isPlaceholderData}
            place={`notifications ${outcome} ${receiver}`}
            count={items.length}
            item={(index) => items[index]}
            id={({ id }) => String(id)}
            to={(one) => storyOf(one)}
            columns={columns}
            card={(one) => <Card one={one} />}
            cardHeight={104}
          />
        )
      }
    </ListPage>
  );
}

/** Where the whole story stands: the alert, when it is about one, else everything of its cause. */
function storyOf({ fingerprints, cause, isTest }: NotificationJson): string {
  const [only, other] = fingerprints;
  return only !== undefined && other === undefined && !isTest
    ? `/alerts/${only}`
    : `/ledger?cause=${encodeURIComponent(cause)}`;
}

export function Outcome({ one }: { readonly one: NotificationJson }): ReactElement {
  const tone = one.outcome === 'delivered' ? 'good' : one.outcome === 'failed' ? 'bad' : 'warn';
  return <StateMark tone={tone} label={one.outcome} />;
}

function About({ one }: { readonly one: NotificationJson }): ReactElement {
  const what = one.isTest ? 'a test' : one.isDrill ? 'a drill' : counted(one.fingerprints.length, 'alert');
  return (
    <Link to={storyOf(one)} className="vt-link" tabIndex={-1} title={one.group}>
      {what}
      <span className="dim mono small">
        {' '}
        {one.isTest ? '' : one.group.slice(one.group.lastIndexOf(':{') + 1)}
      </span>
    </Link>
  );
}

const columns: readonly Column<NotificationJson>[] = [
  { key: 'at', label: 'When', width: '6rem', cell: ({ atMs }) => <Ago atMs={atMs} /> },
  { key: 'outcome', label: 'Outcome', width: '7rem', cell: (one) => <Outcome one={one} /> },
  {
    key: 'to',
    label: 'To',
    width: 'minmax(0, 0.9fr)',
    cell: ({ integration, receiver }) => <span className="mono small">{integration || receiver}</span>,
  },
  { key: 'about', label: 'About', width: 'minmax(0, 1.2fr)', cell: (one) => <About one={one} /> },
  {
    key: 'answer',
    label: 'The answer',
    width: 'minmax(0, 1.4fr)',
    cell: ({ answer, templateProblems }) => (
      <span title={[answer, ...templateProblems].join('\n')}>
        {answer}
        {templateProblems.length > 0 && <span className="bad-text"> (a template failed)</span>}
      </span>
    ),
  },
  { key: 'took', label: 'Took', width: '5rem', cell: ({ tookMs }) => duration(tookMs) },
  { key: 'attempt', label: 'Attempt', width: '4.5rem', cell: ({ attempt }) => attempt },
];

function Card({ one }: { readonly one: NotificationJson }): ReactElement {
  return (
    <>
      <span className="row spread">
        <Outcome one={one} />
        <span className="small dim">
          <Ago atMs={one.atMs} />
        </span>
      </span>
      <span className="clip">
        <About one={one} />
      </span>
      <span className="small mono clip">{one.integration}</span>
      <span className="small dim clip">{one.answer}</span>
    </>
  );
}
