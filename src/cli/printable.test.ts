import { expect, it } from 'vitest';
import { inOneLine, printable } from './printable.ts';

it.each([
  ['plain-name_1.0 é 漢', 'plain-name_1.0 é 漢'],
  ['\u001b[2Jgone', '\\u{1b}[2Jgone'],
  ['a\nb: no known vulnerabilities', 'a\\u{a}b: no known vulnerabilities'],
  ['\u009b31m', '\\u{9b}31m'],
  ['\u202egpj.exe', '\\u{202e}gpj.exe'],
  ['\ud800', '\\u{d800}'],
])('shows %j as %j', (text, shown) => {
  expect(inOneLine(text)).toBe(shown);
});

it('leaves the lines of a text of several lines', () => {
  expect(printable('one\n\ttwo\r\u0007')).toBe('one\n\ttwo\\u{d}\\u{7}');
});
