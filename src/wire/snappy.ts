import snappy from 'snappyjs';
import { messageOf } from '../kit/app-error.ts';
import { bad } from './proto-reader.ts';

/** Snappy's block format, as remote write and read use it. Source: https://github.com/google/snappy/blob/main/format_description.txt */
export function packSnappy(bytes: Buffer): Buffer {
  return asBuffer(snappy.compress(bytes));
}

/** @throws {BadInputError} for what is not packed so, or says that it unpacks to more than `mostBytes`. */
export function unpackSnappy(bytes: Buffer, mostBytes: number): Buffer {
  try {
    return asBuffer(snappy.uncompress(bytes, mostBytes));
  } catch (error) {
    throw bad(`not packed by snappy: ${messageOf(error)}`);
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
