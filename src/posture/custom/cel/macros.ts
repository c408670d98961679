import type { Expr, FoldMacro } from './ast.ts';

interface MacroCall {
  readonly name: string;
  readonly args: readonly Expr[];
  readonly target?: Expr;
  readonly at: number;
}

type Fail = (message: string, at: number) => never;

/** Macros by name: what they do with one variable and with two, and how many further arguments they take. */
const folds: Readonly<
  Record<string, { readonly one?: FoldMacro; readonly two?: FoldMacro; readonly filters?: true }>
> = {
  all: { one: 'all', two: 'all' },
  exists: { one: 'exists', two: 'exists' },
  exists_one: { one: 'existsOne', two: 'existsOne' },
  existsOne: { one: 'existsOne', two: 'existsOne' },
  filter: { one: 'filter' },
  map: { one: 'map', filters: true },
  transformList: { two: 'transformList', filters: true },
  transformMap: { two: 'transformMap', filters: true },
  transformMapEntry: { two: 'transformMapEntry', filters: true },
};

/**
 * What a call stands for when it is a macro; undefined when it is a plain call.
 *
 * Sources: https://github.com/google/cel-spec/blob/master/doc/langdef.md#macros,
 * https://pkg.go.dev/github.com/google/cel-go/ext#TwoVarComprehensions
 */
export function expandMacro({ name, args, target, at }: MacroCall, fail: Fail): Expr | undefined {
  if (name === 'has' && target === undefined && args.length === 1) {
    const [field] = args;
    if (field?.op !== 'select' || field.isTest)
      return fail('invalid argument to has() macro', field?.at ?? at);
    return { ...field, isTest: true };
  }
  if (target === undefined) return undefined;
  const [first, second] = args;
  if (
    (name === 'optMap' || name === 'optFlatMap') &&
    first !== undefined &&
    second !== undefined &&
    args.length === 2
  ) {
    const variable = nameOf(first, fail);
    return { op: 'optMap', at, operand: target, variable, body: second, isFlat: name === 'optFlatMap' };
  }
  const fold = Object.hasOwn(folds, name) ? folds[name] : undefined;
  return fold === undefined ? undefined : expandFold(fold, { args, target, at }, fail);
}

function expandFold(
  { one, two, filters }: NonNullable<(typeof folds)[string]>,
  { args, target: range, at }: { readonly args: readonly Expr[]; readonly target: Expr; readonly at: number },
  fail: Fail,
): Expr | undefined {
  const [first, second, third, fourth] = args;
  const isTwo = two !== undefined && (one === undefined || args.length === 3);
  if (first === undefined || second === undefined) return undefined;
  if (!isTwo) {
    if (one === undefined || args.length > (filters === true ? 3 : 2)) return undefined;
    const vars = [nameOf(first, fail)] as const;
    return third === undefined
      ? { op: 'fold', at, macro: one, range, vars, body: second }
      : { op: 'fold', at, macro: one, range, vars, where: second, body: third };
  }
  if (third === undefined || args.length > (filters === true ? 4 : 3)) return undefined;
  const vars = [nameOf(first, fail), nameOf(second, fail)] as const;
  if (vars[0] === vars[1]) fail(`duplicate iteration variable name: ${vars[0]}`, second.at);
  return fourth === undefined
    ? { op: 'fold', at, macro: two, range, vars, body: third }
    : { op: 'fold', at, macro: two, range, vars, where: third, body: fourth };
}

function nameOf(expr: Expr, fail: Fail): string {
  return expr.op === 'ident' ? expr.name : fail('argument must be a simple name', expr.at);
}
