import type { ReactElement } from 'react';
import { Link, useLocation } from 'react-router';
import { Empty } from '../components/states.tsx';
import { destinations } from '../hooks/use-keys.ts';
import { useTitle } from '../hooks/use-title.ts';

export function NotFound(): ReactElement {
  const { pathname } = useLocation();
  useTitle('No such page');
  return (
    <div className="page">
      <Empty title="There is no such page">
        <p>
          Nothing is at <code className="wrap">{pathname}</code>. These pages exist:
        </p>
        <p className="row wraps">
          {destinations.map(({ to, label }) => (
            <Link key={to} to={to}>
              {label}
            </Link>
          ))}
        </p>
      </Empty>
    </div>
  );
}
