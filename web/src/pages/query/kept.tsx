import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { Empty } from '../../components/states.tsx';
import { Ago } from '../../components/time.tsx';
import { forget, forgetAll, type KeptQuery, useKeptQueries } from './kept-queries.ts';
import { queryLink } from './panel-state.ts';

/** Saved queries and those that were run lately; both in this browser only. */
export function Kept(): ReactElement {
  const saved = useKeptQueries('saved');
  const history = useKeptQueries('history');
  return (
    <>
      <section className="panel stack">
        <h2>Saved</h2>
        {saved.length === 0 ? (
          <Empty title="No query is saved">
            <p>The star beside an expression gives it a name and keeps it here, in this browser.</p>
          </Empty>
        ) : (
          <ul className="plain-list">
            {saved.map((query) => (
              <Item key={query.name} query={query} onForget={() => forget('saved', query)} />
            ))}
          </ul>
        )}
      </section>
      <section className="panel stack">
        <header className="row spread">
          <h2>Lately run</h2>
          {history.length > 0 && (
            <Button size="compact-xs" variant="default" onClick={() => forgetAll('history')}>
              Clear
            </Button>
          )}
        </header>
        {history.length === 0 ? (
          <Empty title="No query was run in this browser yet" />
        ) : (
          <ul className="plain-list">
            {history.map((query) => (
              <Item key={query.expr} query={query} onForget={() => forget('history', query)} />
            ))}
          </ul>
        )}
      </section>
    </>
  );
}

function Item({
  query,
  onForget,
}: {
  readonly query: KeptQuery;
  readonly onForget: () => void;
}): ReactElement {
  const { name, expr, atMs } = query;
  return (
    <li className="kept row spread">
      <Link to={queryLink(expr)} className="stack tight">
        {name !== undefined && name !== expr && <b>{name}</b>}
        <code className="wrap">{expr}</code>
      </Link>
      <span className="row nowrap small dim">
        <Ago atMs={atMs} />
        <button
          type="button"
          className="plain-button"
          aria-label={`Forget ${name ?? expr}`}
          onClick={onForget}
        >
          Forget
        </button>
      </span>
    </li>
  );
}
