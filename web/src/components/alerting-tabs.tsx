import type { ReactElement } from 'react';
import { NavLink } from 'react-router';
import './alerting-tabs.css';

const tabs = [
  { to: '/alerts', label: 'Alerts' },
  { to: '/silences', label: 'Silences' },
  { to: '/routes', label: 'Routes' },
  { to: '/notifications', label: 'Notifications' },
  { to: '/receivers', label: 'Receivers' },
] as const;

/** The pages about who is told what. */
export function AlertingTabs(): ReactElement {
  return (
    <nav className="tabs" aria-label="Alerting">
      {tabs.map(({ to, label }) => (
        <NavLink key={to} to={to}>
          {label}
        </NavLink>
      ))}
    </nav>
  );
}
