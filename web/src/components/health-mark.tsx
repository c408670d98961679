import type { ReactElement } from 'react';
import { StateMark, type Tone } from './severity.tsx';

const marks: Readonly<Record<string, { readonly tone: Tone; readonly label: string }>> = {
  up: { tone: 'good', label: 'up' },
  down: { tone: 'bad', label: 'down' },
  unknown: { tone: 'plain', label: 'not scraped yet' },
  ok: { tone: 'good', label: 'ok' },
  err: { tone: 'bad', label: 'failing' },
  'not-evaluated': { tone: 'plain', label: 'not evaluated yet' },
  working: { tone: 'good', label: 'working' },
  failing: { tone: 'bad', label: 'failing' },
  waiting: { tone: 'plain', label: 'waiting' },
  'nothing-found': { tone: 'warn', label: 'nothing found' },
  invalid: { tone: 'bad', label: 'not valid' },
  'not-selected': { tone: 'neutral', label: 'not selected' },
  failed: { tone: 'bad', label: 'no' },
  warning: { tone: 'warn', label: 'partly' },
  'cannot-tell': { tone: 'plain', label: 'unknown' },
  firing: { tone: 'bad', label: 'firing' },
  pending: { tone: 'warn', label: 'pending' },
  inactive: { tone: 'good', label: 'inactive' },
};

/** How something that watches goes: shape, colour and word. A state that is not known shows as its own word. */
export function HealthMark({ state }: { readonly state: string }): ReactElement {
  const { tone, label } = marks[state] ?? { tone: 'plain', label: state };
  return <StateMark tone={tone} label={label} />;
}
