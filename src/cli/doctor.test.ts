import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli } from '../../test/support/run-cli.ts';
import { runSkopos, workshop } from '../../test/support/run-skopos.ts';
import type { DoctorJson } from '../api/skopos/doctor-contract.ts';
import { doctorCommand } from './doctor.ts';

const examine = async (dir: string, ...args: readonly string[]) =>
  await runCli(doctorCommand, ['doctor', ...args], dir);

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'skopos-doctor-'));
  for (const [name, text] of Object.entries({ 'pod.yaml': '', ...files }))
    await writeFile(join(folder, name), text);
  return folder;
}

it('asks a running Skopos', async () => {
  const { dir, folder } = workshop();
  const running = await runSkopos({ folder }, dir);
  const { exitCode, out } = await examine(dir, '--url', running.url, '-o', 'json');
  const { state, checks } = JSON.parse(out) as DoctorJson;
  const states = Object.fromEntries(checks.map((check) => [check.id, check.state]));
  expect(states).toMatchObject({
    'part:inventory': 'ok',
    'part:posture': 'ok',
    'part:configuration': 'ok',
    store: 'ok',
    listen: 'ok',
    'receiver:inbox': 'ok',
  });
  expect([state, exitCode]).toEqual(['ok', 0]);
});

it('examines a configuration that nobody runs, and exits 1 where something would fail', async () => {
  const folder = await folderWith({
    'skopos.yaml': 'listen: 127.0.0.1:0\nsource: { folder: . }\nalerting: { config: alertmanager.yml }\n',
    'alertmanager.yml':
      "route: { receiver: ops }\nreceivers: [{ name: ops, webhook_configs: [{ url: 'http://127.0.0.1:1/x' }] }]\n",
  });
  const { exitCode, out } = await examine(folder, '--config', 'skopos.yaml');
  expect(exitCode).toBe(1);
  expect(out).toMatch(/^ok +Configuration +well: /m);
  expect(out).toMatch(/^ok +What is watched +the manifests in /m);
  expect(out).toMatch(/^fail +Receiver ops +cannot connect to 127\.0\.0\.1:1: it refuses connections\n +→ /m);
});

it('names every problem of the files, and looks no further', async () => {
  const folder = await folderWith({
    'skopos.yaml': 'posture: { frameworks: [NSB], exclude_controls: [C-9999] }\n',
  });
  const { exitCode, out } = await examine(folder, '--config', 'skopos.yaml', '-o', 'json');
  const { checks } = JSON.parse(out) as DoctorJson;
  expect([exitCode, checks.length]).toEqual([1, 1]);
  expect(checks[0]?.items?.map(({ message }) => message)).toEqual([
    expect.stringMatching(/skopos\.yaml:1: posture\.frameworks.*NSB/),
    expect.stringMatching(/C-9999/),
  ]);
});

it('exits 3 where the one that was named does not answer, and 2 for flags that contradict', async () => {
  const folder = await folderWith({});
  expect((await examine(folder, '--url', 'http://127.0.0.1:1')).exitCode).toBe(3);
  expect((await examine(folder, '--url', 'http://127.0.0.1:1', '--folder', '.')).exitCode).toBe(2);
  expect((await examine(folder, '-o', 'yaml')).exitCode).toBe(2);
});

it('says that a cluster is away, and that nothing else of it is known', async () => {
  const folder = await folderWith({
    config: JSON.stringify({
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:1' } }],
      users: [{ name: 'u', user: { token: 't' } }],
    }),
  });
  const { exitCode, out } = await examine(folder, '--kubeconfig', 'config', '-o', 'json');
  const states = (JSON.parse(out) as DoctorJson).checks.map(({ id, state }) => `${id} ${state}`);
  expect(states).toEqual(expect.arrayContaining(['api-server fail', 'clock unknown', 'permissions unknown']));
  expect(exitCode).toBe(1);
});
