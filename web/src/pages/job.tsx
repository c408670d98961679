import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link, useParams } from 'react-router';
import { appRoot } from '../api/client.ts';
import { goesOn, useCancelJob, useJob, useJobs } from '../api/operator.ts';
import type { JobDetailJson, JobResultJson } from '../api/types.ts';
import { JobState, outcomeOf } from '../components/job-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { ScanTabs } from '../components/scan-tabs.tsx';
import { Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { duration } from '../format/time.ts';
import { count, counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { jobPath } from './jobs.tsx';
import './job.css';

/** One job: who asked for it, what came of it, and its parts. */
export function Job(): ReactElement {
  const { id = '' } = useParams();
  const query = useJob(id);
  useTitle(query.data?.title ?? 'Job');
  return (
    <div className="page">
      <header>
        <h1 className="wrap">{query.data?.title ?? 'Job'}</h1>
      </header>
      <ScanTabs />
      <Loaded query={query} what="load the job" loading={<Loading lines={6} label="Loading the job" />}>
        {(job) => <Detail job={job} />}
      </Loaded>
    </div>
  );
}

function Detail({ job }: { readonly job: JobDetailJson }): ReactElement {
  const { id, state, reason, result, startedAtMs, endedAtMs } = job;
  const took = startedAtMs === undefined || endedAtMs === undefined ? undefined : endedAtMs - startedAtMs;
  const parts = Object.values(job.parts).reduce((sum, of) => sum + of, 0);
  return (
    <>
      <section className="panel stack">
        <div className="row spread wraps">
          <span className="row wraps">
            <JobState state={state} />
            <span className="dim small">
              asked for <Ago atMs={job.createdAtMs} />
              {took !== undefined && `, took ${duration(took)}`}
            </span>
          </span>
          {goesOn(job) && <Cancel id={id} />}
        </div>
        {reason !== '' && <p className="wrap">{reason}</p>}
        <dl className="job-facts">
          <Fact name="Command">{job.command}</Fact>
          <Fact name="Asked by">
            {job.schedule === '' ? (
              job.origin
            ) : (
              <Link to={`/jobs?schedule=${encodeURIComponent(job.schedule)}`}>{job.schedule}</Link>
            )}
          </Fact>
          {job.parentId !== '' && (
            <Fact name="Part of">
              {job.isPart ? (
                <Link to={`/jobs/${encodeURIComponent(job.parentId)}`} className="mono">
                  {job.parentId}
                </Link>
              ) : (
                <span className="mono">{job.parentId}</span>
              )}
            </Fact>
          )}
          <Fact name="Job">
            <Link to={`/ledger?cause=${encodeURIComponent(id)}`} className="mono wrap">
              {id}
            </Link>
          </Fact>
        </dl>
        {job.hasReport && (
          <a href={new URL(`api/skopos/v1/jobs/${encodeURIComponent(id)}/report`, appRoot).href}>
            Report in Kubescape’s form (JSON)
          </a>
        )}
      </section>
      {result !== undefined && <Result result={result} />}
      {parts > 0 && <Parts id={id} total={parts} />}
    </>
  );
}

function Fact({
  name,
  children,
}: {
  readonly name: string;
  readonly children: React.ReactNode;
}): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Cancel({ id }: { readonly id: string }): ReactElement {
  const cancel = useCancelJob();
  return (
    <span className="row wraps">
      <Button size="xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(id)}>
        Cancel it
      </Button>
      {cancel.error !== null && (
        <span className="small wrap" role="alert">
          {cancel.error.message}
        </span>
      )}
    </span>
  );
}

function Result({ result }: { readonly result: JobResultJson }): ReactElement {
  return (
    <section className="panel stack">
      <h2>What came of it</h2>
      <dl className="job-facts">
        {factsOf(result).map(([name, value]) => (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ))}
      </dl>
      {result.warnings.length > 0 && (
        <ul className="stack tight small" aria-label="Warnings">
          {result.warnings.map((warning) => (
            <li key={warning} className="wrap">
              {warning}
            </li>
          ))}
        </ul>
      )}
      {result.type === 'posture' && (
        <p className="small">
          As it stands now: <Link to="/findings">findings</Link>, <Link to="/frameworks">frameworks</Link>
        </p>
      )}
    </section>
  );
}

function factsOf(result: JobResultJson): readonly (readonly [name: string, value: string])[] {
  const severities = (of: Readonly<Record<string, number>>): string =>
    Object.entries(of)
      .filter(([, number]) => number > 0)
      .map(([severity, number]) => `${count(number)} ${severity}`)
      .join(', ') || 'none';
  switch (result.type) {
    case 'posture':
      return [
        ['Score', score(result)],
        ...result.frameworks.map((framework) => [framework.name, score(framework)] as const),
        ['Judged again', counted(result.objects, 'object')],
        ['Failed verdicts', severities(result.failed)],
        ['Unknown', count(result.verdicts.unknown)],
        ['Excepted', count(result.verdicts.excepted)],
        ['Controls', severities(result.controls)],
        ['Other than known', result.corrected === 0 ? 'none' : counted(result.corrected, 'verdict')],
      ];
    case 'images':
      return [
        ['Images', count(result.images)],
        ['Not scanned', count(result.failedImages)],
        ['Vulnerabilities', severities(result.vulnerabilities)],
        ['Fixable', count(result.fixable)],
      ];
    case 'schedule':
      return [['Recurring scans', result.schedules.join(', ')]];
    case 'check':
      return [['Answer', result.answer]];
  }
}

/** Kubescape's whole number, and ours beside it where what is unknown makes it another. */
function score({
  score: compliance,
  honest,
}: {
  readonly score: number;
  readonly honest?: number | undefined;
}): string {
  const whole = Math.floor(compliance);
  const own = honest === undefined ? whole : Math.floor(honest);
  return own === whole ? `${whole}` : `${whole}, ${own} where unknown did not pass`;
}

function Parts({ id, total }: { readonly id: string; readonly total: number }): ReactElement {
  const query = useJobs({ parent: id });
  return (
    <section className="panel stack">
      <h2>{counted(total, 'part')}</h2>
      <Loaded query={query} what="load its parts" loading={<Loading lines={4} label="Loading the parts" />}>
        {({ items }) => (
          <ul className="job-parts">
            {items.map((part) => (
              <li key={part.id}>
                <JobState state={part.state} />
                <span className="wrap">
                  <Link to={jobPath(part)}>{part.title}</Link>{' '}
                  <span className="dim small">{outcomeOf(part)}</span>
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}
