import { Button, Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import type { ReactElement } from 'react';
import { Link } from 'react-router';
import type { Dashboard, DashboardLink } from '../../../../src/dashboards/dashboard.ts';
import { addressOf, scopeOf, type VariableState } from '../../../../src/dashboards/scope.ts';
import { useDashboards } from '../../api/dashboards.ts';
import type { BoardAddress } from './address.ts';
import { DataLink } from './data-link.tsx';
import { destinationOf } from './links.ts';

/** The links of a dashboard: to others of the same tags, and to wherever it says. */
export function BoardLinks({
  dashboard,
  address,
  states,
}: {
  readonly dashboard: Dashboard;
  readonly address: BoardAddress;
  readonly states: readonly VariableState[];
}): ReactElement {
  return (
    <nav className="row wraps" aria-label="Links of the dashboard">
      {dashboard.links.map((link, at) => {
        const key = `${at} ${link.title}`;
        const query = queryOf(link, address, states);
        if (link.kind === 'dashboards')
          return <Others key={key} link={link} query={query} own={dashboard.uid} />;
        const scope = scopeOf(states, { fromMs: 0, toMs: 1 });
        const url = query === '' ? link.url : `${link.url}${link.url.includes('?') ? '&' : '?'}${query}`;
        const destination = destinationOf(url, scope, { timeQuery: address.timeQuery, states });
        return destination === undefined ? null : (
          <DataLink key={key} destination={destination}>
            {link.title || url}
          </DataLink>
        );
      })}
    </nav>
  );
}

function Others({
  link,
  query,
  own,
}: {
  readonly link: DashboardLink;
  readonly query: string;
  readonly own: string;
}): ReactElement | null {
  const { data } = useDashboards();
  const others = (data?.items ?? []).filter(
    ({ uid, tags }) => uid !== own && link.tags.every((tag) => tags.includes(tag)),
  );
  if (others.length === 0) return null;
  return (
    <Menu position="bottom-end" shadow="md" withinPortal={false}>
      <Menu.Target>
        <Button size="xs" variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>
          {link.title || 'Dashboards'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah="60vh" style={{ overflowY: 'auto' }}>
        {others.map(({ uid, title }) => (
          <Menu.Item key={uid} component={Link} to={`/dashboards/${uid}${query === '' ? '' : `?${query}`}`}>
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function queryOf(link: DashboardLink, address: BoardAddress, states: readonly VariableState[]): string {
  const parts = [
    ...(link.keepTime ? [address.timeQuery] : []),
    ...(link.includeVars ? [new URLSearchParams(addressOf(states).map((pair) => [...pair])).toString()] : []),
  ];
  return parts.filter((part) => part !== '').join('&');
}
