import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';

/** All architectures that Node runs Kubernetes nodes on have pages of this size, but for ARM and POWER with larger ones by choice. */
const usualPageBytes = 4096;

/** Of the pairs that the kernel hands to a program: the one with the size of pages. */
const pageSizeKey = 6n;

let known: number | undefined;

/**
 * The size of this machine's pages, which Node does not tell: from what the kernel handed to this process when it began. It is looked
 * up once.
 *
 * Source: https://man7.org/linux/man-pages/man3/getauxval.3.html
 */
export function pageBytes(): number {
  known ??= ofAuxiliaryVector() ?? usualPageBytes;
  return known;
}

function ofAuxiliaryVector(): number | undefined {
  try {
    const bytes = readFileSync('/proc/self/auxv');
    const word = (at: number): bigint =>
      endianness() === 'LE' ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at);
    for (let at = 0; at + 16 <= bytes.length; at += 16)
      if (word(at) === pageSizeKey) return Number(word(at + 8));
  } catch {
    // No Linux, or a /proc that shows nothing of this process.
  }
  return undefined;
}
