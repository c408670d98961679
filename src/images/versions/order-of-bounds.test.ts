import fc from 'fast-check';
import { expect, it } from 'vitest';
import '../../../test/support/property-seed.ts';
import { compareRpm } from './rpm.ts';
import type { VersionScheme } from './scheme.ts';
import { schemeOf } from './schemes.ts';

const ordered = ['apk', 'dpkg', 'gem', 'go', 'nuget', 'pep440', 'rpm', 'semver'].map(schemeOf);
const rpmZero: VersionScheme = { ...schemeOf('rpm'), compareToBound: (a, b) => compareRpm(a, b, 'zero') };

const number = fc.constantFrom('0', '1', '2', '9', '10', '01', '00');
const word = fc.constantFrom('a', 'rc', 'rc1', 'p', 'el8', 'post', 'dev', 'beta', 'z');
const mark = fc.constantFrom('.', '.', '.', '-', '~', '^', '+', '_', '', ':');
const likely = fc
  .array(fc.tuple(mark, fc.oneof({ weight: 3, arbitrary: number }, { weight: 1, arbitrary: word })), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.map(([before, part], i) => (i === 0 ? part : before + part)).join(''));
const version = fc.oneof(
  { weight: 6, arbitrary: likely },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom('0:', '1:', 'v', 'go'), likely).map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.stringMatching(/^[v0-9a-cr.+~^_:-]{0,8}$/) },
);

it.each([...ordered.map((scheme) => [scheme.name, scheme] as const), ['rpm-zero', rpmZero] as const])(
  '%s: what is above a bound is above all lower bounds of its order',
  (_name, scheme) => {
    const { compareToBound = scheme.compare } = scheme;
    fc.assert(
      fc.property(version, version, version, (one, higher, lower) => {
        const order = scheme.orderOfBound?.(higher);
        if (order === undefined || order !== scheme.orderOfBound?.(lower)) return;
        try {
          if (scheme.compare(higher, lower) < 0 || compareToBound(one, higher) <= 0) return;
          expect([one, higher, lower, Math.sign(compareToBound(one, lower))]).toEqual([
            one,
            higher,
            lower,
            1,
          ]);
        } catch (error) {
          if (error instanceof Error && error.name === 'UnsupportedVersionError') return;
          throw error;
        }
      }),
      { numRuns: 2000 },
    );
  },
);
