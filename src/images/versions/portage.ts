import { compareDigits, compareTexts, UnsupportedVersionError, type VersionScheme } from './scheme.ts';

const form = /^(\d+(?:\.\d+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|p)\d*)*)(?:-r(\d+))?$/;
const ranks: Readonly<Record<string, number>> = { alpha: -4, beta: -3, pre: -2, rc: -1, p: 1 };

/**
 * Gentoo's: `1.2b_rc3_p1-r4`.
 *
 * Source: https://projects.gentoo.org/pms/latest/pms.html (3.3 Version Comparison)
 */
export const portage: VersionScheme = {
  name: 'portage',
  compare(left, right) {
    const [a, b] = [parsed(left), parsed(right)];
    return (
      compareNumbers(a.numbers, b.numbers) ||
      compareTexts(a.letter, b.letter) ||
      compareSuffixes(a.suffixes, b.suffixes) ||
      compareDigits(a.revision, b.revision)
    );
  },
};

function parsed(text: string) {
  const found = form.exec(text.trim());
  if (found === null) throw new UnsupportedVersionError('portage', text);
  const [, numbers = '', letter = '', suffixes = '', revision = '0'] = found;
  return {
    numbers: numbers.split('.'),
    letter,
    suffixes: [...suffixes.matchAll(/_([a-z]+)(\d*)/g)].map(([, name = '', number = '']) => ({
      name,
      number,
    })),
    revision,
  };
}

/** After the first, numbers of which one has a leading zero are read as fractions. */
function compareNumbers(left: readonly string[], right: readonly string[]): number {
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [a, b] = [left[i] ?? '', right[i] ?? ''];
    const isFraction = i > 0 && (a.startsWith('0') || b.startsWith('0'));
    const order = isFraction ? compareTexts(a.replace(/0+$/, ''), b.replace(/0+$/, '')) : compareDigits(a, b);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

type Suffixes = readonly { readonly name: string; readonly number: string }[];

function compareSuffixes(left: Suffixes, right: Suffixes): number {
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [a, b] = [left[i], right[i]];
    const order = (ranks[a?.name ?? ''] ?? 0) - (ranks[b?.name ?? ''] ?? 0);
    if (order !== 0) return order;
    const numbers = compareDigits(a?.number || '0', b?.number || '0');
    if (numbers !== 0) return numbers;
  }
  return 0;
}
