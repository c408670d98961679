import type { ReactElement } from 'react';
import { Tabs } from './tabs.tsx';
import './monitoring.css';

const tabs = [
  { to: '/targets', label: 'Targets' },
  { to: '/service-discovery', label: 'Discovery' },
  { to: '/monitors', label: 'Objects' },
  { to: '/rules', label: 'Rules' },
  { to: '/backtest', label: 'Back-test' },
  { to: '/remote-write', label: 'Remote write' },
  { to: '/pushed', label: 'Pushed' },
  { to: '/configuration', label: 'Configuration' },
  { to: '/store', label: 'Store' },
  { to: '/doctor', label: 'Doctor' },
  { to: '/status', label: 'Status' },
  { to: '/flags', label: 'Flags' },
] as const;

/** The pages about whether the monitoring itself is right. */
export function MonitoringTabs(): ReactElement {
  return <Tabs label="Monitoring" tabs={tabs} />;
}
