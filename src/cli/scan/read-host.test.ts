import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { runCli } from '../../../test/support/run-cli.ts';
import { kubeadmControlPlane, kubeadmWorker } from '../../host/host-testing.ts';
import { scanCommand } from '../scan.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'skopos-scan-host-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
});

async function scanned() {
  const run = await runCli(scanCommand, ['scan', 'host', '--host-root', '.', '--format', 'json'], root);
  const result = JSON.parse(run.out) as {
    readonly source: { readonly kind: string };
    readonly findings: readonly {
      readonly controlId: string;
      readonly message: string;
      readonly command?: string;
    }[];
    readonly controls: readonly { readonly id: string }[];
  };
  return { ...run, result };
}

it('judges a machine by its files, by controls that have something to say of it', async () => {
  kubeadmWorker(root).mode('/etc/kubernetes/kubelet.conf', 0o644);
  const { exitCode, err, result } = await scanned();
  expect(exitCode).toBe(1);
  expect(err).toContain('no control plane');
  expect(result.source.kind).toBe('host');
  expect(result.findings).toContainEqual(
    expect.objectContaining({
      controlId: 'C-0166',
      message: expect.stringContaining('/etc/kubernetes/kubelet.conf'),
    }),
  );
  const ids = result.controls.map(({ id }) => id);
  expect(ids).toContain('C-0172');
  expect(ids).not.toContain('C-0092');
  expect(ids).not.toContain('C-0057');
});

it('judges the control plane where there is one', async () => {
  kubeadmControlPlane(root).mode('/etc/kubernetes/pki/ca.key', 0o644);
  const { err, result } = await scanned();
  expect(err).not.toContain('no control plane');
  expect(result.findings).toContainEqual(expect.objectContaining({ controlId: 'C-0112' }));
});

it('wants a folder that a host is in', async () => {
  const { exitCode, err } = await runCli(scanCommand, ['scan', 'host', '--host-root', 'nowhere'], root);
  expect(exitCode).toBe(3);
  expect(err).toContain('--host-root');
  const files = await runCli(scanCommand, ['scan', '.', '--host-root', '.'], root);
  expect(files).toMatchObject({ exitCode: 2, err: expect.stringContaining('skopos scan host') });
});
