import { remembered } from './remembered.ts';
import { compareDigits, type VersionScheme } from './scheme.ts';

/**
 * Debian's: `[epoch:]upstream[-revision]`.
 *
 * Source: https://www.debian.org/doc/debian-policy/ch-controlfields.html#version
 */
export const dpkg: VersionScheme = {
  name: 'dpkg',
  orderOfBound: () => '',
  compare(left, right) {
    const [a, b] = [parsed(left), parsed(right)];
    return (
      compareDigits(a.epoch, b.epoch) ||
      compareParts(a.upstream, b.upstream) ||
      compareParts(a.revision, b.revision)
    );
  },
};

const parsed = remembered((text) => {
  const trimmed = text.trim();
  const [, epoch = '0', rest = ''] = /^(?:(\d*):)?(.*)$/s.exec(trimmed) ?? [];
  const at = rest.lastIndexOf('-');
  return {
    epoch: epoch === '' ? '0' : epoch,
    upstream: at < 0 ? rest : rest.slice(0, at),
    revision: at < 0 ? '' : rest.slice(at + 1),
  };
});

/** Alternately what is no digit, by Debian's own order of characters, and digits, by number. */
function compareParts(left: string, right: string): number {
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    while ((i < left.length && !isDigit(left, i)) || (j < right.length && !isDigit(right, j))) {
      const order = weight(left, i) - weight(right, j);
      if (order !== 0) return order;
      i++;
      j++;
    }
    const [a, b] = [digitsAt(left, i), digitsAt(right, j)];
    const order = compareDigits(a || '0', b || '0');
    if (order !== 0) return order;
    i += a.length;
    j += b.length;
  }
  return 0;
}

/** A tilde comes before the end, the end (and digits) before letters, letters before all else. */
function weight(text: string, at: number): number {
  const char = text[at];
  if (char === undefined || isDigit(text, at)) return 0;
  if (char === '~') return -1;
  return /[A-Za-z]/.test(char) ? char.charCodeAt(0) : char.charCodeAt(0) + 256;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

function digitsAt(text: string, at: number): string {
  let end = at;
  while (end < text.length && isDigit(text, end)) end++;
  return text.slice(at, end);
}
