/** Functions of one number, applied to each sample of an instant vector. */
export const mathFunctions: ReadonlyMap<string, (value: number) => number> = new Map<
  string,
  (value: number) => number
>([
  ['abs', Math.abs],
  ['acos', Math.acos],
  ['acosh', Math.acosh],
  ['asin', Math.asin],
  ['asinh', Math.asinh],
  ['atan', Math.atan],
  ['atanh', Math.atanh],
  ['ceil', Math.ceil],
  ['cos', Math.cos],
  ['cosh', Math.cosh],
  ['deg', (value) => (value * 180) / Math.PI],
  ['exp', Math.exp],
  ['floor', Math.floor],
  ['ln', Math.log],
  ['log10', Math.log10],
  ['log2', Math.log2],
  ['rad', (value) => (value * Math.PI) / 180],
  ['sgn', Math.sign],
  ['sin', Math.sin],
  ['sinh', Math.sinh],
  ['sqrt', Math.sqrt],
  ['tan', Math.tan],
  ['tanh', Math.tanh],
]);

/** Functions of a Unix time in seconds, in UTC. */
export const timeFunctions: ReadonlyMap<string, (seconds: number) => number> = new Map<
  string,
  (seconds: number) => number
>([
  ['minute', (seconds) => dateOf(seconds).getUTCMinutes()],
  ['hour', (seconds) => dateOf(seconds).getUTCHours()],
  ['day_of_week', (seconds) => dateOf(seconds).getUTCDay()],
  ['day_of_month', (seconds) => dateOf(seconds).getUTCDate()],
  ['day_of_year', dayOfYear],
  ['days_in_month', daysInMonth],
  ['month', (seconds) => dateOf(seconds).getUTCMonth() + 1],
  ['year', (seconds) => dateOf(seconds).getUTCFullYear()],
]);

function dateOf(seconds: number): Date {
  return new Date(Math.trunc(seconds) * 1000);
}

function dayOfYear(seconds: number): number {
  const date = dateOf(seconds);
  const start = Date.UTC(date.getUTCFullYear(), 0, 1);
  return Math.floor((date.getTime() - start) / 86_400_000) + 1;
}

function daysInMonth(seconds: number): number {
  const date = dateOf(seconds);
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

/** `^` of IEEE 754: 1 to any power is 1, even NaN; JavaScript's own says NaN. */
export function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY)) return 1;
  return base ** exponent;
}
