import { remembered } from './remembered.ts';
import { compareDigitLists, compareDigits, compareTexts, isDigits, type VersionScheme } from './scheme.ts';

/**
 * Python's, with what older tools accepted: a text that is none comes before all that are.
 *
 * Source: https://packaging.python.org/en/latest/specifications/version-specifiers/
 */
export const pep440: VersionScheme = {
  name: 'pep440',
  orderOfBound: (bound) => (bound.includes('+') ? undefined : ''),
  compare(left, right) {
    const [a, b] = [parsed(left), parsed(right)];
    if (a === undefined || b === undefined) {
      if (a === undefined && b === undefined) return compareLegacy(left, right);
      return a === undefined ? -1 : 1;
    }
    return (
      compareDigits(a.epoch, b.epoch) ||
      compareDigitLists(a.release, b.release) ||
      comparePhase(a.pre, b.pre) ||
      comparePhase(a.post, b.post) ||
      comparePhase(a.dev, b.dev) ||
      compareLocal(a.local, b.local)
    );
  },
  // A bound without a local part is about all of them.
  compareToBound: (version, bound) =>
    pep440.compare(
      !version.includes('+') || bound.includes('+') ? version : version.replace(/\+.*$/s, ''),
      bound,
    ),
};

const form =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/;

/** A phase of a version: a rank, and the number in it. */
type Phase = readonly [rank: number, number: string];

interface PythonVersion {
  readonly epoch: string;
  readonly release: readonly string[];
  readonly pre: Phase;
  readonly post: Phase;
  readonly dev: Phase;
  readonly local: readonly string[] | undefined;
}

const none = 0;
const ranks: Readonly<Record<string, number>> = {
  a: -3,
  alpha: -3,
  b: -2,
  beta: -2,
  c: -1,
  rc: -1,
  pre: -1,
  preview: -1,
};

const parsed = remembered((text): PythonVersion | undefined => {
  const found = form.exec(text.trim().toLowerCase());
  if (found === null) return undefined;
  const [, epoch = '0', release = '', pre, preNumber, implicitPost, post, postNumber, dev, devNumber, local] =
    found;
  const hasPost = implicitPost !== undefined || post !== undefined;
  const isDevOnly = pre === undefined && !hasPost && dev !== undefined;
  return {
    epoch,
    release: release.split('.'),
    // A development release of nothing else comes before its alphas.
    pre: isDevOnly ? [-4, '0'] : pre === undefined ? [none, '0'] : [ranks[pre] ?? none, preNumber || '0'],
    post: hasPost ? [1, implicitPost ?? (postNumber || '0')] : [none, '0'],
    dev: dev === undefined ? [none, '0'] : [-1, devNumber || '0'],
    local: local?.split(/[-_.]/),
  };
});

function comparePhase([left, a]: Phase, [right, b]: Phase): number {
  return left - right || compareDigits(a, b);
}

/** None before any; numbers after words. */
function compareLocal(left: readonly string[] | undefined, right: readonly string[] | undefined): number {
  if (left === undefined || right === undefined) return left === right ? 0 : left === undefined ? -1 : 1;
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [a, b] = [left[i], right[i]];
    if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
    const [isA, isB] = [isDigits(a), isDigits(b)];
    if (isA !== isB) return isA ? 1 : -1;
    const order = isA ? compareDigits(a, b) : compareTexts(a, b);
    if (order !== 0) return order;
  }
  return 0;
}

const legacyWords = new Map(Object.entries({ pre: 'c', preview: 'c', '-': 'final-', rc: 'c', dev: '@' }));

/** As setuptools ordered texts before there was a standard. */
function compareLegacy(left: string, right: string): number {
  const [a, b] = [legacyKey(left), legacyKey(right)];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [one, two] = [a[i], b[i]];
    if (one === undefined || two === undefined) return one === undefined ? -1 : 1;
    const order = compareTexts(one, two);
    if (order !== 0) return order;
  }
  return 0;
}

function legacyKey(text: string): readonly string[] {
  const key: string[] = [];
  for (const piece of [...(text.toLowerCase().match(/\d+|[a-z]+|\.|-/g) ?? []), '']) {
    const part = legacyPart(piece);
    if (part === undefined) continue;
    if (part.startsWith('*')) {
      if (part < '*final') while (key.at(-1) === '*final-') key.pop();
      while (key.at(-1) === '00000000') key.pop();
    }
    key.push(part);
  }
  return key;
}

function legacyPart(piece: string): string | undefined {
  if (piece === '') return '*final';
  const word = legacyWords.get(piece) ?? piece;
  if (word === '.') return undefined;
  return isDigits(word) ? word.padStart(8, '0') : `*${word}`;
}
