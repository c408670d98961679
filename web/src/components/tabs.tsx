import { type ReactElement, useEffect, useRef } from 'react';
import { NavLink, useLocation } from 'react-router';
import './alerting-tabs.css';

/** Pages of a kind beside each other. Where they do not fit, the one that is open is brought into sight. */
export function Tabs({
  label,
  tabs,
  also,
}: {
  readonly label: string;
  /** `end`: the pages below its address belong to other tabs. */
  readonly tabs: readonly { readonly to: string; readonly label: string; readonly end?: boolean }[];
  /** Under which tab an address is that is not below that tab's own. */
  readonly also?: (pathname: string) => string | undefined;
}): ReactElement {
  const bar = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page has another tab
  useEffect(() => {
    const open = bar.current?.querySelector<HTMLElement>('.active');
    if (bar.current === null || open === null || open === undefined) return;
    const start = open.offsetLeft - bar.current.offsetLeft;
    bar.current.scrollLeft = start - (bar.current.clientWidth - open.offsetWidth) / 2;
  }, [pathname]);
  return (
    <nav className="tabs" aria-label={label} ref={bar}>
      {tabs.map(({ to, label: name, end = false }) => (
        <NavLink
          key={to}
          to={to}
          end={end}
          className={({ isActive }) => (isActive || also?.(pathname) === to ? 'active' : '')}
        >
          {name}
        </NavLink>
      ))}
    </nav>
  );
}
