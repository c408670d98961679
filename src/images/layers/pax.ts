import { Buffer } from 'node:buffer';
import { ImageError } from '../image-error.ts';

/** What of an extended header matters here. */
export interface PaxRecords {
  readonly path?: string;
  readonly linkpath?: string;
  readonly sizeBytes?: number;
  /** A file whose holes are left out; its contents are a map and the rest. */
  readonly isSparse?: boolean;
}

/**
 * Reads the records of a pax header: `<length> <key>=<value>\n`, one after the other.
 *
 * Source: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_03
 *
 * @throws {ImageError} when a record's length is not what it is.
 */
export function readPax(content: Uint8Array): PaxRecords {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const found: { -readonly [K in keyof PaxRecords]: PaxRecords[K] } = {};
  for (let at = 0; at < bytes.length; ) {
    const { key, value, end } = recordAt(bytes, at);
    if (key === 'path' || key === 'GNU.sparse.name') found.path = withoutZero(value);
    else if (key === 'linkpath') found.linkpath = withoutZero(value);
    else if (key === 'size') found.sizeBytes = sizeOf(value);
    if (key.startsWith('GNU.sparse.')) found.isSparse = true;
    at = end;
  }
  return found;
}

function recordAt(bytes: Buffer, at: number): { key: string; value: string; end: number } {
  const blank = bytes.indexOf(0x20, at);
  const digits = blank < 0 || blank - at > 10 ? '' : bytes.toString('latin1', at, blank);
  const end = at + Number(digits);
  const equals = bytes.indexOf(0x3d, blank);
  if (!/^\d+$/.test(digits) || end > bytes.length || equals < 0 || equals >= end || bytes[end - 1] !== 0x0a)
    throw new ImageError('the archive is damaged: an extended header is not made of records');
  return {
    key: bytes.toString('utf8', blank + 1, equals),
    value: bytes.toString('utf8', equals + 1, end - 1),
    end,
  };
}

function withoutZero(value: string): string {
  if (value.includes('\0')) throw new ImageError('the archive is damaged: a name has a zero byte in it');
  return value;
}

function sizeOf(value: string): number {
  const size = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(size)) return size;
  throw new ImageError(
    `the archive is damaged: an extended header has the impossible size "${value.slice(0, 40)}"`,
  );
}
