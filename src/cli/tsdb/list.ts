import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { NotFoundError } from '../../kit/app-error.ts';
import { type BlockMeta, readMeta } from '../../tsdb/block/meta.ts';
import { isUlid } from '../../tsdb/block/ulid.ts';
import { showGoDuration } from './go-text.ts';

/** A block and its size on disk. */
export interface ListedBlock {
  readonly meta: BlockMeta;
  readonly bytes: number;
}

/** The blocks of a data directory as `promtool tsdb list` shows them. @throws {NotFoundError} */
export function listBlocks(dir: string, isForPeople: boolean): string {
  return showBlocks(
    blockDirs(dir).map((path) => ({ meta: readMeta(path), bytes: sizeOf(path) })),
    isForPeople,
  );
}

/** Folders of blocks, oldest first. @throws {NotFoundError} when there is no such directory. */
export function blockDirs(dir: string): string[] {
  if (!existsSync(dir)) throw new NotFoundError(`there is no directory ${dir}`);
  return readdirSync(dir)
    .filter((name) => isUlid(name) && existsSync(join(dir, name, 'meta.json')))
    .map((name) => join(dir, name))
    .sort((a, b) => readMeta(a).minTime - readMeta(b).minTime);
}

export function sizeOf(path: string): number {
  let bytes = 0;
  for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' })) {
    const stat = statSync(join(path, name));
    if (stat.isFile()) bytes += stat.size;
  }
  return bytes;
}

const columns = [
  'BLOCK ULID',
  'MIN TIME',
  'MAX TIME',
  'DURATION',
  'NUM SAMPLES',
  'NUM CHUNKS',
  'NUM SERIES',
  'SIZE',
];

export function showBlocks(blocks: readonly ListedBlock[], isForPeople: boolean): string {
  const rows = blocks.map(({ meta, bytes }) => [
    meta.ulid,
    isForPeople ? showTime(meta.minTime) : String(meta.minTime),
    isForPeople ? showTime(meta.maxTime) : String(meta.maxTime),
    showGoDuration(meta.maxTime - meta.minTime),
    String(meta.stats.numSamples),
    String(meta.stats.numChunks),
    String(meta.stats.numSeries),
    isForPeople ? showBytes(bytes) : String(bytes),
  ]);
  const table = [columns, ...rows];
  // As Go's tabwriter with cells of at least 13 characters, two of them blank.
  const widths = columns.map((_, i) => Math.max(13, ...table.map((row) => (row[i] ?? '').length + 2)));
  return table
    .map(
      (row) =>
        `${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('')}\n`,
    )
    .join('');
}

function showTime(ms: number): string {
  const text = new Date(ms).toISOString();
  const millis = text.slice(19, 23).replace(/\.?0+$/, '');
  return `${text.slice(0, 10)} ${text.slice(11, 19)}${millis} +0000 UTC`;
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Every unit that is there: `1MiB20KiB5B`. */
function showBytes(bytes: number): string {
  let text = '';
  let left = bytes;
  for (let power = units.length - 1; power >= 0; power--) {
    const size = 1024 ** power;
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${units[power]}`;
    left -= count * size;
  }
  return text === '' ? '0B' : text;
}
