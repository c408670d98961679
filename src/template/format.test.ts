import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatPrintf } from './format.ts';
import { typed } from './function.ts';
import { GoNamed, goFloat, goStruct } from './value.ts';

const printf = (format: string, ...values: unknown[]): string => formatPrintf(format, values, 10_000);

// The expected texts are what Go 1.26 prints.
it.each<[string, unknown[], string]>([
  ['%s %d %v %q', ['a', 1, { b: 2, a: 'x' }, 'q"'], 'a 1 map[a:x b:2] "q\\""'],
  ['%5d|%-5s|%05.2f|%x', [3, 'ab', 3.14159, 255], '    3|ab   |03.14|ff'],
  ['%d %s %d', ['x', 5], '%!d(string=x) %!s(int=5) %!d(MISSING)'],
  ['a', [1, 'b', null], 'a%!(EXTRA int=1, string=b, <nil>)'],
  ['%z %', [1], '%!z(int=1) %!(NOVERB)'],
  ['%[2]d %[1]d', [1, 2], '2 1'],
  ['%*d|%-*d|%.*f|%[9]d', [5, 3, 4, 7, 2, 3.14159], '    3|7   |3.14|%!d(BADINDEX)'],
  [
    '%e %E %g %.3g %.10g',
    [1234.5678, 0.00012, 1e21, 1234.5, 1234567],
    '1.234568e+03 1.200000E-04 1e+21 1.23e+03 %!g(int=0001234567)',
  ],
  ['%v %v %v %v', [goFloat(1e6), goFloat(123456), 1e-5, goFloat(0)], '1e+06 123456 1e-05 0'],
  ['%.0f %.0f %.0f %.1f %.2f', [0.5, 1.5, 2.5, 0.25, 1.005], '0 2 2 0.2 1.00'],
  ['%8.3f|%-8.2f|%+.1f|%08.3f', [2.5, 2.5, 0.05, -3.14159], '   2.500|2.50    |+0.1|-003.142'],
  ['%+d|% d|%08d|%-6d|%x|%X', [5, 5, -42, 42, -255, 255], '+5| 5|-0000042|42    |-ff|FF'],
  [
    '%c %U %#U %q %o %O %b %#x %#o',
    [0x1f600, 0x1f600, 65, 120, 8, 8, 5, 255, 8],
    "😀 U+1F600 U+0041 'A' 'x' 10 0o10 101 0xff 010",
  ],
  [
    '%x|% x|%#x|%X|%.2s|%10.3s|',
    ['abc', 'abc', 'abc', 'hi', 'héllo', 'abcdef'],
    '616263|61 62 63|0x616263|6869|hé|       abc|',
  ],
  ['%q %+q %#q', ['é\n\u0001', 'é', 'a'], '"é\\n\\x01" "\\u00e9" `a`'],
  ['%t %6t %t', [true, false, 1], 'true  false %!t(int=1)'],
  ['%v %s %d %v', [null, null, [1, 'a', null], ['a', 1]], '<nil> %!s(<nil>) [1 %!d(string=a) <nil>] [a 1]'],
  ['%T %T %T %T %T %T', [1, 1.5, 'a', true, null, ['a']], 'int float64 string bool <nil> []string'],
  ['%v %f %5.1f', [Number.POSITIVE_INFINITY, Number.NaN, Number.NEGATIVE_INFINITY], '+Inf NaN  -Inf'],
  [
    '%#v %#v %#v',
    ['a', ['a'], { a: null }],
    '"a" []string{"a"} map[string]interface {}{"a":interface {}(nil)}',
  ],
])('%s with %j', (format, values, expected) => {
  expect(printf(format, ...values)).toBe(expected);
});

it('shows a struct by its fields, and by its String method where it has one', () => {
  const pair = goStruct('t.Pair', { Name: 'a', Value: 1 });
  expect(printf('%v %+v', pair, pair)).toBe('{a 1} {Name:a Value:1}');
  const named = new GoNamed('t.Level', 3, { String: typed([], () => 'high') });
  expect(printf('%v %s %q %d %v', named, named, named, named, [named])).toBe('high high "high" 3 [high]');
});

it('refuses to grow beyond its limit', () => {
  expect(() => formatPrintf('%9000s%9000s', ['', ''], 10_000)).toThrow('exceeds 10000 characters');
});

it('writes floats that read back as the same number', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      for (const verb of ['%v', '%g', '%.17g', '%.16e', '%.1100f'])
        expect(Number(printf(verb, goFloat(value)))).toBe(value);
    }),
  );
});

it('agrees with toFixed wherever no tie is to be broken', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.001, max: 1e15, noNaN: true }),
      fc.integer({ min: 0, max: 6 }),
      (value, digits) => {
        // A tie lies on a multiple of 1/128 at most six decimals down.
        fc.pre(!Number.isInteger(value * 128));
        expect(printf(`%.${digits}f`, goFloat(value))).toBe(value.toFixed(digits));
      },
    ),
  );
});
