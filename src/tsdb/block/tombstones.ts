import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import { crc32c } from '../crc32c.ts';
import { CorruptionError, inFile } from '../damage.ts';
import { tombstonesMagic, tombstonesVersion } from './format.ts';

/** Both ends are deleted too. */
export interface Interval {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Deleted times by series; of a series rising and apart. */
export type Tombstones = Map<number, readonly Interval[]>;

/** Adds an interval, joining those that touch. */
export function addInterval(intervals: readonly Interval[], added: Interval): readonly Interval[] {
  const out: Interval[] = [];
  let { minMs, maxMs } = added;
  for (const one of intervals) {
    if (one.maxMs < minMs - 1 || one.minMs > maxMs + 1) {
      out.push(one);
      continue;
    }
    minMs = Math.min(minMs, one.minMs);
    maxMs = Math.max(maxMs, one.maxMs);
  }
  out.push({ minMs, maxMs });
  return out.sort((a, b) => a.minMs - b.minMs);
}

export function isDeleted(intervals: readonly Interval[], atMs: number): boolean {
  return intervals.some(({ minMs, maxMs }) => atMs >= minMs && atMs <= maxMs);
}

const headerBytes = 5;
const checksumBytes = 4;

/**
 * The `tombstones` of a block; none when there is no such file.
 *
 * Source: https://github.com/prometheus/prometheus/blob/main/tsdb/docs/format/tombstones.md
 *
 * @throws {CorruptionError}
 */
export function readTombstones(dir: string): Tombstones {
  const path = join(dir, 'tombstones');
  const stones: Tombstones = new Map();
  if (!existsSync(path)) return stones;
  const bytes = readFileSync(path);
  if (bytes.length < headerBytes + checksumBytes) throw new CorruptionError(path, 0, 'it is too short');
  if (bytes.readUInt32BE(0) !== tombstonesMagic) throw new CorruptionError(path, 0, 'it holds no tombstones');
  if (bytes[4] !== tombstonesVersion)
    throw new CorruptionError(path, 4, `its version is ${bytes[4]}, not ${tombstonesVersion}`);
  const end = bytes.length - checksumBytes;
  if (crc32c(bytes, headerBytes, end) !== bytes.readUInt32BE(end))
    throw new CorruptionError(path, end, 'the checksum does not match');
  const reader = new ByteReader(bytes, headerBytes, end);
  while (reader.hasMore) {
    inFile(path, reader.at, () => {
      const ref = reader.unsigned();
      const interval = { minMs: reader.signed(), maxMs: reader.signed() };
      stones.set(ref, addInterval(stones.get(ref) ?? [], interval));
    });
  }
  return stones;
}

/** Writes the file so that it is either the one before or the whole new one. */
export function writeTombstones(dir: string, stones: Tombstones): void {
  const out = new ByteWriter();
  out.word32(tombstonesMagic);
  out.byte(tombstonesVersion);
  for (const [ref, intervals] of stones) {
    for (const { minMs, maxMs } of intervals) {
      out.unsigned(ref);
      out.signed(minMs);
      out.signed(maxMs);
    }
  }
  out.word32(crc32c(out.bytes(), headerBytes));
  const path = join(dir, 'tombstones');
  replaceFile(path, out.bytes());
}

/** Writes beside the file and renames over it. */
export function replaceFile(path: string, bytes: Uint8Array): void {
  const draft = `${path}.tmp`;
  const file = openSync(draft, 'w');
  try {
    let done = 0;
    while (done < bytes.length) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}
