import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConstraint, satisfies } from './constraint.ts';
import { satisfiesNpmRange } from './npm-range.ts';
import { UnsupportedVersionError } from './scheme.ts';
import { schemeOf } from './schemes.ts';

const schemes = [
  'apk',
  'bitnami',
  'cran',
  'dpkg',
  'fuzzy',
  'gem',
  'go',
  'hackage',
  'jvm',
  'kb',
  'maven',
  'nuget',
].concat(['packagist', 'pacman', 'pep440', 'portage', 'pub', 'rpm', 'semver']);

describe('orders what every scheme is known for', () => {
  it.each([
    ['dpkg', '1.0~rc1-1', '1.0-1'],
    ['dpkg', '9', '1:0'],
    ['rpm', '1.0~rc1', '1.0'],
    ['rpm', '1.0', '1.0^git1'],
    ['rpm', '1.0^git1', '1.0.1'],
    ['apk', '1.2_rc1', '1.2'],
    ['apk', '1.2', '1.2_p1'],
    ['apk', '1.2-r9', '1.2-r10'],
    ['apk', '1.2', '1.2-r0'],
    ['gem', '1.0.rc1', '1.0'],
    ['maven', '1.0-alpha-1', '1.0-SNAPSHOT'],
    ['maven', '1.0-rc1', '1.0'],
    ['maven', '1.0', '1.0-sp'],
    ['pep440', '1.0.dev1', '1.0a1'],
    ['pep440', '1.0', '1.0.post1'],
    ['semver', '1.0.0-alpha.2', '1.0.0-alpha.10'],
    ['go', 'v1.2.3', 'v1.10.0+incompatible'],
    ['jvm', '1.8.0_131', '11.0.1'],
    ['packagist', '1.0-dev', '1.0-alpha'],
    ['portage', '1.01', '1.1'],
    ['nuget', '1.0.0', '1.0.0.1'],
    ['pub', '1.0.0', '1.0.0+1'],
    ['fuzzy', '4.2.8p9', '4.2.8p15'],
  ])('%s: %s before %s', (scheme, older, newer) => {
    expect(schemeOf(scheme).compare(older, newer)).toBeLessThan(0);
    expect(schemeOf(scheme).compare(newer, older)).toBeGreaterThan(0);
    expect(schemeOf(scheme).compare(older, older)).toBe(0);
  });
});

it.each(schemes)(
  '%s gives an order or says that a text is no version, and the order turns with the sides',
  (name) => {
    const scheme = schemeOf(name);
    const text = fc.stringMatching(/^[v0-9a-cr.+~^_:-]{0,12}$/);
    const order = (a: string, b: string): number | undefined => {
      try {
        return Math.sign(scheme.compare(a, b));
      } catch (error) {
        expect(error).toBeInstanceOf(UnsupportedVersionError);
        return undefined;
      }
    };
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [forth, back] = [order(a, b), order(b, a)];
        expect(forth).toBe(back === undefined ? undefined : back === 0 ? 0 : -back);
        if (forth !== undefined) expect(order(a, a)).toBe(0);
      }),
      { numRuns: 500 },
    );
  },
);

it.each(['maven', 'pep440'])('%s takes words that every object has for words', (name) => {
  const { compare } = schemeOf(name);
  for (const word of ['constructor', '__proto__', 'valueof'])
    expect(compare(`1.0-${word}`, `1.0-${word}`)).toBe(0);
  expect(Math.sign(compare('1.0-constructor', '1.0-constructos'))).toBe(-1);
});

it('takes a type of that name for one that nobody knows', () => {
  expect(schemeOf('constructor').name).toBe('fuzzy');
});

describe('constraints', () => {
  it.each([
    ['1.5', '> 1.0, < 2.0', true],
    ['2.5', '> 1.0, < 2.0 || = 2.5', true],
    ['1.0', '', true],
    ['1.0', '1.0', true],
    ['1.0', '\'1.0\' || "2.0"', true],
    ['1.0', '!= 1.0', 'refused'],
    ['1.0', '>', 'refused'],
    ['1.0', '(< 2)', 'refused'],
  ])('%s in %j: %s', (version, text, wanted) => {
    const found = () => satisfies(schemeOf('dpkg'), version, parseConstraint(text));
    if (wanted === 'refused') expect(found).toThrow(/is no version constraint/);
    else expect(found()).toBe(wanted);
  });

  it('of no known order are the same with and without a v', () => {
    expect(satisfies(schemeOf('fuzzy'), '1.2.3a', parseConstraint('= v1.2.3a'))).toBe(true);
  });

  it('of Maven are for an artifact whatever runtime it was made for', () => {
    expect(satisfies(schemeOf('maven'), '12.10.2.jre8', parseConstraint('< 12.10.2.jre11'))).toBe(false);
    expect(satisfies(schemeOf('maven'), '12.10.1.jre11', parseConstraint('< 12.10.2'))).toBe(true);
  });

  it('of advisories say nothing of an epoch that only one side has, while versions have one of 0', () => {
    expect(satisfies(schemeOf('rpm'), '3:1.0-1', parseConstraint('< 1.1-1'))).toBe(true);
    expect(schemeOf('rpm').compare('3:1.0-1', '1.1-1')).toBeGreaterThan(0);
  });
});

describe('npm ranges', () => {
  it.each([
    ['1.2.9', '^1.2.3', true],
    ['2.0.0', '^1.2.3', false],
    ['0.2.9', '^0.2.3', true],
    ['0.3.0', '^0.2.3', false],
    ['1.2.3-beta', '^1.0.0', false],
    ['1.2.3-beta.2', '>=1.2.3-beta.1', true],
    ['1.3.0', '1.2.x', false],
    ['1.5.0', '1.2 - 1.5', true],
  ])('%s in %s: %s', (version, range, wanted) => {
    expect(satisfiesNpmRange(version, range)).toBe(wanted);
  });
});
