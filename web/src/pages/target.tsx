import type { ReactElement } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useTarget } from '../api/monitoring.ts';
import type { TargetJson } from '../api/types.ts';
import { HealthMark } from '../components/health-mark.tsx';
import { LabelChips } from '../components/labels.tsx';
import { Loaded } from '../components/loaded.tsx';
import { MonitoringTabs } from '../components/monitoring-tabs.tsx';
import { RelabelSteps } from '../components/relabel-steps.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { duration } from '../format/time.ts';
import { count } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';

/** One target: its last scrape, what went wrong, and how it came by its labels. */
export function TargetPage(): ReactElement {
  const [params] = useSearchParams();
  const [job, url] = [params.get('job') ?? '', params.get('url') ?? ''];
  useTitle(`Target ${url}`);
  const query = useTarget(job, url);
  return (
    <div className="page">
      <header>
        <h1 className="wrap">{url}</h1>
      </header>
      <MonitoringTabs />
      <Loaded
        query={query}
        what="load this target"
        loading={<Loading lines={8} label="Loading the target" />}
      >
        {({ items }) => {
          const found = items.filter((target) => target.url === url);
          return found.length === 0 ? (
            <Empty title="There is no such target now">
              <p>
                It may have gone, or relabelling may drop it: see what was{' '}
                <Link to={`/service-discovery?job=${encodeURIComponent(job)}`}>found for {job}</Link>.
              </p>
            </Empty>
          ) : (
            <div className="stack">
              {found.map((target) => (
                <One key={JSON.stringify(target.labels)} target={target} />
              ))}
            </div>
          );
        }}
      </Loaded>
    </div>
  );
}

function One({ target }: { readonly target: TargetJson }): ReactElement {
  const { health, job, lastError, warning, lastScrapeMs, labels, discoveredLabels } = target;
  return (
    <>
      <section className="panel stack" aria-label="Last scrape">
        <HealthMark state={health} />
        {lastError !== '' && (
          <p className="bad-text wrap" role="status">
            {lastError}
          </p>
        )}
        {warning !== '' && (
          <p className="warning wrap" role="status">
            {warning}
          </p>
        )}
        <dl className="facts small">
          <dt>Job</dt>
          <dd>
            <Link to={`/targets?job=${encodeURIComponent(job)}`}>{job}</Link>
          </dd>
          <dt>Last scrape</dt>
          <dd>
            {lastScrapeMs === undefined ? (
              'not yet'
            ) : (
              <>
                <Ago atMs={lastScrapeMs} />, in {duration(target.lastScrapeSeconds * 1000)}
              </>
            )}
          </dd>
          <dt>Samples</dt>
          <dd>{count(target.samples)}</dd>
          <dt>Interval</dt>
          <dd>
            {duration(target.intervalMs)}, given up after {duration(target.timeoutMs)}
          </dd>
        </dl>
        <LabelChips labels={labels} />
      </section>
      <section className="panel stack" aria-label="Relabelling">
        <h2>How it came by its labels</h2>
        <RelabelSteps job={job} labels={discoveredLabels} />
      </section>
    </>
  );
}
