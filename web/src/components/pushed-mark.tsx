import type { ReactElement } from 'react';
import type { PushedStateJson } from '../api/pushed.ts';
import { StateMark, type Tone } from './severity.tsx';

const marks: Readonly<Record<PushedStateJson, { readonly tone: Tone; readonly label: string }>> = {
  taken: { tone: 'good', label: 'taken' },
  refused: { tone: 'bad', label: 'refused' },
  stale: { tone: 'warn', label: 'stale' },
};

/** What became of the last push of a group. */
export function PushedMark({ state }: { readonly state: PushedStateJson }): ReactElement {
  return <StateMark {...marks[state]} />;
}
