import type { LintFinding, LintSeverity, RuleLint } from '../../model/rule-lint.ts';
import type { Expr } from '../../promql/ast.ts';
import type { GroupSpec, RuleSpec } from '../rule-file.ts';

/** One rule as lints look at it. */
export interface LintedRule {
  readonly spec: RuleSpec;
  readonly expr: Expr;
  readonly group: GroupSpec;
  /** How often it is evaluated. */
  readonly intervalMs: number;
}

/** A field of a rule, by its key in the file. */
export type RuleField = 'expr' | 'for' | 'labels' | 'annotations';

/** Makes the finding of a lint. `field` tells where in the file to look. */
export function findingOf(
  { spec, group }: LintedRule,
  what: {
    readonly lint: RuleLint;
    readonly severity: LintSeverity;
    readonly message: string;
    readonly suggestion?: string | undefined;
    readonly field?: RuleField;
  },
): LintFinding {
  const { lint, severity, message, suggestion, field } = what;
  return {
    lint,
    severity,
    file: spec.place.file,
    line: (field === undefined ? undefined : spec.fieldLines?.[field]) ?? spec.place.line,
    group: group.name,
    rule: spec.name,
    kind: spec.kind,
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}
