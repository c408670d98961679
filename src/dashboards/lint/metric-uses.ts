import { didYouMean } from '../../kit/nearest.ts';
import { safeRegex } from '../../kit/regex.ts';
import type { Matcher } from '../../model/matcher.ts';
import { selectorsOf } from '../../promql/inspect.ts';
import { parseExpr, parseSelector } from '../../promql/parser.ts';

/** What is wrong with an expression: that it is none, or metrics that nothing brings. */
export function problemsOf(expr: string, metrics: ReadonlySet<string> | undefined): string[] {
  let selectors: Matcher[][];
  try {
    selectors = selectorsOf(parseExpr(expr));
  } catch (error) {
    return [`${(error as Error).message} in ${expr}`];
  }
  return metrics === undefined ? [] : selectors.flatMap((matchers) => unknownMetric(matchers, metrics));
}

/** The same for what `label_values(…)` and the like select series by. */
export function selectorProblems(selector: string, metrics: ReadonlySet<string> | undefined): string[] {
  try {
    const matchers = parseSelector(selector);
    return metrics === undefined ? [] : unknownMetric(matchers, metrics);
  } catch (error) {
    return [`${(error as Error).message} in ${selector}`];
  }
}

function unknownMetric(matchers: readonly Matcher[], metrics: ReadonlySet<string>): string[] {
  const name = matchers.find((matcher) => matcher.name === '__name__');
  if (name === undefined || name.op === '!=' || name.op === '!~') return [];
  if (name.op === '=') {
    if (metrics.has(name.value)) return [];
    return [`there is no metric ${name.value}${didYouMean(name.value, metrics)}`];
  }
  const pattern = safeRegex(name.value);
  for (const metric of metrics) if (pattern.matches(metric)) return [];
  return [`there is no metric that ${name.value} matches`];
}
