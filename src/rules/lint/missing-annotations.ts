import type { LintFinding } from '../../model/rule-lint.ts';
import { findingOf, type LintedRule } from './linted-rule.ts';

/** What the alert says to the one who is paged. */
export function missingAnnotations(rule: LintedRule): LintFinding[] {
  const { spec } = rule;
  if (spec.kind !== 'alerting') return [];
  const has = (...names: readonly string[]) =>
    names.some((name) => (spec.annotations[name] ?? '').trim() !== '');
  const field = Object.keys(spec.annotations).length > 0 ? ({ field: 'annotations' } as const) : {};
  const found: LintFinding[] = [];
  if (!has('summary')) {
    const instead = ['title', 'message', 'description'].find((name) => has(name));
    found.push(
      findingOf(rule, {
        lint: 'missing-summary',
        severity: 'note',
        ...field,
        message: `There is no annotation "summary"${instead === undefined ? '' : `; what it says is in "${instead}"`}. Notification templates show the summary, so the message is empty there.`,
      }),
    );
  }
  if (!has('runbook_url', 'runbook')) {
    found.push(
      findingOf(rule, {
        lint: 'missing-runbook',
        severity: 'note',
        ...field,
        message:
          'There is no annotation "runbook_url": who is woken by this alert is not told what to do. Link to a page that says it.',
      }),
    );
  }
  return found;
}
