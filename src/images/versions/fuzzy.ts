import { compareDigits, compareTexts, type VersionScheme } from './scheme.ts';
import { compareLoose, parseLoose } from './semver.ts';

/**
 * For what nobody knows the scheme of: semantic versions where both are such, else part by part, a number first in each.
 */
export const fuzzy: VersionScheme = {
  name: 'fuzzy',
  compare(left, right) {
    const [a, b] = [left, right].map((text) => (semantic.test(text) ? parseLoose(text) : undefined));
    return a === undefined || b === undefined ? compareFuzzy(left, right) : compareLoose(a, b);
  },
};

/** Stricter than where the scheme is known: only these words make a pre-release without a dash. */
const semantic = /^\s*v?\d+(?:\.\d+)*(?:-|\+|\.?(?:alpha|beta|rc)|\s*$)/i;

export function compareFuzzy(left: string, right: string): number {
  return compareParts(plain(left), plain(right));
}

function plain(text: string): string {
  return text.trim().replace(/^[vV](?=\d)/, '');
}

/** What begins alike is newer the longer it is. */
function compareParts(left: string, right: string): number {
  const [a, b] = [partsOf(left), partsOf(right)];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = comparePart(a[i] ?? '', b[i] ?? '');
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Punctuation stands between parts. */
function partsOf(text: string): readonly string[] {
  return text.split(/\p{P}/u);
}

function comparePart(left: string, right: string): number {
  const [a] = /^\d*/.exec(left) ?? [''];
  const [b] = /^\d*/.exec(right) ?? [''];
  return compareDigits(a || '0', b || '0') || compareRest(left.slice(a.length), right.slice(b.length));
}

/** `p9` before `p15`, where both end so; else as texts. */
function compareRest(left: string, right: string): number {
  const [, word = '', number = ''] = numberedWord.exec(left) ?? [];
  const [, otherWord = '', otherNumber = ''] = numberedWord.exec(right) ?? [];
  if (number === '' || otherNumber === '') return compareTexts(left, right);
  return compareTexts(word, otherWord) || compareDigits(number, otherNumber);
}

const numberedWord = /^(.*?\p{L})(\d+)$/u;
