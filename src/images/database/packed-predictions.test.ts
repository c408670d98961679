import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import '../../../test/support/property-seed.ts';
import { builtAt, tempFolder } from '../../../test/support/vulnerability-data.ts';
import { DatabaseFile } from './database-file.ts';
import { DatabaseWriter } from './database-writer.ts';

const cve = fc.oneof(
  fc.tuple(fc.constantFrom('CVE', 'cve'), fc.integer({ min: 1999, max: 2030 }), fc.nat(200)).map(
    // With four digits at least, and with zeros that make it another name.
    ([prefix, year, n]) => `${prefix}-${year}-${String(n).padStart(4 + (n % 3), '0')}`,
  ),
  fc.constantFrom('CVE-2024-1', 'CVE-2024-12345678901234', 'CVE-24-1234', 'GHSA-x', ''),
);
const prediction = fc.tuple(
  cve,
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ min: 0, max: 1, noNaN: true }),
);

it('gives of each CVE what the published rows give, to the last digit', () => {
  fc.assert(
    fc.property(fc.array(prediction, { maxLength: 40 }), fc.array(cve), (predictions, asked) => {
      const [packed, rows] = [true, false].map((isIndexed) => {
        const folder = tempFolder();
        mkdirSync(folder, { recursive: true });
        const writer = new DatabaseWriter(join(folder, 'x.db'), { builtAt, isIndexed });
        for (const [name, probability, percentile] of predictions)
          writer.addExploitPrediction(name, probability, percentile);
        writer.setExploitPredictionDate('2026-01-01');
        writer.finish();
        return new DatabaseFile(join(folder, 'x.db'), 0);
      });
      for (const name of [...asked, ...predictions.map(([name]) => name)])
        expect(packed?.exploitPrediction(name)).toEqual(rows?.exploitPrediction(name));
      packed?.close();
      rows?.close();
    }),
    { numRuns: 30 },
  );
});
