/**
 * How many pages a write-ahead log of SQLite has to put over its database: those of transactions that were ended. Frames whose salts
 * are not the header's are left of an earlier round, and count no more.
 *
 * Source: https://www.sqlite.org/fileformat2.html#walformat
 *
 * @returns undefined when it is no such log.
 */
export function changedPages(log: Uint8Array): number | undefined {
  if (log.length < headerBytes) return log.length === 0 ? 0 : undefined;
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength);
  const magic = view.getUint32(0);
  const pageBytes = view.getUint32(8);
  if ((magic !== 0x377f0682 && magic !== 0x377f0683) || pageBytes < 512 || pageBytes > 65_536)
    return undefined;
  const [salt1, salt2] = [view.getUint32(16), view.getUint32(20)];
  const pages = new Set<number>();
  let committed = 0;
  const step = frameHeaderBytes + pageBytes;
  for (let at = headerBytes; at + step <= log.length; at += step) {
    if (view.getUint32(at + 8) !== salt1 || view.getUint32(at + 12) !== salt2) break;
    pages.add(view.getUint32(at));
    // The size of the database stands in the last frame of a transaction alone.
    if (view.getUint32(at + 4) !== 0) committed = pages.size;
  }
  return committed;
}

const headerBytes = 32;
const frameHeaderBytes = 24;
