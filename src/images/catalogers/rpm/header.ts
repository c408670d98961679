import { ownedFiles } from '../owned-files.ts';
import { textOf } from '../text.ts';

/** What is kept of a package in an rpm database. */
export interface RpmEntry {
  readonly name: string;
  readonly version: string;
  readonly release: string;
  /** Absent where it was not written. */
  readonly epoch?: number;
  readonly architecture: string;
  /** `openssl-3.0.7-27.el9.src.rpm`; empty for source packages and keys. */
  readonly sourceRpm: string;
  /** Empty where the package came in no module. */
  readonly modularity: string;
  readonly vendor: string;
  readonly license: string;
  readonly files: readonly string[];
}

/** Numbers of the tags that are read. Source: https://github.com/rpm-software-management/rpm/blob/master/docs/manual/tags.md */
const tags = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  vendor: 1011,
  license: 1014,
  arch: 1022,
  oldFileNames: 1027,
  sourceRpm: 1044,
  dirIndexes: 1116,
  baseNames: 1117,
  dirNames: 1118,
  modularityLabel: 5096,
} as const;

const int32 = 4;
/** A string, a list of strings, a translated string (the first is not translated). */
const stringTypes: ReadonlySet<number> = new Set([6, 8, 9]);
/** More than any package has; a header that says so is damaged. */
const maxEntries = 65_536;

/**
 * A header as databases hold it: numbers of entries and of data bytes, the entries (tag, type, offset, count), the data.
 *
 * Source: https://rpm-software-management.github.io/rpm/manual/format_header.html
 *
 * @throws {RangeError} when it does not fit its own numbers.
 */
export function readRpmHeader(bytes: Uint8Array): RpmEntry | undefined {
  const header = headerOf(bytes);
  const name = header.text(tags.name);
  const version = header.text(tags.version);
  // A key that was imported is kept as a package, of which nothing is installed.
  if (name === '' || version === '' || name === 'gpg-pubkey') return undefined;
  const epoch = header.numbers(tags.epoch)[0];
  return {
    name,
    version,
    release: header.text(tags.release),
    ...(epoch !== undefined && { epoch }),
    architecture: header.text(tags.arch),
    sourceRpm: header.text(tags.sourceRpm),
    modularity: header.text(tags.modularityLabel),
    vendor: header.text(tags.vendor),
    license: header.text(tags.license),
    files: ownedFiles(filesOf(header)),
  };
}

interface Header {
  text(tag: number): string;
  texts(tag: number): string[];
  numbers(tag: number): number[];
}

function headerOf(bytes: Uint8Array): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [entries, dataLength] = [view.getUint32(0), view.getUint32(4)];
  if (entries > maxEntries) throw new RangeError(`a header has ${entries} entries`);
  const dataAt = 8 + entries * 16;
  if (dataAt + dataLength > bytes.length) throw new RangeError('a header ends before its data');
  const data = bytes.subarray(dataAt, dataAt + dataLength);
  const index = new Map<number, { type: number; offset: number; count: number }>();
  for (let i = 0; i < entries; i++) {
    const at = 8 + i * 16;
    const [type, offset, count] = [view.getUint32(at + 4), view.getUint32(at + 8), view.getUint32(at + 12)];
    index.set(view.getUint32(at), { type, offset, count });
  }
  const texts = (tag: number, limit: number): string[] => {
    const entry = index.get(tag);
    if (entry === undefined || !stringTypes.has(entry.type)) return [];
    return textsAt(data, entry.offset, Math.min(entry.count, limit));
  };
  return {
    text: (tag) => texts(tag, 1)[0] ?? '',
    texts: (tag) => texts(tag, Number.POSITIVE_INFINITY),
    numbers(tag) {
      const entry = index.get(tag);
      if (entry === undefined || entry.type !== int32) return [];
      const { offset, count } = entry;
      if (offset + count * 4 > data.length) throw new RangeError(`tag ${tag} goes beyond its header`);
      return Array.from({ length: count }, (_, i) => view.getUint32(dataAt + offset + i * 4));
    },
  };
}

/** Strings one after the other, each with a zero byte at its end. */
function textsAt(data: Uint8Array, offset: number, count: number): string[] {
  const found: string[] = [];
  let at = offset;
  while (found.length < count) {
    const end = data.indexOf(0, at);
    if (end < 0) throw new RangeError('a text goes beyond its header');
    found.push(textOf(data.subarray(at, end)));
    at = end + 1;
  }
  return found;
}

/** Since rpm 4 paths are compressed: folders once, and for each file its name and the number of its folder. */
function filesOf(header: Header): string[] {
  const folders = header.texts(tags.dirNames);
  const names = header.texts(tags.baseNames);
  if (names.length === 0) return header.texts(tags.oldFileNames);
  const indexes = header.numbers(tags.dirIndexes);
  return names.map((name, i) => `${folders[indexes[i] ?? -1] ?? ''}${name}`);
}
