import type { ValueType } from './ast.ts';

/** What a function takes and gives. */
export interface Signature {
  readonly args: readonly ValueType[];
  /** How many of the last arguments may be left out (> 0), or -1: the last may be repeated or left out. */
  readonly variadic: number;
  readonly returns: ValueType;
  /** Prometheus asks for a flag to use it. */
  readonly experimental: boolean;
}

const types = { v: 'vector', m: 'matrix', s: 'scalar', t: 'string' } as const;

function signature(
  args: string,
  options: { variadic?: number; returns?: ValueType; experimental?: boolean } = {},
): Signature {
  return {
    args: [...args].map((letter) => types[letter as keyof typeof types]),
    variadic: options.variadic ?? 0,
    returns: options.returns ?? 'vector',
    experimental: options.experimental ?? false,
  };
}

/** Functions that take one instant vector. */
const ofVector =
  'abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_avg histogram_count histogram_sum histogram_stddev histogram_stdvar ln log10 log2 rad sgn sin sinh sort sort_desc sqrt tan tanh timestamp';
/** Functions that take one range vector. */
const ofMatrix =
  'absent_over_time avg_over_time changes count_over_time delta deriv idelta increase irate last_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time stdvar_over_time sum_over_time';
const ofMatrixExperimental =
  'first_over_time mad_over_time ts_of_first_over_time ts_of_max_over_time ts_of_min_over_time ts_of_last_over_time';
/** Functions of a time, the evaluation's where none is given. */
const ofTime = 'days_in_month day_of_month day_of_week day_of_year hour minute month year';

function each(names: string, make: () => Signature): [string, Signature][] {
  return names.split(' ').map((name) => [name, make()]);
}

/**
 * Every function of the language.
 * Source: https://prometheus.io/docs/prometheus/latest/querying/functions/
 */
export const signatures: ReadonlyMap<string, Signature> = new Map([
  ...each(ofVector, () => signature('v')),
  ...each(ofMatrix, () => signature('m')),
  ...each(ofMatrixExperimental, () => signature('m', { experimental: true })),
  ...each(ofTime, () => signature('v', { variadic: 1 })),
  ...each('pi time', () => signature('', { returns: 'scalar' })),
  ...each('start end step range', () => signature('', { returns: 'scalar', experimental: true })),
  ...each('max_of min_of', () => signature('ss', { returns: 'scalar', experimental: true })),
  ...each('clamp_max clamp_min', () => signature('vs')),
  ['clamp', signature('vss')],
  ['round', signature('vs', { variadic: 1 })],
  ['scalar', signature('v', { returns: 'scalar' })],
  ['vector', signature('s')],
  ['predict_linear', signature('ms')],
  ['quantile_over_time', signature('sm')],
  ['double_exponential_smoothing', signature('mss', { experimental: true })],
  ['histogram_quantile', signature('sv')],
  ['histogram_quantiles', signature('vtss', { variadic: 9, experimental: true })],
  ['histogram_fraction', signature('ssv')],
  ['info', signature('vv', { variadic: 1, experimental: true })],
  ['label_replace', signature('vtttt')],
  ['label_join', signature('vttt', { variadic: -1 })],
  ...each('sort_by_label sort_by_label_desc', () => signature('vt', { variadic: -1, experimental: true })),
  ['start_timestamp', signature('v', { experimental: true })],
]);
