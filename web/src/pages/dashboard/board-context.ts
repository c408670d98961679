import { createContext, useContext } from 'react';
import type { VariableState } from '../../../../src/dashboards/scope.ts';
import type { TimeRange } from '../../../../src/dashboards/time-range.ts';
import type { ShowContext } from '../../../../src/dashboards/units.ts';
import type { Mark } from './use-marks.ts';

/** What every panel of a dashboard sees. */
export interface BoardContext {
  readonly uid: string;
  readonly range: TimeRange;
  readonly states: readonly VariableState[];
  readonly marks: readonly Mark[];
  readonly sharedCursor: boolean;
  readonly show: ShowContext;
  /** `from=…&to=…`, for links. */
  readonly timeQuery: string;
  readonly onZoom: (fromMs: number, toMs: number) => void;
  /** Shows one panel alone; '' shows all. */
  readonly onView: (key: string) => void;
}

const context = createContext<BoardContext | undefined>(undefined);

export const BoardContextProvider = context.Provider;

export function useBoard(): BoardContext {
  const value = useContext(context);
  if (value === undefined) throw new Error('a panel stands outside of a dashboard');
  return value;
}
