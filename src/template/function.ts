/** What a parameter takes: `any`, or exactly the Go type of that name (`string`, `int`, `float64`, `bool`, `[]string`, `time.Time` …). */
export type ParameterType =
  | 'any'
  | 'string'
  | 'int'
  | 'int64'
  | 'float64'
  | 'bool'
  | '[]string'
  | (string & {});

/** A function with declared parameters: the number and the types of the arguments are checked as Go's are. */
export interface TypedFunction {
  readonly parameters: readonly ParameterType[];
  /** The type of any number of further arguments. */
  readonly rest?: ParameterType | undefined;
  /** What it throws becomes the template's error. `[]string` arrives as an array, scalars as JavaScript's own. */
  readonly call: (...args: never[]) => unknown;
}

/**
 * A function that templates can call. A bare function takes any number of arguments of any type; to have Go's checks,
 * declare it with {@link typed}. Arguments and results are as `value.ts` says.
 */
export type TemplateFunction = ((...args: unknown[]) => unknown) | TypedFunction;

/**
 * Declares a function's parameters. A last parameter that starts with `...` takes any number of arguments:
 * `typed(['string', '...any'], (format: string, ...args: unknown[]) => …)`.
 */
export function typed(
  parameters: readonly (ParameterType | `...${string}`)[],
  call: (...args: never[]) => unknown,
): TypedFunction {
  const last = parameters.at(-1);
  if (!last?.startsWith('...')) return { parameters, call };
  return { parameters: parameters.slice(0, -1), rest: last.slice(3), call };
}
