import { compareDigits, compareTexts } from './scheme.ts';

/**
 * RPM's order of one part of a version: runs of digits and of letters, everything else parts them; `~` comes before the end,
 * `^` after the end and before anything else.
 *
 * Source: https://rpm.org/docs/latest/manual/dependencies.html
 */
export function compareRpmParts(left: string, right: string): number {
  if (left === right) return 0;
  let [i, j] = [0, 0];
  for (;;) {
    i = skipSeparators(left, i);
    j = skipSeparators(right, j);
    const mark = compareMarks(left[i], right[j]);
    if (mark === 'both') {
      i++;
      j++;
      continue;
    }
    if (mark !== 'none') return mark;
    if (i === left.length || j === right.length) return Number(i < left.length) - Number(j < right.length);
    const isIn = isDigit(left.charCodeAt(i)) ? isDigit : isLetter;
    const [endOfLeft, endOfRight] = [endOfRun(left, i, isIn), endOfRun(right, j, isIn)];
    // A number is newer than letters.
    if (endOfRight === j) return isIn === isDigit ? 1 : -1;
    const [one, two] = [left.slice(i, endOfLeft), right.slice(j, endOfRight)];
    const order = isIn === isDigit ? compareDigits(one, two) : compareTexts(one, two);
    if (order !== 0) return order;
    i = endOfLeft;
    j = endOfRight;
  }
}

/** By the marks of which one side or both have one. */
function compareMarks(left: string | undefined, right: string | undefined): number | 'both' | 'none' {
  if (left === '~' || right === '~') return left === right ? 'both' : left === '~' ? -1 : 1;
  if (left !== '^' && right !== '^') return 'none';
  if (left === right) return 'both';
  if (left === undefined) return -1;
  if (right === undefined) return 1;
  return left === '^' ? -1 : 1;
}

function skipSeparators(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isWord(text.charCodeAt(at))) at++;
  return at;
}

function endOfRun(text: string, from: number, isIn: (code: number) => boolean): number {
  let at = from;
  while (at < text.length && isIn(text.charCodeAt(at))) at++;
  return at;
}

function isWord(code: number): boolean {
  return isDigit(code) || isLetter(code) || code === 0x7e || code === 0x5e;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}
