import type { ReactElement } from 'react';
import { Tabs } from './tabs.tsx';

const tabs = [
  { to: '/alerts', label: 'Alerts' },
  { to: '/suppressions', label: 'Silences and exceptions' },
  { to: '/routes', label: 'Routes' },
  { to: '/notifications', label: 'Notifications' },
  { to: '/receivers', label: 'Receivers' },
] as const;

/** Addresses of single ones, which are under the tab of their list. */
const single = /^\/(silences|exceptions)\//;

/** The pages about who is told what. */
export function AlertingTabs(): ReactElement {
  return <Tabs label="Alerting" tabs={tabs} also={listOf} />;
}

function listOf(pathname: string): string | undefined {
  return single.test(pathname) ? '/suppressions' : undefined;
}
