import { formatDuration } from '../../kit/duration.ts';
import type { LintFinding } from '../../model/rule-lint.ts';
import { findingOf, type LintedRule } from './linted-rule.ts';

/** A `for` that one evaluation more or less decides about. */
export function forBelowTwoIntervals(rule: LintedRule): LintFinding[] {
  const { spec, intervalMs } = rule;
  if (spec.kind !== 'alerting' || spec.forMs === 0 || spec.forMs >= 2 * intervalMs) return [];
  const times = spec.forMs < intervalMs ? 'no' : 'one';
  return [
    findingOf(rule, {
      lint: 'for-below-two-intervals',
      severity: 'warning',
      field: 'for',
      message: `"for: ${formatDuration(spec.forMs)}" holds ${times} evaluation between its start and its end, as the rule is evaluated every ${formatDuration(intervalMs)}: what is to last is hardly looked at, so a single odd sample decides whether somebody is paged. Set "for" to ${formatDuration(2 * intervalMs)} or more, or "interval" of the group to ${formatDuration(spec.forMs / 2)} or less.`,
    }),
  ];
}
