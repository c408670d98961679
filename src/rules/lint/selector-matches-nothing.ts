import { nearest } from '../../kit/nearest.ts';
import { metricName } from '../../model/labels.ts';
import { formatMatcher, type Matcher } from '../../model/matcher.ts';
import type { LintFinding } from '../../model/rule-lint.ts';
import { childrenOf, type Expr, type VectorSelector } from '../../promql/ast.ts';
import { formatExpr } from '../../promql/format.ts';
import type { SeriesLookup } from './lint-surroundings.ts';
import { findingOf, type LintedRule } from './linted-rule.ts';
import { replaceExpr } from './replace-expr.ts';

/** So many values of a label are shown. */
const shownValues = 5;

/** Series that rules write: of those it is known that they come. */
export interface WrittenSeries {
  readonly recorded: ReadonlySet<string>;
}

/** A selector that no stored series matches: a typing error, an exporter that is missing, or a label that has changed. */
export async function selectorMatchesNothing(
  rule: LintedRule,
  lookup: SeriesLookup,
  { recorded }: WrittenSeries,
): Promise<LintFinding[]> {
  const found: LintFinding[] = [];
  const seen = new Set<string>();
  for (const selector of selectorsIn(rule.expr)) {
    const text = formatExpr({ ...selector, offset: undefined, at: undefined });
    if (seen.has(text) || recorded.has(selector.name) || isAlerts(selector.name)) continue;
    seen.add(text);
    if (await lookup.hasSeries(selector.matchers)) continue;
    const { why, better } = await reason(selector, lookup);
    found.push(
      findingOf(rule, {
        lint: 'selector-matches-nothing',
        severity: 'warning',
        field: 'expr',
        message: `"${text}" matches no series of the last ${lookup.window} in ${lookup.name}, so this part of the rule has nothing to look at. ${why}`,
        suggestion:
          better === undefined
            ? undefined
            : formatExpr(replaceExpr(rule.expr, (part) => replaced(part, selector, better))),
      }),
    );
  }
  return found;
}

/** Selectors but those within `absent()`, which are there to match nothing most of the time, and those after `unless`. */
function selectorsIn(expr: Expr): VectorSelector[] {
  if (expr.kind === 'selector') return [expr];
  if (expr.kind === 'matrix') return [expr.selector];
  if (expr.kind === 'call' && (expr.name === 'absent' || expr.name === 'absent_over_time')) return [];
  if (expr.kind === 'binary' && expr.op === 'unless') return selectorsIn(expr.left);
  return childrenOf(expr).flatMap(selectorsIn);
}

function isAlerts(name: string): boolean {
  return name === 'ALERTS' || name === 'ALERTS_FOR_STATE';
}

function replaced(part: Expr, selector: VectorSelector, better: VectorSelector): Expr | undefined {
  if (part === selector) return better;
  return part.kind === 'matrix' && part.selector === selector ? { ...part, selector: better } : undefined;
}

interface Reason {
  readonly why: string;
  readonly better?: VectorSelector;
}

/** Which of the matchers it is, and what was meant, where one is. */
async function reason(selector: VectorSelector, lookup: SeriesLookup): Promise<Reason> {
  const { name, matchers } = selector;
  const named: Matcher = { name: metricName, op: '=', value: name };
  if (name !== '' && !(await lookup.hasSeries([named]))) return reasonOfName(selector, lookup);
  for (const matcher of matchers) {
    if (matcher.name === metricName) continue;
    const others = matchers.filter((one) => one !== matcher);
    if (await lookup.hasSeries(others)) return reasonOfMatcher(selector, matcher, lookup);
  }
  return { why: 'Each of its matchers matches some series, but none matches all.' };
}

async function reasonOfName(selector: VectorSelector, lookup: SeriesLookup): Promise<Reason> {
  const { name, matchers } = selector;
  const meant = nearest(name, await lookup.labelValues(metricName, []));
  if (meant === undefined) return { why: `There is no metric ${name}; is its exporter scraped?` };
  const why = `There is no metric ${name}; ${meant} is there.`;
  const better = matchers.map((one) => (one.name === metricName ? { ...one, value: meant } : one));
  if (!(await lookup.hasSeries(better))) return { why };
  return { why, better: { ...selector, name: meant, matchers: better } };
}

/** Without this matcher there are series. */
async function reasonOfMatcher(
  selector: VectorSelector,
  matcher: Matcher,
  lookup: SeriesLookup,
): Promise<Reason> {
  const { matchers } = selector;
  const values = await lookup.labelValues(
    matcher.name,
    matchers.filter((one) => one !== matcher),
  );
  if (values.length === 0) return { why: `No such series has the label ${matcher.name}.` };
  const list = values
    .slice(0, shownValues)
    .map((value) => JSON.stringify(value))
    .join(', ');
  const more = values.length > shownValues ? ` and ${values.length - shownValues} more` : '';
  const why = `It is ${formatMatcher(matcher)} that none matches; ${matcher.name} is ${list}${more}.`;
  const meant = matcher.op === '=' ? nearest(matcher.value, values) : undefined;
  if (meant === undefined) return { why };
  const better = matchers.map((one) => (one === matcher ? { ...one, value: meant } : one));
  return { why, better: { ...selector, matchers: better } };
}
