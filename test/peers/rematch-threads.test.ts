import { expect, it } from 'vitest';
import { MatchThread } from '../../src/images/live/match-thread.ts';
import { databaseMatcher, noRules } from '../../src/images/live/matcher.ts';
import { pack, resultRowOf, unpack } from '../../src/images/live/result-row.ts';
import {
  builtAt,
  databaseOf,
  debianPackage,
  distributionOf,
  packageOf,
  rangeOf,
  sbomOf,
} from '../support/vulnerability-data.ts';

const worker = new URL('../../dist/images/live/match.worker.js', import.meta.url);

it('the thread of the built program matches as the event loop does, and says what it cannot', async () => {
  const database = databaseOf((writer) => {
    writer.addProvider('debian', builtAt);
    for (const id of ['CVE-1', 'CVE-2'])
      writer.add({
        id,
        provider: 'debian',
        severities: ['high'],
        packages: [debianPackage('openssl', [rangeOf('dpkg', '< 3.0.2', '3.0.2')])],
      });
  });
  const rules = { ...noRules, version: '1', ignore: [{ vulnerability: 'CVE-2', reason: 'not reachable' }] };
  const matcher = databaseMatcher(database, () => rules);
  const sbom = sbomOf(distributionOf('debian', '12.5'), [
    packageOf({ type: 'deb', name: 'openssl', version: '3.0.1' }),
  ]);
  const thread = new MatchThread(worker, { folder: database.folder, maxAgeMs: 1e12, rules });
  try {
    const job = { digest: sbom.digest, name: 'r.test/cart:1', atMs: 1, sbom: pack(sbom) };
    const row = await thread.match(job);
    const here = resultRowOf(matcher.match(sbom, 1, 'r.test/cart:1'));
    expect({ ...row, body: unpack(row.body) }).toEqual({ ...here, body: unpack(here.body) });
    expect(row.summary).toMatchObject({ ignored: 1, tallies: [{ severity: 'High', count: 1 }] });
    await expect(thread.match({ ...job, sbom: Buffer.from('none') })).rejects.toThrow(
      'incorrect header check',
    );
    expect(await thread.match(job)).toEqual(row);
    await thread.stop(new Error('enough'));
    await expect(thread.match(job)).rejects.toThrow('enough');
  } finally {
    await thread.stop(new Error('enough'));
    database.close();
  }
});
