import { Button } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { Link } from 'react-router';
import { useDeleteSchedule, usePauseSchedule, useRunSchedule, useSchedules } from '../api/operator.ts';
import type { ScheduleJson } from '../api/types.ts';
import { JobState, outcomeOf } from '../components/job-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { ScanTabs } from '../components/scan-tabs.tsx';
import { ScheduleForm } from '../components/schedule-form.tsx';
import { StateMark } from '../components/severity.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { absolute } from '../format/time.ts';
import { counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import './job.css';

/** Recurring scans: what is scanned by the clock, when next, and what came of it last. */
export function Schedules(): ReactElement {
  useTitle('Recurring scans');
  const query = useSchedules();
  return (
    <div className="page">
      <header>
        <h1>Recurring scans</h1>
        <span className="dim" role="status">
          {query.data === undefined ? '' : counted(query.data.items.length, 'recurring scan')}
        </span>
      </header>
      <ScanTabs />
      <Loaded
        query={query}
        what="load the recurring scans"
        loading={<Loading lines={8} label="Loading the recurring scans" />}
      >
        {({ items, keeper, problem }) => (
          <>
            {problem !== '' && (
              <div className="banner" role="status">
                <span className="wrap">
                  {keeper === 'built-in' ? 'New ones are run by Skopos itself' : 'Not all may be shown'}:{' '}
                  {problem}
                </span>
              </div>
            )}
            {items.length === 0 ? (
              <Empty title="Nothing is scanned by the clock">
                <p>
                  Changes are judged as they come, so configuration needs no clock. A recurring scan notes how
                  it stands at fixed times, and scans images and registries again for new vulnerabilities.
                </p>
              </Empty>
            ) : (
              <ul className="schedules">
                {items.map((schedule) => (
                  <Schedule key={`${schedule.runBy}/${schedule.name}`} schedule={schedule} />
                ))}
              </ul>
            )}
            <section className="panel stack">
              <h2>New recurring scan</h2>
              <ScheduleForm keeper={keeper} />
            </section>
          </>
        )}
      </Loaded>
    </div>
  );
}

function Schedule({ schedule }: { readonly schedule: ScheduleJson }): ReactElement {
  const { name, about, cron, timeZone, runBy, madeBy, nextMs, isPaused, lastRun, problem } = schedule;
  const by =
    runBy === 'skopos' ? 'Skopos itself' : `a CronJob${madeBy === 'kubescape' ? ' of Kubescape' : ''}`;
  return (
    <li className="panel stack tight">
      <div className="row spread wraps">
        <span className="row wraps">
          <strong>{name}</strong>
          <span className="dim small">Scan of {about}</span>
        </span>
        <Actions schedule={schedule} />
      </div>
      {problem !== '' && <StateMark tone="bad" label={problem} />}
      <dl className="job-facts">
        <div>
          <dt>When</dt>
          <dd>
            <span className="mono">{cron}</span> {timeZone || 'UTC'}
          </dd>
        </div>
        <div>
          <dt>Next</dt>
          <dd>{isPaused ? 'paused' : nextMs === undefined ? 'no more' : absolute(nextMs)}</dd>
        </div>
        <div>
          <dt>Run by</dt>
          <dd>{by}</dd>
        </div>
        <div>
          <dt>
            <Link to={`/jobs?schedule=${encodeURIComponent(name)}`}>Last run</Link>
          </dt>
          <dd>
            {lastRun === undefined ? (
              'none is remembered'
            ) : (
              <span className="row wraps">
                <JobState state={lastRun.state} />
                <Link to={`/jobs/${encodeURIComponent(lastRun.id)}`} className="small">
                  <Ago atMs={lastRun.createdAtMs} />
                </Link>
                <span className="small dim">{outcomeOf(lastRun)}</span>
              </span>
            )}
          </dd>
        </div>
      </dl>
    </li>
  );
}

function Actions({ schedule }: { readonly schedule: ScheduleJson }): ReactElement {
  const { name, isPaused, runBy } = schedule;
  const [sure, setSure] = useState(false);
  const run = useRunSchedule();
  const pause = usePauseSchedule();
  const remove = useDeleteSchedule();
  const error = run.error ?? pause.error ?? remove.error;
  return (
    <span className="row wraps">
      <Button
        size="compact-xs"
        loading={run.isPending}
        onClick={() => run.mutate(name)}
        aria-label={`Run now: ${name}`}
      >
        Run now
      </Button>
      <Button
        size="compact-xs"
        variant="default"
        loading={pause.isPending}
        onClick={() => pause.mutate(schedule)}
        aria-label={`${isPaused ? 'Resume' : 'Pause'} ${name}`}
      >
        {isPaused ? 'Resume' : 'Pause'}
      </Button>
      {sure ? (
        <>
          <Button
            size="compact-xs"
            color="red"
            loading={remove.isPending}
            onClick={() => remove.mutate(name)}
          >
            Delete {name}
            {runBy === 'cronjob' && ' with its CronJob'}
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => setSure(false)}>
            Keep it
          </Button>
        </>
      ) : (
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => setSure(true)}
          aria-label={`Delete ${name}`}
        >
          Delete…
        </Button>
      )}
      {error !== null && (
        <span className="small wrap" role="alert">
          {error.message}
        </span>
      )}
    </span>
  );
}
