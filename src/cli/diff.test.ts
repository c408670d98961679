import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { runCli } from '../../test/support/run-cli.ts';
import { diffCommand } from './diff.ts';
import { scanCommand } from './scan.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skopos-diff-'));
});

async function scanned(file: string, fields: string, ...args: string[]): Promise<void> {
  const text = `apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec: { ${fields}, containers: [{ name: web, image: example.com/web }] }
`;
  await writeFile(join(folder, 'a.yaml'), text);
  await runCli(scanCommand, ['scan', 'a.yaml', '-f', `json=${file}`, ...args], folder);
}

const diff = (...args: string[]) => runCli(diffCommand, ['diff', ...args], folder);

it('tells what is new, fixed and still there, and fails on what is new', async () => {
  await scanned('a.json', 'hostNetwork: true');
  await scanned('b.json', 'hostPID: true');
  const { exitCode, out } = await diff('a.json', 'b.json');
  expect(exitCode).toBe(1);
  expect(out).toContain('  + high C-0038 Host PID/IPC privileges: Pod shop/web spec.hostPID (a.yaml:4)\n');
  expect(out).toContain('  - high C-0041 HostNetwork access: Pod shop/web spec.hostNetwork (a.yaml:4)\n');
  expect(out).toMatch(/1 new, 1 fixed, \d+ still there\n$/);
  const same = await diff('a.json', 'a.json');
  expect(same.exitCode).toBe(0);
  expect(same.out).toMatch(/^0 new, 0 fixed, \d+ still there\n$/);
});

it('does not call fixed what the later scan did not judge', async () => {
  await scanned('a.json', 'hostNetwork: true');
  await scanned('b.json', 'hostNetwork: true', '--exclude-controls', 'C-0041');
  const { exitCode, out } = await diff('a.json', 'b.json', '--json');
  const found = JSON.parse(out);
  expect({ exitCode, fixed: found.fixed }).toEqual({ exitCode: 0, fixed: [] });
  expect(found.notJudged).toMatchObject([{ controlId: 'C-0041' }]);
});

it('exits 2 for what is no result of a scan', async () => {
  await scanned('a.json', 'hostNetwork: true');
  await writeFile(join(folder, 'b.json'), '{"version": 1}');
  expect(await diff('a.json', 'b.json')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('b.json: is not what "skopos scan --format json" writes: tool'),
  });
});
