import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { useCancelJob, useStartJob } from '../api/operator.ts';
import { isRunning } from '../api/registries.ts';
import type { RegistryScanJson } from '../api/types.ts';
import { absolute } from '../format/time.ts';
import { count, counted } from '../format/words.ts';
import { StateMark, type Tone } from './severity.tsx';
import { Ago } from './time.tsx';
import './registry-scans.css';

const marks: Readonly<Record<RegistryScanJson['state'], { readonly tone: Tone; readonly label: string }>> = {
  running: { tone: 'neutral', label: 'Running' },
  whole: { tone: 'neutral', label: 'Done' },
  unfinished: { tone: 'warn', label: 'Unfinished' },
};

/** Looks through registries, each with how far it is, or why it ended before its end. */
export function RegistryScanList({ scans }: { readonly scans: readonly RegistryScanJson[] }): ReactElement {
  return (
    <ul className="registry-scans" aria-label="Scans of registries">
      {scans.map((scan) => (
        <Scan key={scan.job} scan={scan} />
      ))}
    </ul>
  );
}

function Scan({ scan }: { readonly scan: RegistryScanJson }): ReactElement {
  const { state, name, job, schedule, reason, startedAtMs } = scan;
  return (
    <li>
      <span className="row wraps">
        <StateMark {...marks[state]} />
        <Link to={`/jobs/${encodeURIComponent(job)}`} className="mono wrap">
          {name}
        </Link>
        <span className="dim small wrap">{scopeOf(scan)}</span>
        <span className="dim small">
          <Ago atMs={startedAtMs} />
          {schedule !== '' && (
            <>
              {' by '}
              <Link to={`/jobs?schedule=${encodeURIComponent(schedule)}`}>{schedule}</Link>
            </>
          )}
        </span>
        {isRunning(scan) ? <Cancel job={job} /> : <Again scan={scan} />}
      </span>
      <Progress scan={scan} />
      {reason !== '' && <p className="small wrap">{reason}</p>}
    </li>
  );
}

function scopeOf({ depth, include, exclude, platforms }: RegistryScanJson): string {
  return [
    depth === 1 ? 'the newest tag' : `the newest ${depth} tags`,
    ...(include.length === 0 ? [] : [`only ${include.join(', ')}`]),
    ...(exclude.length === 0 ? [] : [`not ${exclude.join(', ')}`]),
    `for ${platforms.join(', ')}`,
  ].join(', ');
}

function Progress({ scan }: { readonly scan: RegistryScanJson }): ReactElement {
  const { found, passedOver, done, failed, waitsUntilMs } = scan;
  const all = found - passedOver;
  const words = [
    isRunning(scan) && found === 0
      ? 'listing what it has'
      : `${count(done + failed)} of ${counted(all, 'image')}`,
    ...(failed === 0 ? [] : [`${count(failed)} not scanned`]),
    ...(passedOver === 0 ? [] : [`${count(passedOver)} scanned before`]),
    ...(waitsUntilMs === undefined ? [] : [`waits until ${absolute(waitsUntilMs)}, as the registry asks`]),
  ].join(', ');
  return (
    <span className="row wraps small">
      {isRunning(scan) && (
        <progress
          className="registry-progress"
          aria-label={`Progress of ${scan.name}`}
          max={Math.max(1, all)}
          value={found === 0 ? undefined : done + failed}
        />
      )}
      <span className="dim">{words}</span>
    </span>
  );
}

function Cancel({ job }: { readonly job: string }): ReactElement {
  const cancel = useCancelJob();
  return (
    <Button size="compact-xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(job)}>
      Cancel
    </Button>
  );
}

/** The same scope once more, which goes on with what is left of one that is unfinished. */
function Again({ scan }: { readonly scan: RegistryScanJson }): ReactElement {
  const start = useStartJob();
  const { name, depth, include, exclude, platforms, state } = scan;
  return (
    <>
      <Button
        size="compact-xs"
        variant="default"
        loading={start.isPending}
        onClick={() =>
          start.mutate({
            kind: 'registry',
            registry: {
              ...{ registryName: name, depth, include: [...include], exclude: [...exclude] },
              platforms: [...platforms],
            },
          })
        }
      >
        {state === 'unfinished' ? 'Go on' : 'Again'}
      </Button>
      {start.error !== null && (
        <span className="small wrap" role="alert">
          {start.error.message}
        </span>
      )}
    </>
  );
}
