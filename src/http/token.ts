import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../kit/secret-value.ts';

/** Whether a header `Authorization` carries the token: as `Bearer`, or as the password of `Basic`. */
export function holdsToken(header: string | undefined, token: Secret): boolean {
  const [scheme = '', value = ''] = (header ?? '').split(' ', 2);
  if (/^bearer$/i.test(scheme)) return equal(value, token.reveal());
  if (!/^basic$/i.test(scheme)) return false;
  const decoded = Buffer.from(value, 'base64').toString('utf8');
  return equal(decoded.slice(decoded.indexOf(':') + 1), token.reveal());
}

/** In constant time. */
function equal(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
