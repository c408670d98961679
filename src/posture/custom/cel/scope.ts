import type { Expr } from './ast.ts';
import type { Checked } from './checker.ts';
import type { Meter } from './cost.ts';
import type { Fault } from './fault.ts';
import type { CelValue } from './values.ts';

/** What one evaluation goes by. */
export interface Frame {
  readonly meter: Meter;
  /** The variables that macros bind, by the slot that the planner gave them. */
  readonly locals: CelValue[];
  variable(name: string): CelValue | Fault | undefined;
}

export type Step = (frame: Frame) => CelValue | Fault;

/** What planning knows at a place. */
export interface Scope {
  readonly checked: Checked;
  /** Of the variables that are bound here. */
  readonly slots: ReadonlyMap<string, number>;
  /** Plans a part. */
  plan(node: Expr, scope: Scope): Step;
}

/** A scope with further variables; one that hides another has a slot of its own all the same. */
export function withVariables(scope: Scope, names: readonly string[]): Scope {
  const slots = new Map(scope.slots);
  let next = Math.max(-1, ...scope.slots.values()) + 1;
  for (const name of names) slots.set(name, next++);
  return { ...scope, slots };
}
