import { compareDigits, compareTexts } from './scheme.ts';

/**
 * RPM's order of one part of a version: runs of digits and of letters, everything else parts them; `~` comes before the end,
 * `^` after the end and before anything else.
 *
 * Source: https://rpm.org/docs/latest/manual/dependencies.html
 */
export function compareRpmParts(left: string, right: string): number {
  if (left === right) return 0;
  let [a, b] = [left, right];
  for (;;) {
    a = a.replace(/^[^A-Za-z0-9~^]+/, '');
    b = b.replace(/^[^A-Za-z0-9~^]+/, '');
    if (a.startsWith('~') || b.startsWith('~')) {
      if (!a.startsWith('~')) return 1;
      if (!b.startsWith('~')) return -1;
      [a, b] = [a.slice(1), b.slice(1)];
      continue;
    }
    if (a.startsWith('^') || b.startsWith('^')) {
      if (a === '') return -1;
      if (b === '') return 1;
      if (!a.startsWith('^')) return 1;
      if (!b.startsWith('^')) return -1;
      [a, b] = [a.slice(1), b.slice(1)];
      continue;
    }
    if (a === '' || b === '') return a === b ? 0 : a === '' ? -1 : 1;
    const isNumber = /^\d/.test(a);
    const run = isNumber ? /^\d+/ : /^[A-Za-z]+/;
    const [one] = run.exec(a) ?? [''];
    const [two] = run.exec(b) ?? [''];
    // A number is newer than letters.
    if (two === '') return isNumber ? 1 : -1;
    const order = isNumber ? compareDigits(one, two) : compareTexts(one, two);
    if (order !== 0) return order;
    [a, b] = [a.slice(one.length), b.slice(two.length)];
  }
}
