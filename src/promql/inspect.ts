import type { Matcher } from '../model/matcher.ts';
import { childrenOf, type Expr, type VectorSelector } from './ast.ts';
import { durationMs } from './durations.ts';

/** One place where an expression reads series. */
export interface SelectorUse {
  readonly matchers: readonly Matcher[];
  /** How far back from the evaluation time it reads: range, offset and the ranges of subqueries around it, look-back excluded. */
  readonly reachMs: number;
  /** How old what it reads is at least: its offsets, and those of subqueries around it. */
  readonly offsetMs: number;
  /** Whether its time is pinned by `@`. */
  readonly pinned: boolean;
}

/** The matchers of every selector in an expression: the series that it depends on. */
export function selectorsOf(expr: Expr): Matcher[][] {
  return selectorUsesOf(expr).map(({ matchers }) => [...matchers]);
}

/** Every selector in an expression, with how far back it reads. `step()` and `range()` count as 0, as in an instant query. */
export function selectorUsesOf(expr: Expr): SelectorUse[] {
  const uses: SelectorUse[] = [];
  collect(expr, { reachMs: 0, offsetMs: 0, pinned: false }, uses);
  return uses;
}

function collect(expr: Expr, outer: Omit<SelectorUse, 'matchers'>, uses: SelectorUse[]): void {
  const span = { stepMs: 0, rangeMs: 0 };
  const add = (selector: VectorSelector, rangeMs: number): void => {
    const offsetMs = selector.offset === undefined ? 0 : durationMs(selector.offset, span);
    uses.push({
      matchers: selector.matchers,
      reachMs: outer.reachMs + rangeMs + offsetMs,
      offsetMs: outer.offsetMs + offsetMs,
      pinned: outer.pinned || selector.at !== undefined,
    });
  };
  if (expr.kind === 'selector') add(expr, 0);
  else if (expr.kind === 'matrix') add(expr.selector, durationMs(expr.range, span));
  else if (expr.kind === 'subquery') {
    const offsetMs = expr.offset === undefined ? 0 : durationMs(expr.offset, span);
    const inner = {
      reachMs: outer.reachMs + durationMs(expr.range, span) + offsetMs,
      offsetMs: outer.offsetMs + offsetMs,
      pinned: outer.pinned || expr.at !== undefined,
    };
    collect(expr.expr, inner, uses);
  } else for (const child of childrenOf(expr)) collect(child, outer, uses);
}

/** Functions whose answer moves with the clock although no sample does. */
const clockFunctions = new Set([
  'time',
  'start',
  'end',
  'days_in_month',
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'hour',
  'minute',
  'month',
  'year',
]);

/**
 * Whether the answer can change with time alone, with no new sample: through ranges and subqueries that samples leave,
 * offsets, and functions of the clock. (Any selector also forgets a series after the look-back without a staleness marker.)
 */
export function movesWithTime(expr: Expr): boolean {
  if (expr.kind === 'matrix' || expr.kind === 'subquery') return true;
  if (expr.kind === 'selector' && (expr.offset !== undefined || expr.extension !== undefined)) return true;
  if (expr.kind === 'call' && clockFunctions.has(expr.name)) return true;
  return childrenOf(expr).some(movesWithTime);
}
