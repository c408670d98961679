import { metricName } from '../../model/labels.ts';
import type { AggregateExpr, BinaryExpr, Call, Expr, VectorSelector } from '../../promql/ast.ts';
import { comparisonOps } from '../../promql/ast.ts';
import { typeOf } from '../../promql/check.ts';
import {
  anyLabels,
  type LabelSet,
  mayHave,
  noLabels,
  only,
  restrictedTo,
  union,
  withNames,
  withoutNames,
} from './label-set.ts';

/**
 * The labels that the result of an expression may have, by what its operators keep, drop and add.
 *
 * Sources: https://prometheus.io/docs/prometheus/latest/querying/operators/ and …/functions/
 */
export function labelsOf(expr: Expr): LabelSet {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return noLabels;
    case 'paren':
    case 'subquery':
      return labelsOf(expr.expr);
    case 'unary':
      return withoutNames(labelsOf(expr.expr), [metricName]);
    case 'selector':
      return ofSelector(expr);
    case 'matrix':
      return ofSelector(expr.selector);
    case 'aggregate':
      return ofAggregate(expr);
    case 'call':
      return ofCall(expr);
    case 'binary':
      return ofBinary(expr);
  }
}

/** `{a=""}` asks for series without the label. */
function ofSelector({ matchers }: VectorSelector): LabelSet {
  const absent = matchers.filter(({ op, value }) => op === '=' && value === '').map(({ name }) => name);
  return withoutNames(anyLabels, absent);
}

/** These give series of their input as they are. */
const selecting: ReadonlySet<string> = new Set(['topk', 'bottomk', 'limitk', 'limit_ratio']);

function ofAggregate({ op, expr, param, grouping, without }: AggregateExpr): LabelSet {
  const inner = labelsOf(expr);
  if (selecting.has(op)) return inner;
  const kept = without ? withoutNames(inner, [...grouping, metricName]) : restrictedTo(inner, grouping);
  return op === 'count_values' && param?.kind === 'string' ? withNames(kept, [param.value]) : kept;
}

/** Functions whose series keep the metric's name. */
const keepName: ReadonlySet<string> = new Set([
  'last_over_time',
  'first_over_time',
  'sort',
  'sort_desc',
  'sort_by_label',
  'sort_by_label_desc',
  'info',
]);

function ofCall({ name, args }: Call): LabelSet {
  const texts = args.map((arg) => (arg.kind === 'string' ? arg.value : undefined));
  const vector = args.find((arg) => typeOf(arg) === 'vector' || typeOf(arg) === 'matrix');
  const inner = vector === undefined ? noLabels : labelsOf(vector);
  switch (name) {
    case 'absent':
    case 'absent_over_time':
      return ofAbsent(vector);
    case 'vector':
    case 'scalar':
    case 'time':
    case 'pi':
      return noLabels;
    case 'label_replace':
      return texts[1] === undefined
        ? inner
        : texts[2] === ''
          ? withoutNames(inner, [texts[1]])
          : withNames(inner, [texts[1]]);
    case 'label_join':
      return texts[1] === undefined ? inner : withNames(inner, [texts[1]]);
    case 'histogram_quantile':
    case 'histogram_fraction':
      return withoutNames(inner, [metricName, 'le']);
    case 'histogram_quantiles':
      return withNames(withoutNames(inner, [metricName, 'le']), texts[1] === undefined ? [] : [texts[1]]);
    case 'info':
      return anyLabels;
    default:
      return keepName.has(name) ? inner : withoutNames(inner, [metricName]);
  }
}

/** Of what is absent only what its selector says is known: labels that it asks for by `=`, once each. */
function ofAbsent(vector: Expr | undefined): LabelSet {
  let inner = vector;
  while (inner?.kind === 'paren' || inner?.kind === 'subquery') inner = inner.expr;
  const selector = inner?.kind === 'matrix' ? inner.selector : inner;
  if (selector?.kind !== 'selector') return noLabels;
  const { matchers } = selector;
  const times = (name: string) => matchers.filter((matcher) => matcher.name === name).length;
  return only(
    matchers
      .filter(({ name, op, value }) => op === '=' && value !== '' && name !== metricName && times(name) === 1)
      .map(({ name }) => name),
  );
}

function ofBinary({ op, left, right, returnBool, matching }: BinaryExpr): LabelSet {
  const [ofLeft, ofRight] = [labelsOf(left), labelsOf(right)];
  if (op === 'or') return union(ofLeft, ofRight);
  if (op === 'and' || op === 'unless') return ofLeft;
  const keepsName = comparisonOps.has(op) && !returnBool;
  const named = (set: LabelSet) => (keepsName ? set : withoutNames(set, [metricName]));
  if (typeOf(left) === 'scalar') return named(ofRight);
  if (typeOf(right) === 'scalar') return named(ofLeft);
  const { card, on, labels, include } = matching;
  if (card === 'one-to-one') return on ? restrictedTo(ofLeft, labels) : named(withoutNames(ofLeft, labels));
  const [many, one] = card === 'many-to-one' ? [ofLeft, ofRight] : [ofRight, ofLeft];
  const taken = include.filter((name) => mayHave(one, name));
  return withNames(named(withoutNames(many, include)), taken);
}
