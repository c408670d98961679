import { Burger } from '@mantine/core';
import {
  IconActivity,
  IconBell,
  IconChartLine,
  IconChecklist,
  IconInbox,
  IconLayoutDashboard,
  IconLayoutGrid,
  IconListDetails,
  IconPackage,
  IconRadar2,
  IconShieldExclamation,
  IconTarget,
  IconTargetArrow,
} from '@tabler/icons-react';
import { type ReactElement, type ReactNode, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { Link, NavLink, Outlet, useLocation, useNavigate } from 'react-router';
import { useLive } from '../api/live-events.ts';
import { useInbox, useOverview } from '../api/queries.ts';
import { count } from '../format/words.ts';
import { destinations, useKeys } from '../hooks/use-keys.ts';
import { Help } from './help.tsx';
import { Logo } from './logo.tsx';
import { SchemeButton } from './scheme-button.tsx';
import { StateMark } from './severity.tsx';
import { Boundary, Loading } from './states.tsx';
import { Ago } from './time.tsx';
import './shell.css';

const icons: Readonly<Record<string, typeof IconBell>> = {
  '/': IconLayoutDashboard,
  '/findings': IconShieldExclamation,
  '/frameworks': IconChecklist,
  '/images': IconPackage,
  '/alerts': IconBell,
  '/inbox': IconInbox,
  '/jobs': IconRadar2,
  '/drills': IconTargetArrow,
  '/live': IconActivity,
  '/ledger': IconListDetails,
  '/dashboards': IconLayoutGrid,
  '/query': IconChartLine,
  '/targets': IconTarget,
};

/** First parts of addresses that belong to a place in the navigation, beside its own. */
const groups: Readonly<Record<string, readonly string[]>> = {
  '/frameworks': [
    ...['controls', 'verdicts', 'cluster-map', 'resource', 'nodes', 'attack-paths'],
    ...['access', 'exposure', 'admission'],
  ],
  '/images': ['image', 'cves'],
  '/alerts': ['suppressions', 'silences', 'exceptions', 'routes', 'notifications', 'receivers'],
  '/jobs': ['schedules'],
  '/targets': [
    ...['target', 'service-discovery', 'monitors', 'rules', 'backtest', 'remote-write', 'pushed'],
    ...['configuration', 'store', 'doctor', 'status', 'flags'],
  ],
};

/** The place in the navigation that a page is under, where it is not its own. */
function groupOf(pathname: string): string | undefined {
  const [, first = ''] = pathname.split('/');
  return Object.keys(groups).find((to) => groups[to]?.includes(first));
}

/** Navigation, the state of the connection, the keys that work everywhere, and the page. */
export function Shell(): ReactElement {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const live = useLive();
  const [navOpen, setNavOpen] = useState(false);
  const [helpOpen, setHelpOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const lost = live.status === 'lost';

  useKeys({
    go: useCallback((to: string) => void navigate(to), [navigate]),
    help: useCallback(() => setHelpOpen(true), []),
  });

  const lastPath = useRef(pathname);
  useEffect(() => {
    if (lastPath.current === pathname) return;
    lastPath.current = pathname;
    setNavOpen(false);
    window.scrollTo(0, 0);
    // Moving within a page, from message to message say, keeps the place; coming to another begins at its top.
    if (main.current?.contains(document.activeElement) !== true) main.current?.focus({ preventScroll: true });
  }, [pathname]);

  return (
    <div className="shell">
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        Skip to the page
      </button>
      <header className="topbar">
        <Burger
          opened={navOpen}
          onClick={() => setNavOpen(!navOpen)}
          size="sm"
          aria-label={navOpen ? 'Close the navigation' : 'Open the navigation'}
          aria-expanded={navOpen}
          aria-controls="side"
        />
        <Brand />
      </header>
      <aside className="side" id="side" aria-label="Navigation" data-open={navOpen || undefined}>
        <Brand />
        <Navigation />
        <footer className="foot">
          <Connection />
          <div className="row">
            <SchemeButton />
            <button type="button" className="plain-button" onClick={() => setHelpOpen(true)}>
              Keys <kbd>?</kbd>
            </button>
          </div>
        </footer>
      </aside>
      <div className="content">
        {lost && (
          <div className="banner" role="alert">
            <span>
              Connection lost <Ago atMs={live.sinceMs} />. What you see is from then and may have changed;
              trying again.
            </span>
          </div>
        )}
        <main ref={main} id="main" tabIndex={-1} data-stale={lost || undefined}>
          <Boundary place={pathname}>
            <Suspense
              fallback={
                <div className="page">
                  <Loading lines={8} />
                </div>
              }
            >
              <Outlet />
            </Suspense>
          </Boundary>
        </main>
      </div>
      <Help opened={helpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}

function Brand(): ReactElement {
  return (
    <Link to="/" className="brand" aria-label="Skopos, to the overview">
      <Logo />
      Skopos
    </Link>
  );
}

function Navigation(): ReactElement {
  const { pathname } = useLocation();
  const { data: overview } = useOverview();
  const { data: inbox } = useInbox(1);
  const critical = overview?.findings.open.critical ?? 0;
  const firing = overview?.alerts.firing ?? 0;
  const unread = inbox?.unread ?? 0;
  const tallies: Readonly<Record<string, ReactNode>> = {
    '/findings': critical > 0 && <Tally value={critical} of="critical" severity="critical" />,
    '/alerts': firing > 0 && <Tally value={firing} of="firing" severity="high" />,
    '/inbox': unread > 0 && <Tally value={unread} of="unread" />,
  };
  return (
    <nav aria-label="Pages">
      <ul>
        {destinations.map(({ to, label, key }) => {
          const Icon = icons[to] ?? IconBell;
          return (
            <li key={to}>
              <NavLink
                to={to}
                end={to === '/'}
                className={({ isActive }) => (isActive || groupOf(pathname) === to ? 'active' : '')}
                title={`${label} (g ${key})`}
              >
                <Icon size={18} stroke={1.7} aria-hidden />
                {label}
                {tallies[to]}
              </NavLink>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function Tally({
  value,
  of,
  severity,
}: {
  readonly value: number;
  readonly of: string;
  readonly severity?: string;
}): ReactElement {
  return (
    <span className={severity === undefined ? 'tally' : 'tally sev'} data-severity={severity}>
      {count(value)} <span className="hidden">{of}</span>
    </span>
  );
}

function Connection(): ReactElement {
  const { status } = useLive();
  const { data } = useOverview();
  return (
    <div className="stack tight" role="status">
      {status === 'live' && <StateMark tone="good" label="Live" />}
      {status === 'connecting' && <StateMark tone="plain" label="Connecting" />}
      {status === 'lost' && <StateMark tone="bad" label="Connection lost" />}
      {data !== undefined && (
        <span className="dim wrap">
          {data.source.kind === 'folder' ? 'Folder' : 'Cluster'}{' '}
          <span className="mono">{data.source.name}</span>
          <br />
          {count(data.source.objects)} objects · version {data.version}
        </span>
      )}
    </div>
  );
}
