import type { Labels } from './labels.ts';

/** One reading. `atMs`: Unix time in milliseconds. `value`: any IEEE double, NaN included. */
export interface Sample {
  readonly atMs: number;
  readonly value: number;
}

/**
 * One series' samples, oldest first, in two arrays of equal length. A staleness marker is a NaN with the bits of
 * {@link staleNaNBits}; ask with {@link isStaleAt}, as JavaScript may not keep the bits of a NaN that passes through a variable.
 */
export interface SeriesSamples {
  readonly labels: Labels;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

/** High and low 32 bits of Prometheus' staleness marker, 0x7ff0000000000002. */
export const staleNaNBits = { high: 0x7ff00000, low: 0x00000002 } as const;

/** Whether the value at `index` is a staleness marker. Little-endian machines only, as are all that Node runs on. */
export function isStaleAt(values: Float64Array, index: number): boolean {
  const value = values[index];
  if (!Number.isNaN(value)) return false;
  const words = new Uint32Array(values.buffer, values.byteOffset + index * 8, 2);
  return words[0] === staleNaNBits.low && words[1] === staleNaNBits.high;
}

/** Writes a staleness marker at `index`. */
export function setStaleAt(values: Float64Array, index: number): void {
  const words = new Uint32Array(values.buffer, values.byteOffset + index * 8, 2);
  words[0] = staleNaNBits.low;
  words[1] = staleNaNBits.high;
}
