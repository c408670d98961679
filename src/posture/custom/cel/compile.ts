import type { Expr } from './ast.ts';
import { type Checked, check } from './checker.ts';
import { CelCompileError } from './compile-error.ts';
import { CostExceeded, Meter } from './cost.ts';
import { CelError, type Fault } from './fault.ts';
import { parse } from './parser.ts';
import { plan } from './planner.ts';
import { type CelType, formatType, sameType } from './types.ts';
import type { CelValue } from './values.ts';

/** An expression that was parsed, checked and made ready to be evaluated many times. */
export interface Program {
  readonly text: string;
  readonly ast: Expr;
  readonly type: CelType;
  /**
   * @param meter counts the cost, over several programs where they share one.
   * @param isPart whether another program is asking: what this one costs is then part of what that one does.
   */
  evaluate(
    variable: (name: string) => CelValue | Fault | undefined,
    meter?: Meter,
    isPart?: boolean,
  ): CelValue | Fault;
}

export interface CompileOptions {
  /** What the expression may name, and the types; nothing else. */
  readonly variables: ReadonlyMap<string, CelType>;
  /** What types it may have; any when left out. An expression of type dyn is none of them. */
  readonly returns?: readonly CelType[];
}

/**
 * Compiles an expression as Kubernetes does for admission policies.
 *
 * @throws {CelCompileError}
 */
export function compile(text: string, { variables, returns }: CompileOptions): Program {
  const ast = parse(text);
  const checked = check(text, ast, variables);
  const { type } = checked;
  if (returns?.every((one) => !sameType(one, type)) === true) {
    const wanted = returns.map(formatType);
    const message =
      wanted.length === 1
        ? `must evaluate to ${wanted[0]} but got ${formatType(type)}`
        : `must evaluate to one of ${wanted.join(', ')} but got ${formatType(type)}`;
    throw new CelCompileError(text, [{ message, at: 0 }]);
  }
  checkConversions(text, checked);
  const step = plan(ast, { checked, slots: new Map(), plan });
  return {
    text,
    ast,
    type,
    evaluate(variable, meter = new Meter(), isPart = false) {
      const frame = { meter, locals: [], variable };
      if (isPart) return step(frame);
      meter.begin();
      try {
        return step(frame);
      } catch (error) {
        if (error instanceof CostExceeded) return new CelError(error.message);
        throw error;
      }
    },
  };
}

const conversions: ReadonlySet<string> = new Set([
  ...['bool', 'bytes', 'double', 'duration', 'dyn', 'int', 'string', 'timestamp', 'type', 'uint'],
]);

/** What is converted and written out is converted at once, so that `uint(-1)` makes no program. @throws {CelCompileError} */
function checkConversions(text: string, { calls }: Checked): void {
  for (const [{ name, target, args, at }, { overloads }] of calls) {
    const [only] = args;
    if (target !== undefined || !conversions.has(name) || args.length !== 1 || only?.op !== 'literal')
      continue;
    const values = [only.value];
    const result = overloads.find((overload) => overload.accepts(values))?.call(...values);
    if (result instanceof CelError) throw new CelCompileError(text, [{ message: result.message, at }]);
  }
}
