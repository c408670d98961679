import { Buffer } from 'node:buffer';
import { ImageError } from '../image-error.ts';

export const blockSize = 512;

/** What a header block says, before extended headers are taken into account. */
export interface TarHeader {
  readonly name: string;
  readonly linkName: string;
  readonly mode: number;
  readonly sizeBytes: number;
  /** One character; `0`, or in old archives a zero byte, for a file. */
  readonly type: string;
  /** Of GNU's old sparse files: whether another block of the map follows. */
  readonly hasMoreSparse: boolean;
}

/**
 * Reads one header block: V7, ustar and GNU's.
 *
 * Source: https://www.gnu.org/software/tar/manual/html_node/Standard.html
 *
 * @param atByte where in the archive it is, for the error.
 * @returns undefined for a block of zeros.
 * @throws {ImageError} when it is no header.
 */
export function readTarHeader(block: Uint8Array, atByte: number): TarHeader | undefined {
  const bytes = Buffer.from(block.buffer, block.byteOffset, blockSize);
  const { plain, signed } = checksums(bytes);
  if (plain === 8 * 0x20 && isZero(bytes)) return undefined;
  const written = numberIn(bytes, 148, 8);
  if (written !== plain && written !== signed)
    throw new ImageError(`the archive is damaged: no entry starts at byte ${atByte}, where one should`);
  const type = String.fromCharCode(bytes[156] ?? 0);
  const magic = bytes.toString('latin1', 257, 263);
  const prefix = magic === 'ustar\0' ? textIn(bytes, 345, 155) : '';
  const name = textIn(bytes, 0, 100);
  const sizeBytes = numberIn(bytes, 124, 12);
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0)
    throw new ImageError(`the archive is damaged: the entry at byte ${atByte} has an impossible size`);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkName: textIn(bytes, 157, 100),
    mode: Math.max(0, numberIn(bytes, 100, 8) || 0) & 0o7777,
    sizeBytes,
    type,
    hasMoreSparse: type === 'S' && bytes[482] !== 0,
  };
}

/** The sum of all bytes, those of the checksum itself counted as blanks; some programs took bytes as signed. */
function checksums(bytes: Buffer): { plain: number; signed: number } {
  let plain = 0;
  let high = 0;
  for (let i = 0; i < blockSize; i++) {
    const byte = i >= 148 && i < 156 ? 0x20 : (bytes[i] ?? 0);
    plain += byte;
    high += byte >> 7;
  }
  return { plain, signed: plain - 256 * high };
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}

function textIn(bytes: Buffer, at: number, length: number): string {
  const zero = bytes.indexOf(0, at);
  return bytes.toString('utf8', at, zero < 0 || zero > at + length ? at + length : zero);
}

/** Octal digits, or, for what these cannot tell, GNU's binary number with the highest bit set. NaN for neither. */
function numberIn(bytes: Buffer, at: number, length: number): number {
  const first = bytes[at] ?? 0;
  if ((first & 0x80) !== 0) {
    if ((first & 0x40) !== 0) return -1;
    let value = first & 0x3f;
    for (let i = at + 1; i < at + length; i++) value = value * 256 + (bytes[i] ?? 0);
    return value;
  }
  const text = bytes
    .toString('latin1', at, at + length)
    .replace(/\0.*$/s, '')
    .trim();
  if (text === '') return 0;
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
}
