import { closeSync, openSync, readSync } from 'node:fs';
import { crc32c } from './crc32c.ts';
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

const compressedMask = 0b1_1000;

/**
 * Gives every whole record of a segment to `visit`, whose argument is valid during the call only. A torn or damaged
 * record ends the reading.
 *
 * @throws {CompressedRecordError} for a record that another program compressed.
 */
export function readSegment(path: string, visit: (record: Buffer) => void): SegmentEnd {
  const file = openSync(path, 'r');
  try {
    return readPages(file, visit);
  } finally {
    closeSync(file);
  }
}

function readPages(file: number, visit: (record: Buffer) => void): SegmentEnd {
  const page = Buffer.allocUnsafe(pageBytes);
  let parts: Buffer[] = [];
  let goodBytes = 0;
  for (let pageStart = 0; ; pageStart += pageBytes) {
    const length = readPage(file, page, pageStart);
    let at = 0;
    while (at < length) {
      const type = page[at] as number;
      if (type === fragments.rest) {
        // Only zeros may follow up to the end of the page; anything else was a record.
        if (page.subarray(at, length).every((byte) => byte === 0)) break;
        return { goodBytes, problem: 'the end of a page is not empty' };
      }
      const problem = fragmentProblem(page, at, length, parts.length > 0);
      if (problem !== undefined) return { goodBytes, problem };
      if ((type & compressedMask) !== 0) {
        throw new CompressedRecordError('it holds compressed records, which only Prometheus can read');
      }
      const end = at + headerBytes + page.readUInt16BE(at + 1);
      const data = page.subarray(at + headerBytes, end);
      at = end;
      if (type === fragments.full) visit(data);
      else {
        parts.push(Buffer.from(data));
        if (type !== fragments.last) continue;
        visit(Buffer.concat(parts));
        parts = [];
      }
      goodBytes = pageStart + at;
    }
    if (length < pageBytes) break;
  }
  return { goodBytes, problem: parts.length > 0 ? 'the last record is cut short' : undefined };
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
