/** Sixteen tables of 256 words: table k steps a byte over k further bytes of zeros. */
const tables = makeTables();

function makeTables(): Int32Array {
  const all = new Int32Array(16 * 256);
  for (let i = 0; i < 256; i++) {
    let word = i;
    for (let bit = 0; bit < 8; bit++) word = word & 1 ? (word >>> 1) ^ 0x82f63b78 : word >>> 1;
    all[i] = word;
  }
  for (let i = 256; i < all.length; i++) {
    const before = all[i - 256] as number;
    all[i] = (before >>> 8) ^ (all[before & 0xff] as number);
  }
  return all;
}

/**
 * CRC-32 with the Castagnoli polynomial (RFC 3720, appendix B.4), of `bytes[from … to)`; `before` is that of the bytes in front of
 * them, for data that comes in pieces.
 */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length, before = 0): number {
  let crc = before ^ 0xffffffff;
  let i = from;
  for (; i + 16 <= to; i += 16) {
    const low =
      crc ^
      ((bytes[i] as number) |
        ((bytes[i + 1] as number) << 8) |
        ((bytes[i + 2] as number) << 16) |
        ((bytes[i + 3] as number) << 24));
    crc =
      (tables[3840 + (low & 0xff)] as number) ^
      (tables[3584 + ((low >>> 8) & 0xff)] as number) ^
      (tables[3328 + ((low >>> 16) & 0xff)] as number) ^
      (tables[3072 + (low >>> 24)] as number) ^
      (tables[2816 + (bytes[i + 4] as number)] as number) ^
      (tables[2560 + (bytes[i + 5] as number)] as number) ^
      (tables[2304 + (bytes[i + 6] as number)] as number) ^
      (tables[2048 + (bytes[i + 7] as number)] as number) ^
      (tables[1792 + (bytes[i + 8] as number)] as number) ^
      (tables[1536 + (bytes[i + 9] as number)] as number) ^
      (tables[1280 + (bytes[i + 10] as number)] as number) ^
      (tables[1024 + (bytes[i + 11] as number)] as number) ^
      (tables[768 + (bytes[i + 12] as number)] as number) ^
      (tables[512 + (bytes[i + 13] as number)] as number) ^
      (tables[256 + (bytes[i + 14] as number)] as number) ^
      (tables[bytes[i + 15] as number] as number);
  }
  for (; i < to; i++) crc = (crc >>> 8) ^ (tables[(crc ^ (bytes[i] as number)) & 0xff] as number);
  return (crc ^ 0xffffffff) >>> 0;
}
