import { closeSync, openSync, readSync } from 'node:fs';
import { crc32c } from './crc32c.ts';
import { DamageError } from './damage.ts';
import { unsnappy } from './snappy.ts';
import { fragments, headerBytes, pageBytes } from './wal-segments.ts';

/** What reading a segment came to. */
export interface SegmentEnd {
  /** Where the last whole record ends. */
  readonly goodBytes: number;
  /** What is wrong after that; undefined when the segment ends well. */
  readonly problem: string | undefined;
}

/** The log holds what we cannot read though nothing is wrong with it. */
export class CompressedRecordError extends Error {}

const snappyFlag = 0b0_1000;
const zstdFlag = 0b1_0000;
const compressedMask = snappyFlag | zstdFlag;

/**
 * Gives every whole record of a segment to `visit`, whose argument is valid during the call only. A torn or damaged
 * record ends the reading.
 *
 * @throws {CompressedRecordError} for a record that another program compressed with zstd.
 */
export function readSegment(path: string, visit: (record: Buffer) => void): SegmentEnd {
  const reading = segmentRecords(path);
  for (;;) {
    const next = reading.next();
    if (next.done === true) return next.value;
    visit(next.value);
  }
}

/** Where a reader of a segment is: a byte at which a record begins. */
export interface SegmentPlace {
  at: number;
}

/**
 * The same, record by record. With a place it begins there and moves it on behind each record before it gives it, so that a
 * segment that still grows can be read on later.
 */
export function* segmentRecords(
  path: string,
  place: SegmentPlace = { at: 0 },
): Generator<Buffer, SegmentEnd> {
  const file = openSync(path, 'r');
  try {
    return yield* readPages(file, place);
  } finally {
    closeSync(file);
  }
}

function* readPages(file: number, place: SegmentPlace): Generator<Buffer, SegmentEnd> {
  const page = Buffer.allocUnsafe(pageBytes);
  let parts: Buffer[] = [];
  let goodBytes = place.at;
  let at = goodBytes % pageBytes;
  for (let pageStart = goodBytes - at; ; pageStart += pageBytes, at = 0) {
    const length = readPage(file, page, pageStart);
    while (at < length) {
      const type = page[at] as number;
      if (type === fragments.rest) {
        // Only zeros may follow up to the end of the page; anything else was a record.
        if (page.subarray(at, length).every((byte) => byte === 0)) break;
        return { goodBytes, problem: 'the end of a page is not empty' };
      }
      const problem = fragmentProblem(page, at, length, parts.length > 0);
      if (problem !== undefined) return { goodBytes, problem };
      const end = at + headerBytes + page.readUInt16BE(at + 1);
      const data = page.subarray(at + headerBytes, end);
      at = end;
      const kind = type & ~compressedMask;
      if (kind !== fragments.full) {
        parts.push(Buffer.from(data));
        if (kind !== fragments.last) continue;
      }
      const whole = kind === fragments.full ? data : Buffer.concat(parts);
      parts = [];
      const record = decompressed(whole, type);
      if (record === undefined) return { goodBytes, problem: 'a compressed record cannot be read' };
      goodBytes = pageStart + at;
      place.at = goodBytes;
      yield record;
    }
    if (length < pageBytes) break;
  }
  return { goodBytes, problem: parts.length > 0 ? 'the last record is cut short' : undefined };
}

function decompressed(record: Buffer, type: number): Buffer | undefined {
  if ((type & compressedMask) === 0) return record;
  if ((type & zstdFlag) !== 0)
    throw new CompressedRecordError('it holds records compressed with zstd, which only Prometheus can read');
  try {
    return unsnappy(record);
  } catch (error) {
    if (error instanceof DamageError) return undefined;
    throw error;
  }
}

function fragmentProblem(page: Buffer, at: number, length: number, inRecord: boolean): string | undefined {
  if (at + headerBytes > length) return 'a record header is cut short';
  const type = (page[at] as number) & ~compressedMask;
  if (type > fragments.last) return `a record has the unknown type ${type}`;
  const goesOn = type === fragments.middle || type === fragments.last;
  if (goesOn !== inRecord) return 'the parts of a record do not follow each other';
  const end = at + headerBytes + page.readUInt16BE(at + 1);
  if (end > length) return 'a record is cut short';
  if (crc32c(page, at + headerBytes, end) !== page.readUInt32BE(at + 3)) return 'a checksum does not match';
  return undefined;
}

function readPage(file: number, page: Buffer, position: number): number {
  let filled = 0;
  while (filled < pageBytes) {
    const read = readSync(file, page, filled, pageBytes - filled, position + filled);
    if (read === 0) break;
    filled += read;
  }
  return filled;
}
