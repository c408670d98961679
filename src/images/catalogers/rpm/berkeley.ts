/**
 * Values of a Berkeley DB hash, in which rpm kept its headers until version 4.16.
 *
 * Source: https://github.com/berkeleydb/libdb/blob/master/src/dbinc/db_page.h
 */

const hashMagic = 0x061561;
const pageHeader = 26;
const [unsortedHashPage, overflowPage, hashPage] = [2, 7, 13];
const [inPage, offPage] = [1, 3];

/** Whether bytes are such a file, of either byte order. */
export function isBerkeleyHash(bytes: Uint8Array): boolean {
  return byteOrder(bytes) !== undefined;
}

function byteOrder(bytes: Uint8Array): 'little' | 'big' | undefined {
  if (bytes.length < 512) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(12, true) === hashMagic) return 'little';
  return view.getUint32(12) === hashMagic ? 'big' : undefined;
}

/**
 * The values of all keys but 0, which is the counter of rpm.
 *
 * @throws {RangeError} when a page or an overflow chain leads outside of the file or in a circle.
 */
export function* berkeleyValues(bytes: Uint8Array): Generator<Uint8Array> {
  const isLittle = byteOrder(bytes) === 'little';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pageSize = view.getUint32(20, isLittle);
  if (pageSize < 512 || pageSize > 65_536) throw new RangeError(`its page size is ${pageSize}`);
  if (view.getUint8(24) !== 0) throw new RangeError('it is encrypted');
  const file = { bytes, view, isLittle, pageSize };
  const lastPage = view.getUint32(32, isLittle);
  if ((lastPage + 1) * pageSize > bytes.length) {
    throw new RangeError(`it ends before its last page, ${lastPage}`);
  }
  for (let page = 1; page <= lastPage; page++) {
    const kind = view.getUint8(page * pageSize + 25);
    if (kind === hashPage || kind === unsortedHashPage) yield* pageValues(file, page);
  }
}

interface BerkeleyFile {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly isLittle: boolean;
  readonly pageSize: number;
}

/** A hash page: offsets of keys and values in turn; items fill the page from its end. */
function* pageValues(file: BerkeleyFile, page: number): Generator<Uint8Array> {
  const { bytes, view, isLittle, pageSize } = file;
  const start = page * pageSize;
  const entries = view.getUint16(start + 20, isLittle);
  if (pageHeader + entries * 2 > pageSize) throw new RangeError(`page ${page} has ${entries} entries`);
  const offset = (i: number) => (i < 0 ? pageSize : view.getUint16(start + pageHeader + i * 2, isLittle));
  for (let i = 1; i < entries; i += 2) {
    const [key, value, end] = [offset(i - 1), offset(i), offset(i - 1)];
    if (key >= pageSize || value >= end) throw new RangeError(`page ${page} has an item outside of it`);
    if (isCounter(bytes.subarray(start + key + 1, start + offset(i - 2)))) continue;
    const kind = bytes[start + value];
    if (kind === inPage) yield bytes.subarray(start + value + 1, start + end);
    else if (kind === offPage) {
      yield overflow(
        file,
        view.getUint32(start + value + 4, isLittle),
        view.getUint32(start + value + 8, isLittle),
      );
    }
  }
}

function isCounter(key: Uint8Array): boolean {
  return key.length === 4 && key.every((byte) => byte === 0);
}

/** A value over several pages. Its length bounds the chain, as each page brings at least a byte. */
function overflow(
  { bytes, view, isLittle, pageSize }: BerkeleyFile,
  first: number,
  length: number,
): Uint8Array {
  if (length > bytes.length) throw new RangeError('a value is longer than the file');
  const value = new Uint8Array(length);
  let [filled, page] = [0, first];
  while (filled < length) {
    const start = page * pageSize;
    if (page === 0 || start + pageSize > bytes.length || view.getUint8(start + 25) !== overflowPage) {
      throw new RangeError(`page ${page} holds no part of a value`);
    }
    const part = Math.min(view.getUint16(start + 22, isLittle), length - filled, pageSize - pageHeader);
    if (part === 0) throw new RangeError(`page ${page} is empty`);
    value.set(bytes.subarray(start + pageHeader, start + pageHeader + part), filled);
    filled += part;
    page = view.getUint32(start + 16, isLittle);
  }
  return value;
}
