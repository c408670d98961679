import type { ReactElement } from 'react';
import { Link } from 'react-router';
import type { ControlJson, ResourceJson } from '../api/types.ts';
import { count, percent } from '../format/words.ts';
import { SeverityMark, StateMark, type Tone } from './severity.tsx';
import './posture.css';

const tones: Readonly<Record<string, Tone>> = {
  pass: 'good',
  fail: 'bad',
  unknown: 'plain',
  excepted: 'warn',
};
const words: Readonly<Record<string, string>> = {
  pass: 'Passed',
  fail: 'Failed',
  unknown: 'Unknown',
  excepted: 'Excepted',
  'not-applicable': 'Nothing to judge',
};

/** The state of a verdict or of a control. Unknown has its own look, and is never green. */
export function VerdictMark({ state }: { readonly state: string }): ReactElement {
  return <StateMark tone={tones[state] ?? 'neutral'} label={words[state] ?? state} />;
}

/** The page of an object. */
export function resourcePath(key: string): string {
  return `/resource?key=${encodeURIComponent(key)}`;
}

/** Controls with where they stand; every count leads to its list. */
export function ControlRows({
  controls,
}: {
  readonly controls: readonly (ControlJson & { readonly number?: string })[];
}): ReactElement {
  return (
    <ul className="control-rows">
      {controls.map((control) => (
        <li key={control.id}>
          <VerdictMark state={control.state} />
          <span className="wrap">
            <Link to={`/controls/${control.id}`}>
              {control.number !== undefined && control.number !== '' && (
                <span className="mono small">{control.number} </span>
              )}
              {control.name}
            </Link>{' '}
            <span className="dim small mono nowrap">{control.id}</span>
          </span>
          <SeverityMark severity={control.severity} />
          <span className="small">
            <Counts counts={control.counts} query={`control=${control.id}`} />
          </span>
          <span className="small dim" title="Kubescape's compliance score of this control">
            {percent(control.compliance)}
          </span>
        </li>
      ))}
    </ul>
  );
}

const listed = ['fail', 'unknown', 'excepted', 'pass'] as const;

/** `3 failed · 1 unknown · 12 passed`, each with its list behind it. */
export function Counts({
  counts,
  query,
}: {
  readonly counts: ResourceJson['counts'];
  readonly query: string;
}): ReactElement {
  const shown = listed.filter((state) => counts[state] > 0);
  if (shown.length === 0) return <span className="dim">nothing to judge</span>;
  return (
    <span className="counts">
      {shown.map((state) => (
        <Link key={state} to={`/verdicts?state=${state}&${query}`}>
          {count(counts[state])} {words[state]?.toLowerCase()}
        </Link>
      ))}
    </span>
  );
}
