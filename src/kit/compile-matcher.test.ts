import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileMatcher, literalsOf } from './compile-matcher.ts';
import { safeRegex } from './regex.ts';

it('answers plain texts, negations and alternatives', () => {
  expect(compileMatcher({ op: '=', value: 'a' })('a')).toBe(true);
  expect(compileMatcher({ op: '!=', value: 'a' })('')).toBe(true);
  const severe = compileMatcher({ op: '=~', value: 'critical|high' });
  expect(['critical', 'high', 'low', 'highest'].map(severe)).toEqual([true, true, false, false]);
  expect(['a', 'b'].map(compileMatcher({ op: '!~', value: 'a' }))).toEqual([false, true]);
});

it('matches the whole value, newlines included', () => {
  const any = compileMatcher({ op: '=~', value: 'a.+' });
  expect(['a', 'ab', 'a\nb', 'xab'].map(any)).toEqual([false, true, true, false]);
});

it('lists the texts of a finite pattern', () => {
  expect(literalsOf('prod-(eu|us)|dev')).toEqual(['prod-eu', 'prod-us', 'dev']);
  expect(literalsOf('a\\.b')).toEqual(['a.b']);
  expect(literalsOf('a.*')).toBeUndefined();
  expect(literalsOf('[ab]')).toBeUndefined();
  expect(literalsOf('ab?')).toBeUndefined();
});

it('refuses a pattern that is not valid', () => {
  expect(() => compileMatcher({ op: '=~', value: '(a' })).toThrow(/bad regular expression/);
  expect(() => compileMatcher({ op: '=~', value: 'a)' })).toThrow(/bad regular expression/);
});

it('agrees with the regular expression engine on every pattern that it answers itself', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    '.*',
    '.+',
    '|',
    '(',
    ')',
    '(?:',
    '\\.',
    '-',
    'é',
    'b?',
    '[ab]',
    '^',
    '$',
    '.',
  );
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-', 'é', '\n', '😀'), maxLength: 7 });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 7 }), fc.array(text, { maxLength: 8 }), (pieces, texts) => {
      const pattern = pieces.join('');
      let reference: (value: string) => boolean;
      try {
        const regex = safeRegex(pattern, { dotAll: true });
        reference = (value) => regex.matches(value);
      } catch {
        expect(() => compileMatcher({ op: '=~', value: pattern })).toThrow();
        return;
      }
      const matches = compileMatcher({ op: '=~', value: pattern });
      for (const value of texts)
        expect([pattern, value, matches(value)]).toEqual([pattern, value, reference(value)]);
    }),
    { numRuns: 2000 },
  );
});
