import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { scanCommand } from '../../src/cli/scan.ts';
import { runCli } from '../support/run-cli.ts';

const script = join(import.meta.dirname, '../../scripts/peers/helm.mjs');
const tools = execFileSync(process.execPath, [script, '--where'], { encoding: 'utf8' }).trim();
const helm = join(tools, 'helm');

interface Found {
  readonly controlId: string;
  readonly object: { readonly kind: string };
  readonly file: string;
  readonly line: number;
}

/** Fetched by `node scripts/peers/helm.mjs`. */
describe.skipIf(!existsSync(helm))(
  'a real helm and a real kustomize (node scripts/peers/helm.mjs fetches them)',
  () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'skopos-helm-peer-'));
      process.env['PATH'] = `${tools}:${process.env['PATH']}`;
      return () => rm(folder, { recursive: true, force: true });
    });

    const scan = async (...args: string[]): Promise<readonly Found[]> => {
      const { out, err } = await runCli(scanCommand, ['scan', ...args, '-f', 'json'], folder);
      expect(out, err).not.toBe('');
      return (JSON.parse(out) as { findings: readonly Found[] }).findings;
    };

    it('judges the chart that helm makes, with each finding in its template', {
      timeout: 120_000,
    }, async () => {
      execFileSync(helm, ['create', 'shop'], { cwd: folder });
      const findings = await scan('shop');
      const deployment = findings.filter(({ object }) => object.kind === 'Deployment');
      expect(deployment.length).toBeGreaterThan(3);
      expect(new Set(deployment.map(({ file }) => file))).toEqual(
        new Set(['shop/templates/deployment.yaml']),
      );
      const template = execFileSync('cat', ['shop/templates/deployment.yaml'], {
        cwd: folder,
        encoding: 'utf8',
      }).split('\n');
      const limits = deployment.find(({ controlId }) => controlId === 'C-0016');
      // The chart leaves the security context to values: the nearest that stands in the template is the container.
      expect(template[(limits?.line ?? 0) - 1]?.trim()).toMatch(/^(?:- name:|securityContext:|containers:)/);
      const more = await scan(
        'shop',
        '--set',
        'serviceAccount.automount=false',
        '--set',
        'securityContext.allowPrivilegeEscalation=false',
      );
      expect(
        more.some(({ controlId, object }) => controlId === 'C-0016' && object.kind === 'Deployment'),
      ).toBe(false);
    });

    it('judges a kustomization, with each finding in the file that declares the object', {
      timeout: 120_000,
    }, async () => {
      await writeFile(join(folder, 'kustomization.yaml'), 'namePrefix: my-\nresources: [pod.yaml]\n');
      await writeFile(
        join(folder, 'pod.yaml'),
        'apiVersion: v1\nkind: Pod\nmetadata: { name: web, namespace: shop }\nspec:\n  hostNetwork: true\n  containers: [{ name: web }]\n',
      );
      const found = (await scan('.')).find(({ controlId }) => controlId === 'C-0041');
      expect(found).toMatchObject({ object: { name: 'my-web' }, file: 'pod.yaml', line: 5 });
    });
  },
);
