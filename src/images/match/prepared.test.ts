import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../../../test/support/property-seed.ts';
import { anyImage, anyVulnerability } from '../../../test/support/any-advisories.ts';
import {
  builtAt,
  builtAtMs,
  packageOf,
  sbomOf,
  tempFolder,
} from '../../../test/support/vulnerability-data.ts';
import { VirtualClock } from '../../kit/clock.ts';
import { DatabaseWriter } from '../database/database-writer.ts';
import { hydrate } from '../database/hydrate.ts';
import { VulnerabilityDatabase } from '../database/vulnerability-database.ts';
import { matchSbom } from './match-sbom.ts';

describe('a database that has been prepared', () => {
  it('gives the same matches, in the same order, as the published one that is asked for each row', () => {
    fc.assert(
      fc.property(
        fc.array(anyVulnerability, { minLength: 1, maxLength: 12 }),
        fc.array(anyImage, { minLength: 1, maxLength: 3 }),
        (vulnerabilities, images) => {
          const { published, prepared } = bothOf((writer) => {
            for (const one of vulnerabilities) writer.add(one);
            writer.addExploitPrediction('cve-1', 0.5, 0.9);
            writer.addKnownExploited('CVE-2', { date_added: '2026-01-01' });
            writer.setExploitPredictionDate('2026-01-01');
          });
          try {
            for (const one of images) expect(matchSbom(one, prepared)).toEqual(matchSbom(one, published));
          } finally {
            published.close();
            prepared.close();
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('has all rows of names in pieces of whatever length', () => {
    const { published, prepared } = bothOf((writer) => {
      for (let i = 0; i < 1300; i++)
        writer.add({
          id: `CVE-${i}`,
          provider: 'github',
          packages: [
            {
              // Of each name two, which differ in case, at every place where a piece may end.
              name: i % 2 === 0 ? `name-${i}` : `NAME-${i - 1}`,
              ecosystem: 'npm',
              ranges: [{ version: { type: 'npm', constraint: '< 2' } }],
            },
          ],
        });
    });
    const all = Array.from({ length: 1300 }, (_, i) =>
      packageOf({ type: 'npm', name: `name-${i}`, version: '1' }),
    );
    const sbom = sbomOf(undefined, all);
    const { matches } = matchSbom(sbom, prepared);
    expect(matches).toHaveLength(1300);
    expect(matches).toEqual(matchSbom(sbom, published).matches);
  });
});

/** The same database as it is published, and as it is after its arrival. */
function bothOf(write: (writer: DatabaseWriter) => void) {
  const folder = tempFolder();
  const [published, prepared] = [join(folder, 'published'), join(folder, 'prepared')];
  for (const path of [published, prepared]) mkdirSync(path);
  const writer = new DatabaseWriter(join(published, 'vulnerability.db'), { builtAt });
  writer.addProvider('debian', builtAt);
  write(writer);
  writer.finish();
  cpSync(join(published, 'vulnerability.db'), join(prepared, 'vulnerability.db'));
  hydrate(join(prepared, 'vulnerability.db'));
  const options = { clock: new VirtualClock(builtAtMs + 86_400_000) };
  return {
    published: VulnerabilityDatabase.open(published, options),
    prepared: VulnerabilityDatabase.open(prepared, options),
  };
}
