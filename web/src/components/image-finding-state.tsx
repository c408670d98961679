import type { ReactElement } from 'react';
import { StateMark, type Tone } from './severity.tsx';

const marks: Readonly<Record<string, { readonly tone: Tone; readonly label: string }>> = {
  new: { tone: 'bad', label: 'New' },
  still: { tone: 'warn', label: 'Still there' },
  fixed: { tone: 'good', label: 'Fixed' },
  ignored: { tone: 'neutral', label: 'Ignored' },
};

/** How a vulnerability of an image stands. What is ignored is there still. */
export function ImageFindingState({ state }: { readonly state: string }): ReactElement {
  return <StateMark {...(marks[state] ?? { tone: 'plain', label: state })} />;
}
