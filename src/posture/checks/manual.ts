import type { Check } from '../control.ts';

/**
 * A check that no program can make. The control is unknown for the cluster as a whole, with what somebody has to look at.
 *
 * @param needs what to look at, as a sentence for the verdict.
 */
export function manualCheck(rule: string, needs: string): Check {
  return { rule, kinds: [], manual: `somebody has to look at it: ${needs}`, judge: () => [] };
}
