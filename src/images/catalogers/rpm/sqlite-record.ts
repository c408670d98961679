import { textOf } from '../text.ts';

/** One row: its columns as they are stored. */
export type SqliteRow = readonly (number | string | Uint8Array | null)[];

/**
 * Columns of a record: a header of their types, then their values.
 *
 * Source: https://www.sqlite.org/fileformat2.html#record_format
 */
export function columnsOf(payload: Uint8Array): SqliteRow {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const [headerLength, first] = varintOf(view, 0);
  const row: (number | string | Uint8Array | null)[] = [];
  let [at, content] = [first, headerLength];
  while (at < headerLength) {
    const [serial, next] = varintOf(view, at);
    const [value, length] = columnOf(view, payload, serial, content);
    row.push(value);
    content += length;
    at = next;
  }
  return row;
}

/** Big-endian base 128, at most nine bytes; larger than a safe integer only where the file is damaged. */
export function varintOf(view: DataView, from: number): [value: number, next: number] {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = view.getUint8(from + i);
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [value, from + i + 1];
  }
  return [value * 256 + view.getUint8(from + 8), from + 9];
}

/** Lengths of integers by serial type 1 to 6. */
const integerLengths = [0, 1, 2, 3, 4, 6, 8];

function columnOf(
  view: DataView,
  payload: Uint8Array,
  serial: number,
  at: number,
): [value: number | string | Uint8Array | null, length: number] {
  if (serial === 0) return [null, 0];
  if (serial === 8 || serial === 9) return [serial - 8, 0];
  if (serial === 7) return [view.getFloat64(at), 8];
  const integerLength = integerLengths[serial];
  if (integerLength !== undefined) return [integerOf(view, at, integerLength), integerLength];
  if (serial < 12) throw new RangeError(`a column has the unknown type ${serial}`);
  const length = Math.floor((serial - 12) / 2);
  if (at + length > payload.length) throw new RangeError('a column is longer than its row');
  const bytes = payload.subarray(at, at + length);
  return [serial % 2 === 0 ? bytes : textOf(bytes), length];
}

function integerOf(view: DataView, at: number, length: number): number {
  let value = view.getInt8(at);
  for (let i = 1; i < length; i++) value = value * 256 + view.getUint8(at + i);
  return value;
}
