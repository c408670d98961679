import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cvssScore } from './cvss.ts';

// Scores as the calculators of FIRST and NVD give them.
it.each([
  ['AV:N/AC:L/Au:N/C:C/I:C/A:C', '2.0', 10],
  ['(AV:N/AC:M/Au:N/C:P/I:P/A:P)', '2.0', 6.8],
  ['AV:L/AC:H/Au:N/C:N/I:N/A:P', '2.0', 1.2],
  ['AV:N/AC:L/Au:N/C:N/I:N/A:N', '2.0', 0],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', '3.1', 9.8],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H', '3.1', 10],
  ['CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', '3.0', 6.1],
  ['CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H', '3.1', 7.8],
  ['CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:H', '3.1', 5.9],
  ['CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N', '3.1', 0],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H', '4.0', 10],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', '4.0', 9.3],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:L/SC:N/SI:N/SA:N', '4.0', 6.9],
  ['CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', '4.0', 7.3],
  ['CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', '4.0', 7.7],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N', '4.0', 0],
  ['CVSS:4.0/AV:P/AC:H/AT:P/PR:L/UI:P/VC:L/VI:L/VA:L/SC:L/SI:L/SA:L/E:A', '4.0', 1],
])('scores %s', (vector, version, score) => {
  expect(cvssScore(vector)).toEqual({ version, score });
});

it.each([
  '',
  'AV:N',
  'CVSS:3.1/AV:N',
  'CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
  'CVSS:4.0/AV:N/AC:L',
  'high',
  'AV:N/AV:N/AC:L/Au:N/C:C/I:C/A:C',
])('has no score for %j', (vector) => {
  expect(cvssScore(vector)).toBeUndefined();
});

it('takes any text', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('', 'CVSS:3.1/', 'CVSS:4.0/'), (text, prefix) => {
      const found = cvssScore(prefix + text);
      expect(found === undefined || (found.score >= 0 && found.score <= 10)).toBe(true);
    }),
  );
});

it('never scores a version 4 vector higher for having less impact', () => {
  const order = ['H', 'L', 'N'] as const;
  const level = fc.integer({ min: 0, max: 2 });
  const access = fc.record({
    AV: fc.constantFrom('N', 'A', 'L', 'P'),
    AC: fc.constantFrom('L', 'H'),
    AT: fc.constantFrom('N', 'P'),
    PR: fc.constantFrom('N', 'L', 'H'),
    UI: fc.constantFrom('N', 'P', 'A'),
  });
  fc.assert(
    fc.property(access, fc.tuple(level, level, level, level, level, level), fc.nat(5), (how, impact, at) => {
      const vectorOf = (levels: readonly number[]) =>
        `CVSS:4.0/${Object.entries(how)
          .map(([name, value]) => `${name}:${value}`)
          .join(
            '/',
          )}/${['VC', 'VI', 'VA', 'SC', 'SI', 'SA'].map((name, i) => `${name}:${order[levels[i] ?? 0]}`).join('/')}`;
      const less = impact.map((one, i) => (i === at ? Math.min(2, one + 1) : one));
      const [more, fewer] = [
        cvssScore(vectorOf(impact))?.score ?? -1,
        cvssScore(vectorOf(less))?.score ?? -1,
      ];
      expect(fewer).toBeGreaterThanOrEqual(0);
      // Classes overlap a little by design of the standard.
      expect(fewer).toBeLessThanOrEqual(more + 0.3);
    }),
  );
});
