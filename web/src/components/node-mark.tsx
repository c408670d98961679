import type { ReactElement } from 'react';
import type { NodeStateJson } from '../api/nodes.ts';
import { StateMark, type Tone } from './severity.tsx';

const marks: Readonly<Record<NodeStateJson, { readonly tone: Tone; readonly label: string }>> = {
  fresh: { tone: 'good', label: 'Answers' },
  stale: { tone: 'warn', label: 'Stale' },
  silent: { tone: 'bad', label: 'Silent' },
  waiting: { tone: 'plain', label: 'Waited for' },
};

/** Whether a node tells its facts. */
export function NodeMark({ state }: { readonly state: NodeStateJson }): ReactElement {
  return <StateMark {...marks[state]} />;
}
