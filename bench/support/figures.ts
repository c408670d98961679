import { loadavg } from 'node:os';

export interface Line {
  readonly bench: string;
  readonly case: string;
  readonly [figure: string]: string | number;
}

/** Of times in ms, to a tenth. */
export function quantiles(values: readonly number[]) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (q: number) =>
    rounded(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN);
  return { p50_ms: at(0.5), p90_ms: at(0.9), p99_ms: at(0.99), max_ms: at(1) };
}

export function rounded(value: number, digits = 1): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

/** The machine's load of the last minute, which tells whether it had other things to do. */
export function load(): number {
  return rounded(loadavg()[0] ?? Number.NaN, 2);
}

/** The number after `--name`. */
export function numberFlag(flags: readonly string[], name: string, fallback: number): number {
  const at = flags.indexOf(`--${name}`);
  if (at < 0) return fallback;
  const value = Number(flags[at + 1]);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} takes a number, not ${flags[at + 1]}`);
  return value;
}
