import { Button } from '@mantine/core';
import { type ReactElement, useCallback, useMemo } from 'react';
import { Link } from 'react-router';
import { useAlerts } from '../api/queries.ts';
import type { AlertJson } from '../api/types.ts';
import { Loaded } from '../components/loaded.tsx';
import { SearchField } from '../components/search-field.tsx';
import { Segments } from '../components/segments.tsx';
import { severities } from '../components/severity.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { VirtualTable } from '../components/virtual-table.tsx';
import { counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { type UrlState, useUrlState } from '../hooks/use-url-state.ts';
import { AlertCard, alertColumns, isQuiet } from './alert-columns.tsx';

const states = ['', 'firing', 'pending', 'silenced', 'resolved'] as const;
const stateLabels = {
  '': 'All',
  firing: 'Firing',
  pending: 'Pending',
  silenced: 'Silenced',
  resolved: 'Resolved',
} as const;

/** What the rules say now, and who was told. */
export function Alerts(): ReactElement {
  useTitle('Alerts');
  const url = useUrlState();
  const query = useAlerts();
  return (
    <div className="page fill">
      <header>
        <h1>Alerts</h1>
        <Link to="/ledger?hop=alert" className="small">
          What they did lately
        </Link>
      </header>
      <Loaded
        query={query}
        what="load the alerts"
        loading={<Loading lines={12} label="Loading the alerts" />}
      >
        {({ items }) => <List items={items} url={url} />}
      </Loaded>
    </div>
  );
}

function List({
  items,
  url,
}: {
  readonly items: readonly AlertJson[];
  readonly url: UrlState;
}): ReactElement {
  const { set } = url;
  const state = url.get('state');
  const q = url.get('q');
  const search = useCallback((text: string) => set({ q: text }, true), [set]);
  const found = useMemo(() => items.filter((alert) => matches(alert, q)), [items, q]);
  const shown = useMemo(() => found.filter((alert) => isIn(alert, state)).sort(byUrgency), [found, state]);
  return (
    <>
      <div className="filters">
        <SearchField value={q} onChange={search} label="Search alerts" />
        <Segments
          label="State"
          value={state}
          onChange={(value) => set({ state: value })}
          choices={states.map((value) => ({
            value,
            label: `${stateLabels[value]} ${found.filter((alert) => isIn(alert, value)).length}`,
          }))}
        />
        <span className="dim" role="status">
          {counted(shown.length, 'alert')}
        </span>
      </div>
      {shown.length > 0 ? (
        <VirtualTable
          label="Alerts"
          place={`alerts ${state} ${q}`}
          count={shown.length}
          item={(index) => shown[index]}
          id={({ fingerprint }) => fingerprint}
          to={({ fingerprint }) => `/alerts/${fingerprint}`}
          columns={alertColumns}
          card={(alert) => <AlertCard alert={alert} />}
          cardHeight={112}
        />
      ) : items.length > 0 ? (
        <Empty title="No alert is like that">
          <Button size="xs" variant="default" onClick={() => set({ q: '', state: '' })}>
            Clear the filters
          </Button>
        </Empty>
      ) : (
        <Empty title="No alerts">
          <p>
            Nothing that a rule looks for is the case. To see that an alert would reach you,{' '}
            <Link to="/drills">run a drill</Link>.
          </p>
        </Empty>
      )}
    </>
  );
}

function isIn(alert: AlertJson, state: string): boolean {
  if (state === '') return true;
  if (state === 'silenced') return isQuiet(alert) && alert.state !== 'resolved';
  return alert.state === state;
}

function matches({ name, labels, annotations }: AlertJson, q: string): boolean {
  const text =
    `${name} ${Object.entries(labels).join(' ')} ${Object.values(annotations).join(' ')}`.toLowerCase();
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word.replace('=', ',')));
}

const stateOrder = ['firing', 'pending', 'resolved'];
const severityOrder: readonly string[] = [
  'critical',
  'high',
  'warning',
  'medium',
  'low',
  'info',
  ...severities,
];

function byUrgency(a: AlertJson, b: AlertJson): number {
  return (
    stateOrder.indexOf(a.state) - stateOrder.indexOf(b.state) ||
    rank(a.severity) - rank(b.severity) ||
    b.startsAtMs - a.startsAtMs
  );
}

function rank(severity: string): number {
  const index = severityOrder.indexOf(severity.toLowerCase());
  return index < 0 ? severityOrder.length : index;
}
