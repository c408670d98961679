import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { runCli } from '../../../test/support/run-cli.ts';
import { exportCommand } from '../export.ts';
import { scanCommand } from '../scan.ts';

it('writes policies that scan takes back', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'skopos-vap-'));
  const run = await runCli(exportCommand, ['export', 'vap', '-o', 'all.yaml', '--action', 'Deny'], folder);
  expect(run.exitCode).toBe(0);
  const kinds = parseAllDocuments(await readFile(join(folder, 'all.yaml'), 'utf8')).map((doc) =>
    doc.get('kind'),
  );
  expect(kinds.length).toBeGreaterThan(50);
  await writeFile(
    join(folder, 'pod.yaml'),
    'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { hostPID: true, containers: [{ name: web }] }\n',
  );
  const args = ['scan', 'pod.yaml', '--policies', 'all.yaml', '--framework', 'Custom', '-f', 'json'];
  const scanned = await runCli(scanCommand, args, folder);
  const { findings } = JSON.parse(scanned.out) as { findings: readonly { readonly controlId: string }[] };
  expect(findings.map(({ controlId }) => controlId)).toEqual(
    expect.arrayContaining(['skopos-c-0038', 'skopos-c-0275', 'skopos-p-0014']),
  );
  expect(findings.map(({ controlId }) => controlId)).not.toContain('skopos-c-0041');
});

it('says which controls no expression can say, and refuses when none can', async () => {
  const some = await runCli(exportCommand, ['export', 'vap', 'C-0057', 'C-0030'], '.');
  expect(some.err).toContain('left out, as no expression can say them: C-0030');
  expect(parseAllDocuments(some.out)).toHaveLength(2);
  const none = await runCli(exportCommand, ['export', 'vap', 'C-0030'], '.');
  expect([none.exitCode, none.err]).toEqual([2, expect.stringContaining('none of these controls')]);
});
