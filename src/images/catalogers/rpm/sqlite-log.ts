/** Pages that a write-ahead log puts over those of its database, as of its last whole transaction. */
export interface LoggedPages {
  readonly pageBytes: number;
  readonly pages: ReadonlyMap<number, Uint8Array>;
}

const headerBytes = 32;
const frameHeaderBytes = 24;
const formatVersion = 3_007_000;

/**
 * Reads a write-ahead log of SQLite as SQLite does that opens the database: frames count up to the last transaction that was ended, and
 * no further than the first one whose salts or checksum are not the log's: it is left of an earlier round, or was not written whole.
 * A log whose header is damaged counts for nothing.
 *
 * Source: https://www.sqlite.org/fileformat2.html#walformat
 *
 * @returns undefined when it is no log, or SQLite would take nothing of it.
 * @throws {RangeError} when it is of another format's version, which SQLite refuses.
 */
export function loggedPages(log: Uint8Array): LoggedPages | undefined {
  if (log.length < headerBytes) return undefined;
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength);
  const magic = view.getUint32(0);
  const pageBytes = view.getUint32(8);
  if ((magic !== 0x377f0682 && magic !== 0x377f0683) || !isPageSize(pageBytes)) return undefined;
  const sums = new Checksum(view, magic === 0x377f0682);
  sums.add(0, 24);
  if (!sums.isAt(24)) return undefined;
  if (view.getUint32(4) !== formatVersion)
    throw new RangeError(`its format is version ${view.getUint32(4)}, not ${formatVersion}`);
  const pages = new Map<number, Uint8Array>();
  // Frames of a transaction count once its last one is there, which alone has the size of the database.
  let open: [page: number, content: Uint8Array][] = [];
  const step = frameHeaderBytes + pageBytes;
  for (let at = headerBytes; at + step <= log.length; at += step) {
    const page = view.getUint32(at);
    if (page === 0 || view.getUint32(at + 8) !== view.getUint32(16)) break;
    if (view.getUint32(at + 12) !== view.getUint32(20)) break;
    sums.add(at, 8);
    sums.add(at + frameHeaderBytes, pageBytes);
    if (!sums.isAt(at + 16)) break;
    open.push([page, log.subarray(at + frameHeaderBytes, at + step)]);
    if (view.getUint32(at + 4) === 0) continue;
    for (const [changed, content] of open) pages.set(changed, content);
    open = [];
  }
  return pages.size === 0 ? undefined : { pageBytes, pages };
}

function isPageSize(bytes: number): boolean {
  return bytes >= 512 && bytes <= 65_536 && (bytes & (bytes - 1)) === 0;
}

/** Two sums, each added to the other, over pairs of words from the log's beginning on. */
class Checksum {
  readonly #view: DataView;
  readonly #isLittleEndian: boolean;
  #first = 0;
  #second = 0;

  constructor(view: DataView, isLittleEndian: boolean) {
    this.#view = view;
    this.#isLittleEndian = isLittleEndian;
  }

  add(from: number, bytes: number): void {
    for (let at = from; at < from + bytes; at += 8) {
      this.#first = (this.#first + this.#view.getUint32(at, this.#isLittleEndian) + this.#second) >>> 0;
      this.#second = (this.#second + this.#view.getUint32(at + 4, this.#isLittleEndian) + this.#first) >>> 0;
    }
  }

  /** Whether the sums so far are the two that are written there, always in big-endian. */
  isAt(at: number): boolean {
    return this.#view.getUint32(at) === this.#first && this.#view.getUint32(at + 4) === this.#second;
  }
}
