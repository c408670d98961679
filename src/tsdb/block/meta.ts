import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../kit/app-error.ts';
import { CorruptionError } from '../damage.ts';

/**
 * `meta.json` of a block. Times are Unix ms, the end is exclusive.
 *
 * Source: https://github.com/prometheus/prometheus/blob/main/tsdb/docs/format/README.md
 */
export interface BlockMeta {
  readonly ulid: string;
  readonly minTime: number;
  readonly maxTime: number;
  readonly stats: {
    readonly numSamples: number;
    readonly numSeries: number;
    readonly numChunks: number;
    readonly numTombstones?: number;
  };
  readonly compaction: {
    readonly level: number;
    /** The blocks of level 1 that are in it, itself included for one of level 1. */
    readonly sources: readonly string[];
    /** The blocks that it was made from and that it replaces. */
    readonly parents?: readonly BlockDesc[];
    readonly failed?: boolean;
    readonly deletable?: boolean;
    readonly hints?: readonly string[];
  };
  readonly version: 1;
}

export interface BlockDesc {
  readonly ulid: string;
  readonly minTime: number;
  readonly maxTime: number;
}

export const outOfOrderHint = 'from-out-of-order';

/** @throws {CorruptionError} when it is not what it should be. */
export function readMeta(dir: string): BlockMeta {
  const path = join(dir, 'meta.json');
  let meta: Partial<BlockMeta> | null;
  try {
    meta = JSON.parse(readFileSync(path, 'utf8')) as Partial<BlockMeta> | null;
  } catch (error) {
    if (error instanceof SyntaxError) throw new CorruptionError(path, 0, messageOf(error), { cause: error });
    throw error;
  }
  const problem = problemOf(meta);
  if (problem !== undefined) throw new CorruptionError(path, 0, problem);
  const { stats, compaction } = meta as BlockMeta;
  return {
    ...(meta as BlockMeta),
    stats: Object.assign({ numSamples: 0, numSeries: 0, numChunks: 0 }, stats),
    compaction: Object.assign({ sources: [] }, compaction),
  };
}

function problemOf(meta: Partial<BlockMeta> | null): string | undefined {
  if (typeof meta !== 'object' || meta === null) return 'it is no object';
  if (meta.version !== 1) return `its version is ${JSON.stringify(meta.version)}, not 1`;
  if (typeof meta.ulid !== 'string') return 'it has no ulid';
  if (!Number.isFinite(meta.minTime) || !Number.isFinite(meta.maxTime)) return 'it has no minTime or maxTime';
  if (typeof meta.compaction !== 'object' || !Number.isInteger(meta.compaction?.level))
    return 'it has no compaction level';
  return undefined;
}
