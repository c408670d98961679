import { Button } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { Link } from 'react-router';
import { useDiscoveredTargets, useDiscovery } from '../api/monitoring.ts';
import type { DiscoveredJobJson, DiscoveredTargetJson } from '../api/types.ts';
import { LabelChips } from '../components/labels.tsx';
import { Loaded } from '../components/loaded.tsx';
import { MonitoringTabs } from '../components/monitoring-tabs.tsx';
import { Pager } from '../components/pager.tsx';
import { RelabelSteps } from '../components/relabel-steps.tsx';
import { Segments } from '../components/segments.tsx';
import { StateMark } from '../components/severity.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { UrlSearch } from '../components/url-filters.tsx';
import { count, counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { useUrlState } from '../hooks/use-url-state.ts';

const pageSize = 50;

/** What discovery found for each job, and what each relabelling rule made of it. */
export function ServiceDiscovery(): ReactElement {
  useTitle('Service discovery');
  const url = useUrlState();
  const query = useDiscovery();
  const job = url.get('job');
  return (
    <div className="page">
      <header>
        <h1>{job === '' ? 'Service discovery' : <span className="wrap">Discovery of {job}</span>}</h1>
      </header>
      <MonitoringTabs />
      {job === '' ? (
        <Loaded
          query={query}
          what="load the discovery"
          loading={<Loading lines={10} label="Loading the discovery" />}
        >
          {({ items }) => <Jobs jobs={items} />}
        </Loaded>
      ) : (
        <Targets key={job} job={job} />
      )}
    </div>
  );
}

function Jobs({ jobs }: { readonly jobs: readonly DiscoveredJobJson[] }): ReactElement {
  const url = useUrlState();
  const { get } = url;
  const [most, setMost] = useState(100);
  if (jobs.length === 0)
    return (
      <Empty title="There is no job">
        <p>
          Sections of <code>scrape_configs</code> in a <code>prometheus.yml</code>, and{' '}
          <Link to="/monitors">objects that ask to be scraped</Link>, appear here. Name the file at{' '}
          <code>metrics.prometheus_config</code> of <code>skopos.yaml</code>, or start Skopos with{' '}
          <code>--prometheus-config prometheus.yml</code>.
        </p>
      </Empty>
    );
  const words = get('q').toLowerCase();
  const found = jobs.filter(({ job }) => job.toLowerCase().includes(words));
  const odd = found.filter(({ sections }) => sections.some(({ problem }) => problem !== ''));
  const shown = [...odd, ...found.filter((job) => !odd.includes(job))].slice(0, most);
  return (
    <div className="stack">
      <div className="filters">
        <UrlSearch url={url} label="Search jobs" />
        <span className="dim small">{counted(found.length, 'job')}</span>
      </div>
      {found.length === 0 && <Empty title="No job is called that" />}
      {shown.map((job) => (
        <Job key={job.job} job={job} />
      ))}
      {found.length > shown.length && (
        <div>
          <Button size="xs" variant="default" onClick={() => setMost(most + 100)}>
            {counted(found.length - shown.length, 'more job')}
          </Button>
        </div>
      )}
    </div>
  );
}

function Job({
  job: { job, object, sections, discovered, kept, dropped },
}: {
  readonly job: DiscoveredJobJson;
}) {
  return (
    <section className="panel stack tight" aria-label={`Job ${job}`}>
      <div className="row spread wraps">
        <h2 className="wrap">
          <Link to={`/service-discovery?job=${encodeURIComponent(job)}`}>{job}</Link>
        </h2>
        <span className="small dim linked">
          {count(discovered)} found ·{' '}
          <Link to={`/targets?job=${encodeURIComponent(job)}`}>{count(kept)} kept</Link> ·{' '}
          <Link to={`/service-discovery?job=${encodeURIComponent(job)}&state=dropped`}>
            {count(dropped)} dropped
          </Link>
        </span>
      </div>
      {object !== undefined && (
        <span className="small linked">
          from{' '}
          <Link to={`/monitors/${object.kind}/${object.namespace}/${object.name}`}>
            {object.kind} {object.namespace}/{object.name}
          </Link>
        </span>
      )}
      {sections.map((section, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a section has no other name than its place
        <span key={index} className="row wraps small">
          <StateMark
            tone={section.problem === '' ? 'good' : 'bad'}
            label={`${section.kind}: ${counted(section.targets, 'target')}`}
          />
          {section.problem !== '' && <span className="bad-text wrap">{section.problem}</span>}
        </span>
      ))}
    </section>
  );
}

function Targets({ job }: { readonly job: string }): ReactElement {
  const url = useUrlState();
  const { get, set } = url;
  const offset = Number(get('offset')) || 0;
  const state = get('state');
  const query = useDiscoveredTargets({ job, state, q: get('q'), offset, limit: pageSize });
  return (
    <>
      <div className="filters">
        <Link to="/service-discovery" className="small">
          ← All jobs
        </Link>
        <UrlSearch url={url} label="Search labels" />
        <Segments
          label="What became of them"
          value={state}
          onChange={(value) => set({ state: value, offset: '' })}
          choices={[
            { value: '', label: 'All' },
            { value: 'kept', label: 'Kept' },
            { value: 'dropped', label: 'Dropped' },
          ]}
        />
      </div>
      <Loaded
        query={query}
        what="load what was found"
        loading={<Loading lines={8} label="Loading what was found" />}
      >
        {({ items, total, kept, dropped }) => (
          <div className="stack">
            <p className="small dim">
              {count(kept)} kept, {count(dropped)} dropped by relabelling. Open one to see what each rule did.
            </p>
            {items.length === 0 && <Empty title="Nothing found is like that" />}
            {items.map((target) => (
              <Found key={JSON.stringify(target.discoveredLabels)} job={job} target={target} />
            ))}
            <Pager url={url} total={total} step={pageSize} />
          </div>
        )}
      </Loaded>
    </>
  );
}

function Found({
  job,
  target,
}: {
  readonly job: string;
  readonly target: DiscoveredTargetJson;
}): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const { state, discoveredLabels, labels, problem } = target;
  return (
    <details className="panel" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span className="row wraps small" style={{ display: 'inline-flex' }}>
          <StateMark
            tone={problem !== '' ? 'bad' : state === 'kept' ? 'good' : 'neutral'}
            label={problem !== '' ? 'cannot be scraped' : state}
          />
          <code className="wrap">{discoveredLabels['__address__']}</code>
          {problem !== '' && <span className="bad-text wrap">{problem}</span>}
        </span>
        {state === 'kept' && <LabelChips labels={labels} />}
      </summary>
      {isOpen && <RelabelSteps job={job} labels={discoveredLabels} />}
    </details>
  );
}
