import fc from 'fast-check';
import { expect, it } from 'vitest';
import { graveOf, vulnerabilityText, type WeighedVulnerability } from './grave-vulnerabilities.ts';
import { vulnerabilitySeverities } from './vulnerability.ts';

const word = fc.constantFrom('a', 'b', 'c', '');
const one: fc.Arbitrary<WeighedVulnerability> = fc.record(
  {
    ...{ id: word, package: word, installed: word, fixedIn: word },
    severity: fc.constantFrom(...vulnerabilitySeverities),
    knownExploited: fc.boolean(),
    effect: fc.constantFrom('code-execution' as const, 'undescribed' as const),
  },
  { requiredKeys: ['id', 'package', 'installed', 'fixedIn', 'severity', 'knownExploited'] },
);

it('counts all, names a few, and says the same in whatever order they come', () => {
  fc.assert(
    fc.property(fc.array(one, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (all, keys) => {
      const shuffled = all
        .map((item) => ({ item, at: keys.next().value ?? 0 }))
        .sort((a, b) => a.at - b.at)
        .map(({ item }) => item);
      const grave = graveOf(all);
      expect(graveOf(shuffled)).toEqual(grave);
      expect(grave.critical.count).toBe(all.filter(({ severity }) => severity === 'Critical').length);
      expect(grave.codeExecution.count).toBe(all.filter(({ effect }) => effect === 'code-execution').length);
      for (const { count, first } of Object.values(grave)) expect(first).toHaveLength(Math.min(count, 3));
    }),
  );
});

it('names first what is exploited, then what can be mended', () => {
  const of = (id: string, fixedIn: string, knownExploited = false): WeighedVulnerability => ({
    ...{ id, package: 'openssl', installed: '3.0.1', fixedIn, severity: 'Critical', knownExploited },
  });
  const { critical } = graveOf([
    of('CVE-1', ''),
    of('CVE-2', '3.0.2'),
    of('CVE-3', '', true),
    of('CVE-4', ''),
  ]);
  expect(vulnerabilityText(critical)).toBe(
    'CVE-3 in openssl 3.0.1 (no fix is known), CVE-2 in openssl 3.0.1 (fixed in 3.0.2), CVE-1 in openssl 3.0.1 (no fix is known), and 1 more',
  );
});
