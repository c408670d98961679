/**
 * Blobs of rpm's own database format (`Packages.db`), which SUSE uses.
 *
 * Source: https://github.com/rpm-software-management/rpm/blob/master/lib/backend/ndb/rpmpkg.c
 */

const [databaseMagic, slotMagic, blobMagic] = [0x506d7052, 0x746f6c53, 0x53626c42];
const [pageSize, slotSize, blockSize, headerSize] = [4096, 16, 16, 32];

/** Whether bytes are such a file. */
export function isNdb(bytes: Uint8Array): boolean {
  return bytes.length >= pageSize && viewOf(bytes).getUint32(0, true) === databaseMagic;
}

/** @throws {RangeError} when a slot leads outside of the file or to what is no blob. */
export function* ndbBlobs(bytes: Uint8Array): Generator<Uint8Array> {
  const view = viewOf(bytes);
  const slotsEnd = view.getUint32(12, true) * pageSize;
  if (slotsEnd > bytes.length) throw new RangeError('it ends before its last slot');
  for (let slot = headerSize; slot + slotSize <= slotsEnd; slot += slotSize) {
    if (view.getUint32(slot, true) !== slotMagic) throw new RangeError(`at ${slot} is no slot`);
    const index = view.getUint32(slot + 4, true);
    const at = view.getUint32(slot + 8, true) * blockSize;
    if (index === 0 || at === 0) continue;
    if (view.getUint32(at, true) !== blobMagic || view.getUint32(at + 4, true) !== index) {
      throw new RangeError(`the blob of package ${index} is not where its slot says`);
    }
    const length = view.getUint32(at + 12, true);
    if (at + 16 + length > bytes.length) throw new RangeError(`the blob of package ${index} is cut off`);
    yield bytes.subarray(at + 16, at + 16 + length);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
