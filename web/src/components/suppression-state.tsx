import type { ReactElement } from 'react';
import type { SuppressionJson } from '../api/types.ts';
import { StateMark } from './severity.tsx';

/** Whether a silence or an exception holds now. */
export function SuppressionState({
  one: { state, windows },
}: {
  readonly one: Pick<SuppressionJson, 'state' | 'windows'>;
}): ReactElement {
  if (state === 'active') return <StateMark tone="warn" label="active" />;
  if (state === 'expired') return <StateMark tone="plain" label="ended" />;
  return <StateMark tone="plain" label={windows.length > 0 ? 'between windows' : 'to come'} />;
}
