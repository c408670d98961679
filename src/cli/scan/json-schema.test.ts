import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, expect, it } from 'vitest';
import { runCli } from '../../../test/support/run-cli.ts';
import { scanCommand } from '../scan.ts';

const repository = join(import.meta.dirname, '../../..');
const schema = JSON.parse(readFileSync(join(repository, 'docs/scan.schema.json'), 'utf8')) as object;
const validate = new Ajv2020({ allErrors: true }).compile(schema);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skopos-schema-'));
});

it('describes what a scan of the example writes, with a baseline too', async () => {
  const shop = join(repository, 'examples/shop');
  const first = await runCli(scanCommand, ['scan', shop, '--framework', 'AllControls', '-f', 'json'], folder);
  const document = JSON.parse(first.out) as { readonly findings: unknown[]; readonly unknown: unknown[] };
  expect(document.findings.length).toBeGreaterThan(10);
  expect(document.unknown.length).toBeGreaterThan(0);
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  await writeFile(join(folder, 'former.json'), first.out);
  const second = await runCli(scanCommand, ['scan', shop, '--baseline', 'former.json', '-f', 'json'], folder);
  expect(validate(JSON.parse(second.out)), JSON.stringify(validate.errors)).toBe(true);
});

it('is not met by anything else', () => {
  expect(validate({})).toBe(false);
  expect(validate({ version: 2 })).toBe(false);
});
