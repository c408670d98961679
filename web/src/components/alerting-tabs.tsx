import type { ReactElement } from 'react';
import { NavLink, useLocation } from 'react-router';
import './alerting-tabs.css';

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
  const { pathname } = useLocation();
  return (
    <nav className="tabs" aria-label="Alerting">
      {tabs.map(({ to, label }) => (
        <NavLink
          key={to}
          to={to}
          className={({ isActive }) =>
            isActive || (to === '/suppressions' && single.test(pathname)) ? 'active' : ''
          }
        >
          {label}
        </NavLink>
      ))}
    </nav>
  );
}
