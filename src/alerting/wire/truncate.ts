const encoder = new TextEncoder();
const ellipsis = '…';

/** At most `max` characters (code points), the last an ellipsis when cut; too short for one, it is just cut. */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text;
  const chars = [...text];
  if (chars.length <= max) return text;
  return max <= 3 ? chars.slice(0, max).join('') : `${chars.slice(0, max - 1).join('')}${ellipsis}`;
}

/** At most `max` bytes of UTF-8, no character torn, an ellipsis (three bytes) at the end when cut. */
export function truncateBytes(text: string, max: number): string {
  // A UTF-16 unit takes three bytes at most.
  if (text.length * 3 <= max || byteLength(text) <= max) return text;
  if (max < 3) return '.'.repeat(Math.max(0, max));
  let bytes = 0;
  let kept = '';
  for (const char of text) {
    bytes += byteLength(char);
    if (bytes > max - 3) break;
    kept += char;
  }
  return kept + ellipsis;
}

export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** Characters as people count them (code points). */
export function charLength(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}

/** `body` and, after it, `end` whole: where both do not fit, the body is cut. */
export function fitChars(body: string, end: string, max: number): string {
  if (end === '') return truncate(body, max);
  const kept = truncate(end, max);
  return truncate(body, max - charLength(kept)) + kept;
}

/** The same in bytes of UTF-8. */
export function fitBytes(body: string, end: string, max: number): string {
  if (end === '') return truncateBytes(body, max);
  const kept = truncateBytes(end, max);
  return truncateBytes(body, max - byteLength(kept)) + kept;
}
