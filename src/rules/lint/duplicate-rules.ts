import { labelsKey } from '../../model/labels.ts';
import type { LintFinding } from '../../model/rule-lint.ts';
import { findingOf, type LintedRule } from './linted-rule.ts';

/** Rules of the same kind, name and labels in one file: legal, but the series of one overwrite those of the other. */
export function duplicateRules(rules: readonly LintedRule[]): LintFinding[] {
  const first = new Map<string, LintedRule>();
  return rules.flatMap((rule) => {
    const { kind, name, labels, place } = rule.spec;
    const key = [place.file, kind, name, labelsKey(labels)].join('\n');
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, rule);
      return [];
    }
    return [
      findingOf(rule, {
        lint: 'duplicate-rules',
        severity: 'warning',
        message: `There is a rule with this name and these labels at line ${other.spec.place.line} already: they write the same series, so each overwrites what the other said. Give one of them another name or label.`,
      }),
    ];
  });
}
