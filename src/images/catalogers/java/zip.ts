import { inflateRawSync } from 'node:zlib';
import { textOf } from '../text.ts';

/** A file in an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly sizeBytes: number;
  readonly compressedBytes: number;
  readonly method: number;
  readonly headerAt: number;
}

/** What may be taken from an archive and all archives inside of it, together. */
export interface ZipBudget {
  inflatedBytes: number;
  entries: number;
}

export const zipBudget = (): ZipBudget => ({ inflatedBytes: 1024 ** 3, entries: 500_000 });

const [endMark, entryMark, end64Mark, end64LocatorMark, localMark] = [
  0x06054b50, 0x02014b50, 0x06064b50, 0x07064b50, 0x04034b50,
];
const [stored, deflated] = [0, 8];
const maxCommentBytes = 65_535;
const maxEntryBytes = 1024 ** 3;

/**
 * An archive by its central directory, the way Java itself reads it: what lies before the archive (a script that starts it)
 * and what its local headers say does not count.
 *
 * Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 *
 * @returns undefined when there is no directory at its end, so that it is no archive.
 * @throws {RangeError} when the directory lies outside of it, or holds more than the budget allows.
 */
export function zipEntries(bytes: Uint8Array, budget: ZipBudget): ZipEntry[] | undefined {
  const view = viewOf(bytes);
  const end = endOf(view);
  if (end === undefined) return undefined;
  const { at, count, length, offset, shift } = end;
  budget.entries -= count;
  if (budget.entries < 0) throw new RangeError('it has too many entries');
  if (shift < 0 || at + length > bytes.length) throw new RangeError('its directory lies outside of it');
  const entries: ZipEntry[] = [];
  let position = offset + shift;
  for (let i = 0; i < count; i++) {
    if (view.getUint32(position, true) !== entryMark)
      throw new RangeError(`entry ${i} of its directory is none`);
    const nameLength = view.getUint16(position + 28, true);
    const extraLength = view.getUint16(position + 30, true);
    const name = bytes.subarray(position + 46, position + 46 + nameLength);
    const sizes = largeSizes(view, position, position + 46 + nameLength, extraLength);
    entries.push({
      name: textOf(name),
      method: view.getUint16(position + 10, true),
      sizeBytes: sizes.sizeBytes,
      compressedBytes: sizes.compressedBytes,
      headerAt: sizes.headerAt + shift,
    });
    position += 46 + nameLength + extraLength + view.getUint16(position + 32, true);
  }
  return entries;
}

/** @throws {RangeError} for an entry that is damaged, larger than it says, or beyond the budget. */
export function zipContent(bytes: Uint8Array, entry: ZipEntry, budget: ZipBudget): Uint8Array {
  const { name, headerAt, compressedBytes, sizeBytes } = entry;
  const view = viewOf(bytes);
  if (view.getUint32(headerAt, true) !== localMark)
    throw new RangeError(`"${name}" is not where the directory says`);
  const start = headerAt + 30 + view.getUint16(headerAt + 26, true) + view.getUint16(headerAt + 28, true);
  const packed = bytes.subarray(start, start + compressedBytes);
  if (packed.length < compressedBytes) throw new RangeError(`"${name}" is cut off`);
  // What is stored has the size that is read, whatever the directory says.
  const taken = entry.method === stored ? compressedBytes : sizeBytes;
  if (taken > maxEntryBytes || taken > budget.inflatedBytes) {
    throw new RangeError(`"${name}" would be more than is unpacked of one archive`);
  }
  budget.inflatedBytes -= taken;
  if (entry.method === stored) return packed;
  if (entry.method !== deflated) throw new RangeError(`"${name}" is packed by method ${entry.method}`);
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(sizeBytes, 1) });
  } catch (error) {
    throw new RangeError(`"${name}" cannot be unpacked: ${(error as Error).message}`);
  }
}

interface DirectoryEnd {
  /** Where the directory begins, what lies before the archive included. */
  readonly at: number;
  readonly count: number;
  readonly length: number;
  readonly offset: number;
  /** Bytes before the archive, by which all offsets are too small. */
  readonly shift: number;
}

function endOf(view: DataView): DirectoryEnd | undefined {
  const last = view.byteLength - 22;
  for (let at = last; at >= Math.max(last - maxCommentBytes, 0); at--) {
    if (view.getUint8(at) !== 0x50 || view.getUint32(at, true) !== endMark) continue;
    return (
      largeEnd(view, at) ??
      directoryEnd(
        at,
        view.getUint16(at + 10, true),
        view.getUint32(at + 12, true),
        view.getUint32(at + 16, true),
      )
    );
  }
  return undefined;
}

function directoryEnd(end: number, count: number, length: number, offset: number): DirectoryEnd {
  const at = end - length;
  return { at, count, length, offset, shift: at - offset };
}

/** Archives with more than 65535 entries or 4 GiB have a second end before the first. */
function largeEnd(view: DataView, end: number): DirectoryEnd | undefined {
  if (end < 20 || view.getUint32(end - 20, true) !== end64LocatorMark) return undefined;
  const written = Number(view.getBigUint64(end - 12, true));
  // What lies before the archive moves this, too: the record is 56 bytes, right before its locator.
  const at = [written, end - 76].find(
    (each) => each >= 0 && each + 56 <= view.byteLength && view.getUint32(each, true) === end64Mark,
  );
  if (at === undefined) return undefined;
  const [count, length, offset] = [32, 40, 48].map((field) => Number(view.getBigUint64(at + field, true)));
  return directoryEnd(at, count ?? 0, length ?? 0, offset ?? 0);
}

/** Sizes and place of an entry; those that do not fit 32 bits stand in an extra field, in this order. */
function largeSizes(view: DataView, entry: number, extra: number, extraLength: number) {
  const sizes = {
    sizeBytes: view.getUint32(entry + 24, true),
    compressedBytes: view.getUint32(entry + 20, true),
    headerAt: view.getUint32(entry + 42, true),
  };
  let at = extra;
  while (at + 4 <= extra + extraLength) {
    const [kind, length] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    if (kind === 1) {
      let field = at + 4;
      for (const key of ['sizeBytes', 'compressedBytes', 'headerAt'] as const) {
        if (sizes[key] !== 0xffffffff || field + 8 > at + 4 + length) continue;
        sizes[key] = Number(view.getBigUint64(field, true));
        field += 8;
      }
    }
    at += 4 + length;
  }
  return sizes;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
