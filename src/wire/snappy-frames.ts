import { bad } from './proto-reader.ts';
import { unpackSnappy } from './snappy.ts';

const start = Buffer.from('\xff\x06\x00\x00sNaPpY', 'latin1');

/** Whether bytes begin as Snappy's framing format does, rather than as one block. */
export function isSnappyFrames(bytes: Buffer): boolean {
  return bytes.subarray(0, start.length).equals(start);
}

/**
 * Snappy's framing format, as Go's `snappy.NewReader` reads it.
 *
 * Source: https://github.com/google/snappy/blob/main/framing_format.txt
 * @param crc32c the checksum by the Castagnoli polynomial
 * @throws {BadInputError} for what is not packed so, is damaged, or unpacks to more than `mostBytes`
 */
export function unpackSnappyFrames(
  bytes: Buffer,
  mostBytes: number,
  crc32c: (bytes: Uint8Array) => number,
): Buffer {
  if (!isSnappyFrames(bytes)) throw bad('not packed as frames of snappy');
  const pieces: Buffer[] = [];
  let length = 0;
  for (let at = 0; at < bytes.length; ) {
    if (at + 4 > bytes.length) throw bad('a frame of snappy is cut short');
    const kind = bytes.readUInt8(at);
    const end = at + 4 + bytes.readUIntLE(at + 1, 3);
    if (end > bytes.length) throw bad('a frame of snappy is cut short');
    if (kind <= 1) {
      const piece = unpackFrame(kind, bytes.subarray(at + 4, end), mostBytes - length, crc32c);
      length += piece.length;
      if (length > mostBytes) throw bad(`unpacks to more than ${mostBytes} bytes`);
      pieces.push(piece);
    } else if (kind < 0x80) throw bad(`a frame of snappy is of the unknown kind ${kind}`);
    at = end;
  }
  return Buffer.concat(pieces);
}

/** @param kind 0 is packed, 1 is as it is */
function unpackFrame(
  kind: number,
  frame: Buffer,
  mostBytes: number,
  crc32c: (bytes: Uint8Array) => number,
): Buffer {
  if (frame.length < 4) throw bad('a frame of snappy is cut short');
  const data = kind === 0 ? unpackSnappy(frame.subarray(4), mostBytes) : frame.subarray(4);
  const crc = crc32c(data) >>> 0;
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  if (masked !== frame.readUInt32LE(0)) throw bad('a frame of snappy is damaged: its checksum is another');
  return data;
}
