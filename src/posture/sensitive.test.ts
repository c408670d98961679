import fc from 'fast-check';
import { expect, it } from 'vitest';
import { safeRegex } from '../kit/regex.ts';
import { defaultInputs } from './inputs.ts';
import { literalOf, secretDetector } from './sensitive.ts';

it.each([
  ['BEGIN \\w+ PRIVATE KEY', ' PRIVATE KEY'],
  ['AKIA[0-9A-Z]{16}', 'AKIA'],
  ['xox[baprs]-[0-9A-Za-z]{10,48}', 'xox'],
  ['Bearer', 'Bearer'],
  ['a\\.b', 'a.b'],
  ['tokens?', 'token'],
  ['ab*cd', 'cd'],
  ['ab+cd', 'ab'],
  ['^abc$', 'abc'],
  ['a{0}bc', 'bc'],
  ['(?i)abc', ''],
  ['abc|def', ''],
  ['\\x41bc', ''],
  ['\\Qa.b\\E', ''],
  ['\\\\Qab', ''],
  ['.*', ''],
  ['[[:alpha:]x]yz', 'yz'],
  ['[\\]a]bc', 'bc'],
  ['[]a]bc', 'bc'],
  ['a+?bc', 'bc'],
  ['', ''],
])('every match of %j contains %j', (pattern, literal) => {
  expect(literalOf(pattern)).toBe(literal);
});

it('is contained in every match, whatever the pattern', () => {
  const atoms = fc.constantFrom(
    'a',
    'b',
    '.',
    '[ab]',
    '[^a]',
    '\\w',
    '\\.',
    '\\d',
    '-',
    '^',
    'c*',
    'b+',
    'a?',
    'b{2}',
    'a{0,1}',
    '[\\]a]',
    '[[:alpha:]b]',
  );
  const patterns = fc.array(atoms, { maxLength: 5 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(patterns, fc.stringMatching(/^[abc.\-1]{0,8}$/), (pattern, text) => {
      if (safeRegex(pattern).finds(text)) expect(text).toContain(literalOf(pattern));
    }),
    { numRuns: 2000 },
  );
});

it('finds what the patterns find, one by one', () => {
  const words = fc.constantFrom(
    'bearer ',
    'BEGIN',
    ' RSA ',
    'PRIVATE KEY',
    'jwt',
    'AKIA',
    'ABCDEFGHIJKLMNOP',
    '_key_',
    'x',
  );
  const values = fc.array(words, { maxLength: 4 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(values, fc.boolean(), (value, anyCase) => {
      const naive = defaultInputs.sensitiveValues.some((pattern) =>
        safeRegex(anyCase ? `(?i)${pattern}` : pattern).finds(value),
      );
      expect(secretDetector(defaultInputs, { anyCase }).isSecretValue(value)).toBe(naive);
    }),
    { numRuns: 1000 },
  );
});
