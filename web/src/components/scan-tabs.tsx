import type { ReactElement } from 'react';
import { NavLink } from 'react-router';
import './alerting-tabs.css';

const tabs = [
  { to: '/jobs', label: 'Jobs' },
  { to: '/schedules', label: 'Recurring scans' },
] as const;

/** The pages about what is scanned on request and by the clock. */
export function ScanTabs(): ReactElement {
  return (
    <nav className="tabs" aria-label="Scans">
      {tabs.map(({ to, label }) => (
        <NavLink key={to} to={to}>
          {label}
        </NavLink>
      ))}
    </nav>
  );
}
