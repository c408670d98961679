import { compareDigits, compareTexts, type VersionScheme } from './scheme.ts';

/** Before the release itself, then after it. */
const before = ['alpha', 'beta', 'pre', 'rc'];
const after = ['cvs', 'svn', 'git', 'hg', 'p'];

/**
 * Alpine's: numbers, a letter, suffixes, a hash, a revision: `1.2.3b_rc1_p2~0af3-r4`.
 *
 * Source: https://wiki.alpinelinux.org/wiki/APKBUILD_Reference#pkgver
 */
export const apk: VersionScheme = {
  name: 'apk',
  orderOfBound: () => '',
  compare(left, right) {
    const [a, b] = [parsed(left), parsed(right)];
    return (
      compareNumbers(a.numbers, b.numbers) ||
      compareTexts(a.letter, b.letter) ||
      compareSuffixes(a.suffixes, b.suffixes) ||
      compareTexts(a.hash, b.hash) ||
      compareDigits(a.revision, b.revision) ||
      compareRests(a.rest, b.rest)
    );
  },
};

/** A suffix or revision that is none makes a version older, whatever it says. */
function compareRests(left: string, right: string): number {
  const [a, b] = [/^[-_]/.test(left), /^[-_]/.test(right)];
  return a || b ? Number(b) - Number(a) : compareTexts(left, right);
}

interface ApkVersion {
  readonly numbers: readonly string[];
  readonly letter: string;
  readonly suffixes: readonly { readonly name: string; readonly number: string }[];
  readonly hash: string;
  readonly revision: string;
  /** What is no part of a version any more. */
  readonly rest: string;
}

function parsed(text: string): ApkVersion {
  let rest = text;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    const found = pattern.exec(rest);
    if (found === null) return undefined;
    rest = rest.slice(found[0].length);
    return found;
  };
  const numbers = (take(/^\d*(?:\.\d*)*?(?=\.?(?:[^.\d]|$))/)?.[0] ?? '').split('.');
  const letter = take(/^[a-z]/)?.[0] ?? '';
  const suffixes: { name: string; number: string }[] = [];
  for (let found = take(suffix); found !== undefined; found = take(suffix)) {
    suffixes.push({ name: found[1] ?? '', number: found[2] || '0' });
  }
  const hash = take(/^~([0-9a-f]+)/)?.[1] ?? '';
  const found = take(/^-r(\d*)(?=$|[-_])/);
  // One without a revision comes before its first.
  const revision = found === undefined ? '' : found[1] || '0';
  return { numbers, letter, suffixes, hash, revision, rest };
}

const suffix = /^_(alpha|beta|pre|rc|cvs|svn|git|hg|p)(\d*)/;

/** After the first, a number with a leading zero is read as a fraction. */
function compareNumbers(left: readonly string[], right: readonly string[]): number {
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [a, b] = [left[i], right[i]];
    if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
    const isFraction = i > 0 && (isFractional(a) || isFractional(b));
    const order = isFraction ? compareTexts(a, b) : compareDigits(a || '0', b || '0');
    if (order !== 0) return order;
  }
  return 0;
}

function isFractional(number: string): boolean {
  return number.length > 1 && number.startsWith('0');
}

function compareSuffixes(left: ApkVersion['suffixes'], right: ApkVersion['suffixes']): number {
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [a, b] = [left[i], right[i]];
    const order = rank(a?.name) - rank(b?.name) || compareDigits(a?.number ?? '0', b?.number ?? '0');
    if (order !== 0) return order;
  }
  return 0;
}

/** No suffix is 0. */
function rank(name: string | undefined): number {
  if (name === undefined) return 0;
  const early = before.indexOf(name);
  return early < 0 ? after.indexOf(name) + 1 : early - before.length;
}
