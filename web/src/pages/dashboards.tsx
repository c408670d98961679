import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { type DashboardSummaryJson, type DashboardsJson, useDashboards } from '../api/dashboards.ts';
import { FacetFilter } from '../components/facet-filter.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { UrlSearch } from '../components/url-filters.tsx';
import { counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { useUrlState } from '../hooks/use-url-state.ts';
import './dashboard/dashboard.css';

/** Every dashboard that there is, ours and the reader's own. */
export function Dashboards(): ReactElement {
  useTitle('Dashboards');
  const url = useUrlState();
  const { set } = url;
  const query = useDashboards();
  const chosen = url.list('tag');
  const text = url.get('q').toLowerCase();
  const items = query.data?.items ?? [];
  const shown = items.filter(
    (item) =>
      chosen.every((tag) => item.tags.includes(tag)) &&
      `${item.title} ${item.description} ${item.folder} ${item.tags.join(' ')}`.toLowerCase().includes(text),
  );
  return (
    <div className="page">
      <header>
        <h1>Dashboards</h1>
        <span className="dim" role="status">
          {query.data === undefined ? '' : counted(shown.length, 'dashboard')}
        </span>
      </header>
      <div className="filters">
        <UrlSearch url={url} label="Search dashboards" />
        <FacetFilter
          label="Tag"
          facets={tagsOf(items)}
          chosen={chosen}
          onChange={(tags) => set({ tag: tags })}
        />
      </div>
      <Loaded
        query={query}
        what="load the dashboards"
        loading={<Loading lines={8} label="Loading the dashboards" />}
      >
        {({ problems }) => (
          <>
            <Problems problems={problems} />
            {shown.length === 0 ? (
              <None isAny={items.length > 0} />
            ) : (
              <ul className="dash-list plain-list">
                {shown.map((item) => (
                  <Item key={item.uid} item={item} />
                ))}
              </ul>
            )}
          </>
        )}
      </Loaded>
    </div>
  );
}

function Item({ item }: { readonly item: DashboardSummaryJson }): ReactElement {
  const { uid, title, description, tags, folder, isShipped, panels } = item;
  return (
    <li className="panel">
      <h2>
        <Link to={`/dashboards/${uid}`}>{title}</Link>
      </h2>
      {description !== '' && <p className="dim">{description}</p>}
      <p className="small dim row wraps">
        <span>{counted(panels, 'panel')}</span>
        <span>{isShipped ? 'comes with Skopos' : folder === '' ? 'yours' : `yours, in ${folder}`}</span>
        {tags.map((tag) => (
          <span key={tag} className="dash-tag">
            {tag}
          </span>
        ))}
      </p>
    </li>
  );
}

function Problems({ problems }: Pick<DashboardsJson, 'problems'>): ReactElement | null {
  if (problems.length === 0) return null;
  return (
    <section className="panel" aria-label="Files that cannot be shown">
      <h2>{counted(problems.length, 'file')} cannot be shown</h2>
      <ul className="plain-list">
        {problems.map(({ file, message }) => (
          <li key={file} className="wrap">
            <code>{file}</code>: {message}
          </li>
        ))}
      </ul>
    </section>
  );
}

function None({ isAny }: { readonly isAny: boolean }): ReactElement {
  if (isAny)
    return (
      <Empty title="No dashboard is like that">
        <p>Search for less, or take a tag away.</p>
      </Empty>
    );
  return (
    <Empty title="There are no dashboards">
      <p>
        Put Grafana's JSON into a folder, and name it in <code>dashboards.folders</code>; or let{' '}
        <code>dashboards.shipped</code> be true, for those that come with Skopos.
      </p>
    </Empty>
  );
}

function tagsOf(items: readonly DashboardSummaryJson[]): { value: string; label: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { tags } of items) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].sort().map(([tag, count]) => ({ value: tag, label: tag, count }));
}
