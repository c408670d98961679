import { messageOf } from '../kit/app-error.ts';
import { typeOf } from '../promql/check.ts';
import { parseExpr } from '../promql/parser.ts';
import { templateProblem } from './expand.ts';

/** What a rule, or a group's labels, say; absent texts are ''. */
export interface RuleFields {
  readonly record?: string;
  readonly alert?: string;
  readonly expr?: string;
  readonly forMs?: number | undefined;
  readonly keepFiringForMs?: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface FieldProblem {
  /** Path below the rule. */
  readonly at: readonly string[];
  readonly problem: string;
}

/** Half of a surrogate pair, which no UTF-8 text holds. */
const halfCharacter = /\p{Surrogate}/u;

type NameValidation = 'utf8' | 'legacy';

/**
 * All that is wrong with one rule, as `promtool check rules` judges.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/#syntax-checking-rules
 */
export function problemsOfRule(rule: RuleFields, names: NameValidation): FieldProblem[] {
  const labelProblems = Object.entries(rule.labels).flatMap(([name, value]) =>
    labelProblem(name, value, names),
  );
  // Only a group's labels come without an expression field.
  if (rule.expr === undefined) return labelProblems;
  return [
    ...headProblems(rule, names),
    ...exprProblems(rule.expr),
    ...labelProblems,
    ...Object.keys(rule.annotations ?? {})
      .filter((name) => !isLabelName(name, names))
      .map((name) => ({ at: ['annotations', name], problem: `invalid annotation name: ${name}` })),
    ...(rule.alert ? templateProblems(rule) : []),
  ];
}

function headProblems(rule: RuleFields, names: NameValidation): FieldProblem[] {
  const { record = '', alert = '' } = rule;
  if (record !== '' && alert !== '') {
    return [{ at: [], problem: "only one of 'record' and 'alert' must be set" }];
  }
  if (record === '' && alert === '') return [{ at: [], problem: "one of 'record' or 'alert' must be set" }];
  if (alert !== '') return [];
  const problems: FieldProblem[] = [];
  const invalid = (field: string) =>
    problems.push({
      at: [field],
      problem: `invalid field '${field}' in recording rule; it belongs to alerts`,
    });
  if (rule.forMs !== undefined && rule.forMs !== 0) invalid('for');
  if (rule.keepFiringForMs !== undefined && rule.keepFiringForMs !== 0) invalid('keep_firing_for');
  if (Object.keys(rule.annotations ?? {}).length > 0) invalid('annotations');
  if (/[{}]/.test(record)) {
    problems.push({
      at: ['record'],
      problem: 'braces present in the recording rule name; labels go to `labels`',
    });
  } else if (names === 'legacy' && !/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(record)) {
    problems.push({ at: ['record'], problem: `invalid recording rule name: ${record}` });
  }
  return problems;
}

function exprProblems(text: string): FieldProblem[] {
  if (text.trim() === '') return [{ at: ['expr'], problem: "field 'expr' must be set in rule" }];
  try {
    const type = typeOf(parseExpr(text));
    if (type === 'vector' || type === 'scalar') return [];
    return [
      { at: ['expr'], problem: `could not use the expression: it gives a ${type}, not a vector or scalar` },
    ];
  } catch (error) {
    return [{ at: ['expr'], problem: `could not parse expression: ${messageOf(error)}` }];
  }
}

function labelProblem(name: string, value: string, names: NameValidation): FieldProblem[] {
  if (name === '__name__' || !isLabelName(name, names)) {
    return [{ at: ['labels', name], problem: `invalid label name: ${name}` }];
  }
  return !halfCharacter.test(value)
    ? []
    : [{ at: ['labels', name], problem: `invalid label value: ${value}` }];
}

function isLabelName(name: string, names: NameValidation): boolean {
  return names === 'legacy'
    ? /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)
    : name !== '' && !halfCharacter.test(name);
}

function templateProblems(rule: RuleFields): FieldProblem[] {
  return (['labels', 'annotations'] as const).flatMap((field) =>
    Object.entries(rule[field] ?? {}).flatMap(([name, text]) => {
      const problem = templateProblem(text);
      return problem === undefined
        ? []
        : [{ at: [field, name], problem: `template does not parse: ${problem}` }];
    }),
  );
}
