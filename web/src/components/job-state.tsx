import type { ReactElement } from 'react';
import type { JobJson } from '../api/types.ts';
import { count } from '../format/words.ts';
import { StateMark, type Tone } from './severity.tsx';

const marks: Readonly<Record<JobJson['state'], { readonly tone: Tone; readonly label: string }>> = {
  queued: { tone: 'plain', label: 'waiting' },
  running: { tone: 'plain', label: 'running' },
  done: { tone: 'good', label: 'done' },
  failed: { tone: 'bad', label: 'failed' },
  cancelled: { tone: 'neutral', label: 'cancelled' },
};

export function JobState({ state }: { readonly state: JobJson['state'] }): ReactElement {
  const { tone, label } = marks[state];
  return <StateMark tone={tone} label={label} />;
}

/** What came of a job in a few words; why nothing did where it failed. */
export function outcomeOf({ result, reason }: JobJson): string {
  if (reason !== '') return reason;
  switch (result?.type) {
    case 'posture': {
      const failed = result.failed.critical + result.failed.high;
      return `score ${Math.floor(result.score)}, ${count(failed)} critical or high of ${count(result.verdicts.fail)} failed`;
    }
    case 'images':
      return `${count(result.images)} images, ${count(result.vulnerabilities.critical)} critical, ${count(result.fixable)} fixable`;
    case 'schedule':
      return result.schedules.join(', ');
    case 'check':
      return result.answer;
    default:
      return '';
  }
}
