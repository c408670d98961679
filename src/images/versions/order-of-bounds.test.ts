import fc from 'fast-check';
import { expect, it } from 'vitest';
import '../../../test/support/property-seed.ts';
import { versionTexts } from '../../../test/support/version-texts.ts';
import { compareRpm } from './rpm.ts';
import type { VersionScheme } from './scheme.ts';
import { schemeOf } from './schemes.ts';

const ordered = ['apk', 'dpkg', 'gem', 'go', 'nuget', 'pep440', 'rpm', 'semver'].map(schemeOf);
const rpmZero: VersionScheme = { ...schemeOf('rpm'), compareToBound: (a, b) => compareRpm(a, b, 'zero') };

it.each([...ordered.map((scheme) => [scheme.name, scheme] as const), ['rpm-zero', rpmZero] as const])(
  '%s: what is above a bound is above all lower bounds of its order',
  (_name, scheme) => {
    const { compareToBound = scheme.compare } = scheme;
    fc.assert(
      fc.property(versionTexts, versionTexts, versionTexts, (one, higher, lower) => {
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
