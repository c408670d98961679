import type { ReactElement } from 'react';
import { NavLink } from 'react-router';
import './alerting-tabs.css';

const tabs = [
  { to: '/images', label: 'Images' },
  { to: '/images/news', label: 'What is new' },
  { to: '/images/registries', label: 'Registries' },
] as const;

/** The pages about images and what is wrong with them. */
export function ImageTabs(): ReactElement {
  return (
    <nav className="tabs" aria-label="Images">
      {tabs.map(({ to, label }) => (
        <NavLink key={to} to={to} end>
          {label}
        </NavLink>
      ))}
    </nav>
  );
}
