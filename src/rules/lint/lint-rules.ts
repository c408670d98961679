import { type LintFinding, lintSeverities, type RuleLint, ruleLints } from '../../model/rule-lint.ts';
import { parseExpr } from '../../promql/parser.ts';
import type { RuleFile } from '../rule-file.ts';
import { countBelowOne } from './count-below-one.ts';
import { counterWithoutRate } from './counter-without-rate.ts';
import { duplicateRules } from './duplicate-rules.ts';
import { forBelowTwoIntervals } from './for-below-two-intervals.ts';
import type { LintRouting, SeriesLookup } from './lint-surroundings.ts';
import type { LintedRule } from './linted-rule.ts';
import { missingAnnotations } from './missing-annotations.ts';
import { noRoute } from './no-route.ts';
import { selectorMatchesNothing } from './selector-matches-nothing.ts';
import { templateLabelDropped } from './template-label-dropped.ts';

export interface LintOptions {
  /** Interval of groups that set none. */
  readonly evaluationIntervalMs: number;
  /** All when left out. */
  readonly lints?: ReadonlySet<RuleLint>;
  /** Stored series; without them nothing is said of what is there. */
  readonly lookup?: SeriesLookup;
  /** The alerting configuration; without it nothing is said of routes. */
  readonly routing?: LintRouting;
  readonly signal?: AbortSignal;
}

/** How long rules may hold the event loop at a time. */
const sliceMs = 10;

/**
 * What is wrong with rules although they load: by file and line, then the gravest first.
 *
 * @throws what the lookup throws when it cannot be asked.
 */
export async function lintRules(
  files: readonly RuleFile[],
  options: LintOptions,
): Promise<readonly LintFinding[]> {
  const { lints = new Set(ruleLints), evaluationIntervalMs } = options;
  const rules = files.flatMap(({ groups }) =>
    groups.flatMap((group) =>
      group.rules.map(
        (spec): LintedRule => ({
          spec,
          expr: parseExpr(spec.expr),
          group,
          intervalMs: group.intervalMs || evaluationIntervalMs,
        }),
      ),
    ),
  );
  const recorded = new Set(rules.flatMap(({ spec }) => (spec.kind === 'recording' ? [spec.name] : [])));
  const found: LintFinding[] = [...duplicateRules(rules)];
  let turnMs = performance.now();
  for (const rule of rules) {
    options.signal?.throwIfAborted();
    found.push(...(await lintRule(rule, recorded, options)));
    if (performance.now() - turnMs < sliceMs) continue;
    await new Promise((resolve) => setImmediate(resolve));
    turnMs = performance.now();
  }
  return found.filter(({ lint }) => lints.has(lint)).sort(byPlace);
}

async function lintRule(
  rule: LintedRule,
  recorded: ReadonlySet<string>,
  { lookup, routing, lints }: LintOptions,
): Promise<LintFinding[]> {
  const asksStore = lookup !== undefined && lints?.has('selector-matches-nothing') !== false;
  return [
    ...countBelowOne(rule),
    ...(await counterWithoutRate(rule, lookup)),
    ...forBelowTwoIntervals(rule),
    ...templateLabelDropped(rule),
    ...(asksStore ? await selectorMatchesNothing(rule, lookup, { recorded }) : []),
    ...(routing === undefined ? [] : noRoute(rule, routing)),
    ...missingAnnotations(rule),
  ];
}

function byPlace(a: LintFinding, b: LintFinding): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || lintSeverities.indexOf(a.severity) - lintSeverities.indexOf(b.severity);
}
