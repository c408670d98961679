import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatMatcher, type Matcher } from '../model/matcher.ts';
import { formatMatchers } from './label-test.ts';
import { parseMatcher, parseMatchers, readMatchers } from './parse-matchers.ts';

const short = (text: string) => parseMatchers(text).map(({ name, op, value }) => `${name} ${op} ${value}`);

it.each([
  ['a="b"', ['a = b']],
  ['a=b', ['a = b']],
  ['{a="b",c!="d",}', ['a = b', 'c != d']],
  [' a =~ "b|c" , d !~ e ', ['a =~ b|c', 'd !~ e']],
  ['"odd name"="x"', ['odd name = x']],
  ['日=本', ['日 = 本']],
  ['a="say \\"hi\\", {x}\\n"', ['a = say "hi", {x}\n']],
  ['{}', []],
  // Only the older syntax has these.
  ['foo=bar baz', ['foo = bar baz']],
  ['foo=', ['foo = ']],
  ['foo=~[a-z]+.*', ['foo =~ [a-z]+.*']],
  ['{a="b"', ['a = b']],
  ['a="b"}', ['a = b']],
  ['a="\\w+"', ['a = \\w+']],
  ['a="b\\\\"', ['a = b\\']],
  // Both read it, each in its way: the older one counts.
  ['a="\\x41"', ['a = \\x41']],
])('reads %s', (text, expected) => {
  expect(short(text)).toEqual(expected);
});

it.each(['', 'a', 'a="b', 'a="b\\"', 'a~b', '="b"', 'a="b" c="d"', 'a=~"("', '{"a"', ',a=b'])(
  'refuses %s',
  (text) => {
    expect(() => parseMatchers(text)).toThrow();
  },
);

it('reads back whatever it printed', () => {
  const matcher: fc.Arbitrary<Matcher> = fc.record({
    name: fc.string({ minLength: 1, unit: 'binary' }).filter((name) => !/[\p{Cs}\p{Cc}]/u.test(name)),
    op: fc.constantFrom('=', '!='),
    value: fc.string({ unit: 'grapheme' }).filter((value) => !/[\p{Cs}\p{Cc}]/u.test(value)),
  });
  fc.assert(
    fc.property(fc.array(matcher), (matchers) => {
      expect(parseMatchers(formatMatchers(matchers))).toEqual(matchers);
    }),
  );
});

it.each([
  ['a="b"', undefined],
  ['{"odd name"=~"x|y"}', undefined],
  ['foo=bar baz', 'older syntax; write foo="bar baz"'],
  ['a="\\x41"', 'mean something else in the newer syntax'],
])('warns of what is written so that only one of the syntaxes reads it: %s', (text, warning) => {
  const found = readMatchers(text).warning;
  if (warning === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(warning);
});

it('wants exactly one where one is meant', () => {
  expect(formatMatcher(parseMatcher('a=b'))).toBe('a="b"');
  expect(() => parseMatcher('a=b,c=d')).toThrow('expected one matcher');
});
