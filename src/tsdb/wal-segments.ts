import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const pageBytes = 32 * 1024;
export const segmentBytes = 128 * 1024 * 1024;
export const headerBytes = 7;

/** Kinds of fragments; a record that crosses the end of a page is cut into several. */
export const fragments = { rest: 0, full: 1, first: 2, middle: 3, last: 4 } as const;

/** `00000012` for 12, as Prometheus names segments. */
export function segmentName(index: number): string {
  return String(index).padStart(8, '0');
}

/** Indices of the segments in a directory, rising. */
export function listSegments(dir: string): number[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((name) => /^\d{8,}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** The newest checkpoint: a directory that stands for all segments up to its index. */
export function newestCheckpoint(dir: string): { readonly path: string; readonly index: number } | undefined {
  const index = checkpointIndices(dir).at(-1);
  return index === undefined ? undefined : { path: join(dir, `checkpoint.${segmentName(index)}`), index };
}

export function checkpointIndices(dir: string): number[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((name) => /^checkpoint\.\d{8,}$/.test(name))
    .map((name) => Number(name.slice('checkpoint.'.length)))
    .sort((a, b) => a - b);
}
