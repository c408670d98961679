import type { ReactElement } from 'react';
import { Tabs } from './tabs.tsx';

const tabs = [
  { to: '/jobs', label: 'Jobs' },
  { to: '/schedules', label: 'Recurring scans' },
] as const;

/** The pages about what is scanned on request and by the clock. */
export function ScanTabs(): ReactElement {
  return <Tabs label="Scans" tabs={tabs} />;
}
