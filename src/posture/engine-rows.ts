import { type StateTable, stateCountsOf, tallies } from './engine-counts.ts';
import type { MissingVerdicts } from './engine-missing.ts';
import type { Plan, PlannedControl } from './engine-plan.ts';
import type { ControlCounts, ResourceState } from './engine-types.ts';

/** What has been counted, as {@link ControlCounts} by control and namespace. */
export interface Counted {
  readonly plan: Plan;
  readonly states: StateTable;
  readonly missing: MissingVerdicts;
}

/** A row for each control and namespace with a verdict. */
export function* countRows(counted: Counted): IterableIterator<ControlCounts> {
  for (const column of counted.plan.controls.keys())
    for (const [namespace, counts] of counted.states.countsOf(column))
      yield rowOf(counted, column, namespace, counts);
}

/** One row; undefined when the control says nothing of any object there. */
export function countRow(counted: Counted, controlId: string, namespace: string): ControlCounts | undefined {
  const column = counted.plan.columnOf(controlId);
  const counts = counted.states.countsOf(column).get(namespace);
  return counts === undefined ? undefined : rowOf(counted, column, namespace, counts);
}

function rowOf(
  { plan, missing }: Counted,
  column: number,
  namespace: string,
  counts: Uint32Array,
): ControlCounts {
  return {
    controlId: plan.controls[column]?.id ?? '',
    control: plan.controls[column]?.name ?? '',
    severity: plan.severities[column] ?? 'unknown',
    namespace,
    missing: namespace === '' ? missing.countOf(column) : 0,
    states: stateCountsOf(counts),
  };
}

/** Over how many controls one object failed, could not be judged and passed. */
export function tallyOf(
  states: StateTable,
  row: number,
  planned: readonly PlannedControl[],
  isWanted: (column: number) => boolean,
): Pick<ResourceState, 'failed' | 'unknown' | 'passed'> {
  const counts = { failed: 0, unknown: 0, passed: 0 };
  for (const { column } of planned) {
    const tally = isWanted(column) ? tallies[states.get(row, column)] : undefined;
    if (tally !== undefined) counts[tally]++;
  }
  return counts;
}
