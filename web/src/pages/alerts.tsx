import { Button, TextInput } from '@mantine/core';
import { type ReactElement, useCallback, useEffect, useState } from 'react';
import { Link } from 'react-router';
import { useAlertGroups } from '../api/alerting.ts';
import { useAlerts } from '../api/queries.ts';
import type { AlertGroupJson, AlertsJson } from '../api/types.ts';
import { AlertingTabs } from '../components/alerting-tabs.tsx';
import { FacetFilter } from '../components/facet-filter.tsx';
import { Loaded } from '../components/loaded.tsx';
import { SearchField } from '../components/search-field.tsx';
import { Segments } from '../components/segments.tsx';
import { SeverityMark, StateMark } from '../components/severity.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { VirtualTable } from '../components/virtual-table.tsx';
import { counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { type UrlState, useUrlState } from '../hooks/use-url-state.ts';
import { AlertCard, alertColumns, alertTone, stateText } from './alert-columns.tsx';

const states = ['', 'firing', 'pending', 'silenced', 'resolved'] as const;
const stateLabels = {
  '': 'All',
  firing: 'Firing',
  pending: 'Pending',
  silenced: 'Held back',
  resolved: 'Resolved',
} as const;

/** How many are asked for at a time. */
const step = 500;

/** What the rules say now, and who was told: as a list, or in the groups that people are told of. */
export function Alerts(): ReactElement {
  useTitle('Alerts');
  const url = useUrlState();
  const isGrouped = url.get('view') === 'groups';
  return (
    <div className={isGrouped ? 'page' : 'page fill'}>
      <header>
        <h1>Alerts</h1>
        <Link to="/ledger?hop=alert" className="small">
          What they did lately
        </Link>
      </header>
      <AlertingTabs />
      {isGrouped ? <Groups url={url} /> : <List url={url} />}
    </div>
  );
}

function List({ url }: { readonly url: UrlState }): ReactElement {
  const [limit, setLimit] = useState(step);
  const state = url.get('state');
  const query = useAlerts({
    q: url.get('q'),
    filter: url.get('filter'),
    receiver: url.get('receiver'),
    state,
    limit,
  });
  return (
    <>
      <Filters url={url} data={query.data} problem={query.error?.message} />
      <Loaded
        query={query}
        what="load the alerts"
        loading={<Loading lines={12} label="Loading the alerts" />}
      >
        {({ items, total }) =>
          items.length === 0 ? (
            <NoAlerts url={url} />
          ) : (
            <>
              <VirtualTable
                label="Alerts"
                isOld={query.isPlaceholderData}
                place={`alerts ${state} ${url.get('q')} ${url.get('filter')} ${url.get('receiver')}`}
                count={items.length}
                item={(index) => items[index]}
                id={({ fingerprint }) => fingerprint}
                to={({ fingerprint }) => `/alerts/${fingerprint}`}
                columns={alertColumns}
                card={(alert) => <AlertCard alert={alert} />}
                cardHeight={112}
              />
              {total > items.length && (
                <div className="row">
                  <span className="dim small">
                    The first {items.length} of {counted(total, 'alert')}.
                  </span>
                  <Button size="compact-xs" variant="default" onClick={() => setLimit(limit + step)}>
                    More
                  </Button>
                </div>
              )}
            </>
          )
        }
      </Loaded>
    </>
  );
}

function NoAlerts({ url }: { readonly url: UrlState }): ReactElement {
  const isNarrowed = ['q', 'state', 'filter', 'receiver'].some((name) => url.get(name) !== '');
  if (isNarrowed)
    return (
      <Empty title="No alert is like that">
        <Button
          size="xs"
          variant="default"
          onClick={() => url.set({ q: '', state: '', filter: '', receiver: '' })}
        >
          Clear the filters
        </Button>
      </Empty>
    );
  return (
    <Empty title="No alerts">
      <p>
        Nothing that a rule looks for is the case. To see that an alert would reach you,{' '}
        <Link to="/drills">run a drill</Link>.
      </p>
    </Empty>
  );
}

function Filters({
  url,
  data,
  problem,
}: {
  readonly url: UrlState;
  readonly data: AlertsJson | undefined;
  readonly problem: string | undefined;
}): ReactElement {
  const { set } = url;
  const state = url.get('state');
  const receiver = url.get('receiver');
  const isGrouped = url.get('view') === 'groups';
  const search = useCallback((text: string) => set({ q: text }, true), [set]);
  const counts = new Map(data?.facets.state.map(({ value, count: of }) => [value, of]));
  const all = ['firing', 'pending', 'resolved'].reduce((sum, of) => sum + (counts.get(of) ?? 0), 0);
  return (
    <div className="filters">
      {!isGrouped && <SearchField value={url.get('q')} onChange={search} label="Search alerts" />}
      <MatcherField
        value={url.get('filter')}
        onChange={(filter) => set({ filter }, true)}
        problem={problem}
      />
      {!isGrouped && (
        <Segments
          label="State"
          value={state}
          onChange={(value) => set({ state: value })}
          choices={states.map((value) => ({
            value,
            label:
              data === undefined
                ? stateLabels[value]
                : `${stateLabels[value]} ${value === '' ? all : (counts.get(value) ?? 0)}`,
          }))}
        />
      )}
      {!isGrouped && (
        <FacetFilter
          label="Receiver"
          facets={data?.facets.receiver ?? []}
          chosen={receiver === '' ? [] : [receiver]}
          onChange={(chosen) => set({ receiver: chosen.at(-1) ?? '' })}
        />
      )}
      <Segments
        label="View"
        value={isGrouped ? 'groups' : ''}
        onChange={(view) => set({ view })}
        choices={[
          { value: '', label: 'List' },
          { value: 'groups', label: 'Groups' },
        ]}
      />
      <span className="dim" role="status">
        {data !== undefined && counted(data.total, 'alert')}
      </span>
    </div>
  );
}

const typingPauseMs = 350;

function MatcherField({
  value,
  onChange,
  problem,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly problem: string | undefined;
}): ReactElement {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed), typingPauseMs);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);
  return (
    <TextInput
      className="search"
      size="xs"
      aria-label="Matchers"
      placeholder='namespace="shop"'
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      error={value === '' ? undefined : problem}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
    />
  );
}

function Groups({ url }: { readonly url: UrlState }): ReactElement {
  const query = useAlertGroups({ filter: url.get('filter'), receiver: url.get('receiver') });
  return (
    <>
      <Filters url={url} data={undefined} problem={query.error?.message} />
      <Loaded
        query={query}
        what="load the groups"
        loading={<Loading lines={12} label="Loading the groups" />}
      >
        {({ items }) =>
          items.length === 0 ? (
            <NoAlerts url={url} />
          ) : (
            <div className="cards-grid">
              {items.slice(0, 200).map((group) => (
                <Group key={`${group.receiver} ${group.key}`} group={group} />
              ))}
              {items.length > 200 && (
                <p className="dim">
                  … and {counted(items.length - 200, 'group')} more; narrow them with a matcher.
                </p>
              )}
            </div>
          )
        }
      </Loaded>
    </>
  );
}

const shownOfGroup = 8;

function Group({ group }: { readonly group: AlertGroupJson }): ReactElement {
  const labels = Object.entries(group.labels);
  return (
    <section className="panel stack tight">
      <div className="row spread">
        <div className="matcher-chips">
          {labels.length === 0 ? (
            <span className="matcher-chip">everything of its route</span>
          ) : (
            labels.map(([name, value]) => (
              <span key={name} className="matcher-chip">
                {name}={value}
              </span>
            ))
          )}
        </div>
        <span className="small nowrap">
          → <Link to={`/receivers#${encodeURIComponent(group.receiver)}`}>{group.receiver}</Link>
        </span>
      </div>
      <ul className="told-list small">
        {group.items.slice(0, shownOfGroup).map((alert) => (
          <li key={alert.fingerprint} style={{ gridTemplateColumns: '5.5rem minmax(0, 1fr) auto' }}>
            <SeverityMark severity={alert.severity} />
            <Link to={`/alerts/${alert.fingerprint}`} className="clip">
              {alert.name}{' '}
              <span className="dim mono">{alert.labels['instance'] ?? alert.labels['name'] ?? ''}</span>
            </Link>
            <span className="row">
              <StateMark tone={alertTone(alert)} label={stateText(alert)} />
              <span className="dim">
                <Ago atMs={alert.startsAtMs} />
              </span>
            </span>
          </li>
        ))}
      </ul>
      {group.total > shownOfGroup && <span className="dim small">and {group.total - shownOfGroup} more</span>}
    </section>
  );
}
