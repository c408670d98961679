import { compareDigits, isDigits, type VersionScheme } from './scheme.ts';

/**
 * Composer's, as PHP orders versions: a word that is not known, `dev`, `alpha`, `beta`, `RC`, a number, `pl`.
 *
 * Source: https://www.php.net/manual/function.version-compare.php
 */
export const packagist: VersionScheme = {
  name: 'packagist',
  compare(left, right) {
    const [a, b] = [parts(left), parts(right)];
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const order = comparePart(a[i] ?? '', b[i] ?? '');
      if (order !== 0) return order;
    }
    const [rest, sign] = a.length > b.length ? [a.slice(b.length), 1] : [b.slice(a.length), -1];
    for (const part of rest) {
      if (isDigits(part)) return sign;
      const order = rank(part) - numberRank;
      if (order !== 0) return sign * order;
    }
    return 0;
  },
};

/** Dots stand between runs of digits and of letters. */
function parts(text: string): readonly string[] {
  return text
    .trim()
    .replace(/^v(?=\d)/i, '')
    .replace(/[-_+]/g, '.')
    .replace(/(\d)([^\d.])/g, '$1.$2')
    .replace(/([^\d.])(\d)/g, '$1.$2')
    .split('.')
    .filter((part) => part !== '');
}

const known: readonly (readonly string[])[] = [['dev'], ['a'], ['b'], ['RC', 'rc'], ['#'], ['p']];
const numberRank = 4;

/** -1 for a word that is not known; words are known by how they begin, and by their case. */
function rank(part: string): number {
  if (isDigits(part)) return numberRank;
  return known.findIndex((names) => names.some((name) => part.startsWith(name)));
}

function comparePart(left: string, right: string): number {
  if (isDigits(left) && isDigits(right)) return compareDigits(left, right);
  return rank(left) - rank(right);
}
