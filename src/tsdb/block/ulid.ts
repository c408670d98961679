import { randomBytes } from 'node:crypto';

const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A name that sorts by time: 48 bits of Unix ms and 80 random ones, in Crockford's base 32 (https://github.com/ulid/spec). */
export function newUlid(atMs: number): string {
  let left = atMs;
  let time = '';
  for (let i = 0; i < 10; i++) {
    time = digits.charAt(left % 32) + time;
    left = Math.floor(left / 32);
  }
  let random = '';
  for (const byte of randomBytes(16)) random += digits.charAt(byte % 32);
  return time + random;
}

export function isUlid(text: string): boolean {
  return /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(text);
}
