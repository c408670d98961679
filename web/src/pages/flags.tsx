import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { Loaded } from '../components/loaded.tsx';
import { MonitoringTabs } from '../components/monitoring-tabs.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { UrlSearch } from '../components/url-filters.tsx';
import { useTitle } from '../hooks/use-title.ts';
import { useUrlState } from '../hooks/use-url-state.ts';
import { read } from './query/prometheus.ts';

/** Settings under the names of Prometheus' flags, as tools expect them. */
export function Flags(): ReactElement {
  useTitle('Flags');
  const url = useUrlState();
  const { get } = url;
  const query = useQuery({
    queryKey: ['monitoring', 'flags'],
    queryFn: async ({ signal }) =>
      (await read<Readonly<Record<string, string>>>('v1/status/flags', [], signal)).data,
  });
  const words = get('q').toLowerCase();
  return (
    <div className="page">
      <header>
        <h1>Flags</h1>
      </header>
      <MonitoringTabs />
      <div className="filters">
        <UrlSearch url={url} label="Search flags" />
      </div>
      <Loaded query={query} what="load the flags" loading={<Loading lines={8} label="Loading the flags" />}>
        {(flags) => {
          const found = Object.entries(flags).filter(([name, value]) =>
            `${name} ${value}`.toLowerCase().includes(words),
          );
          return found.length === 0 ? (
            <Empty title="No flag is like that" />
          ) : (
            <section className="panel" aria-label="Flags">
              <table className="plain-table">
                <thead>
                  <tr>
                    <th scope="col">Flag</th>
                    <th scope="col">Value</th>
                  </tr>
                </thead>
                <tbody>
                  {found.map(([name, value]) => (
                    <tr key={name}>
                      <td className="mono">{name}</td>
                      <td className="mono">{value === '' ? <span className="dim">not set</span> : value}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          );
        }}
      </Loaded>
    </div>
  );
}
