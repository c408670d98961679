import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CliRun, runCli } from '../../../test/support/run-cli.ts';
import { fixCommand } from '../fix.ts';
import { scanCommand } from '../scan.ts';

let folder: string;
const path = process.env['PATH'];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skopos-inputs-'));
});
afterEach(async () => {
  process.env['PATH'] = path;
  await rm(folder, { recursive: true, force: true });
});

async function file(name: string, text: string): Promise<string> {
  const full = join(folder, name);
  await mkdir(dirname(full), { recursive: true });
  await writeFile(full, text);
  return full;
}

/** A program of this name that does what the script says, and no other program but the system's own. */
async function program(name: string, script: string): Promise<void> {
  chmodSync(await file(`bin/${name}`, `#!/bin/sh\n${script}\n`), 0o755);
  process.env['PATH'] = `${join(folder, 'bin')}:/bin`;
}

const scan = (...args: string[]): Promise<CliRun> =>
  runCli(scanCommand, ['scan', ...args, '-f', 'json'], folder);

interface Found {
  readonly controlId: string;
  readonly object: { readonly name: string };
  readonly file?: string;
  readonly line?: number;
  readonly isNew?: boolean;
  readonly path: string;
}

function findingsOf({ out }: CliRun, control = 'C-0041'): readonly Found[] {
  return (JSON.parse(out) as { findings: readonly Found[] }).findings.filter(
    ({ controlId }) => controlId === control,
  );
}

const pod = (name: string, hostNetwork: boolean): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: shop }\nspec:\n  hostNetwork: ${hostNetwork}\n  containers: [{ name: web }]\n`;

describe('a Helm chart', () => {
  const template =
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  # said\n  hostNetwork: {{ .Values.host }}\n  containers: []\n';
  const rendered =
    '---\n# Source: shop/templates/pod.yaml\napiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  hostNetwork: true\n  containers: []\n';

  it('is rendered, and findings stand at the line of the template', async () => {
    await file('shop/Chart.yaml', 'apiVersion: v2\nname: shop\nversion: 1.0.0\n');
    await file('shop/templates/pod.yaml', template);
    await file('rendered.yaml', rendered);
    await program('helm', `echo "$@" > ${folder}/asked; cat ${folder}/rendered.yaml`);
    const run = await scan('shop', '--values', 'v.yaml', '--set', 'host=true', '--release-name', 'web');
    expect(run.exitCode).toBe(1);
    expect(findingsOf(run)).toMatchObject([
      { file: 'shop/templates/pod.yaml', line: 7, path: 'spec.hostNetwork' },
    ]);
    expect(execFileSync('cat', [join(folder, 'asked')], { encoding: 'utf8' }).trim()).toBe(
      `template web ${folder}/shop --include-crds --values ${folder}/v.yaml --set host=true`,
    );
    expect(JSON.parse(run.out)).toMatchObject({ source: { kind: 'files', name: 'shop', rendered: 'helm' } });
    const fixing = await runCli(fixCommand, ['fix', 'shop'], folder);
    expect([fixing.exitCode, fixing.err]).toEqual([2, expect.stringContaining('is what helm makes them of')]);
  });

  it('says what to do where there is no helm, and what helm says where it refuses', async () => {
    await file('shop/Chart.yaml', 'name: shop\n');
    process.env['PATH'] = '/nowhere';
    const none = await scan('shop');
    expect(none.exitCode).toBe(3);
    expect(none.err).toContain('is a Helm chart, and helm is not installed');
    await program('helm', 'echo "Error: bad values" >&2; exit 1');
    const bad = await scan('shop');
    expect([bad.exitCode, bad.err]).toEqual([3, expect.stringContaining('helm template: Error: bad values')]);
  });

  it('alone takes values', async () => {
    await file('pod.yaml', pod('web', true));
    const { exitCode, err } = await scan('pod.yaml', '--set', 'a=b');
    expect([exitCode, err]).toEqual([2, expect.stringContaining('are for Helm charts; pod.yaml is none')]);
  });
});

describe('a kustomization', () => {
  it('is built, and findings stand in the file that declares the object', async () => {
    await file('overlay/kustomization.yaml', 'namePrefix: my-\nresources: [../base]\n');
    const base = await file('base/pods.yaml', `${pod('api', false)}---\n${pod('web', true)}`);
    await program(
      'kustomize',
      `cat <<END
apiVersion: v1
kind: Pod
metadata:
  name: my-web
  namespace: shop
  annotations:
    config.kubernetes.io/origin: |
      path: ${base}
spec:
  hostNetwork: true
  containers: [{ name: web }]
END`,
    );
    const run = await scan('overlay');
    expect(findingsOf(run)).toMatchObject([{ object: { name: 'my-web' }, file: 'base/pods.yaml', line: 12 }]);
  });

  it('says what to do where there is neither kustomize nor kubectl', async () => {
    await file('overlay/kustomization.yaml', 'resources: []\n');
    process.env['PATH'] = '/nowhere';
    const { exitCode, err } = await scan('overlay');
    expect([exitCode, err]).toEqual([
      3,
      expect.stringContaining('neither kustomize nor kubectl is installed'),
    ]);
  });
});

describe('--changed-since', () => {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  const policy =
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: all, namespace: shop }\nspec: { podSelector: {}, policyTypes: [Ingress, Egress] }\n';

  async function repository(): Promise<void> {
    git('init', '-q', '-b', 'main');
    await file('deploy/old.yaml', pod('old', true));
    await file('deploy/same.yaml', pod('same', false));
    await file('deploy/policy.yaml', policy);
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    git('checkout', '-q', '-b', 'work');
  }

  it('tells of what the branch changed, and which findings are new by it', async () => {
    await repository();
    await file('deploy/new.yaml', pod('new', true));
    await file('deploy/old.yaml', `# more\n${pod('old', true)}`);
    const run = await scan('deploy', '--changed-since', 'main');
    expect(run.exitCode).toBe(1);
    expect(findingsOf(run)).toMatchObject([{ object: { name: 'new' }, isNew: true }]);
    expect(git('status', '--porcelain').trim().split('\n')).toEqual(
      ['M deploy/old.yaml', '?? deploy/new.yaml'].map((line) => expect.stringContaining(line)),
    );
  });

  it('passes where the branch only keeps what was there', async () => {
    await repository();
    await file('deploy/old.yaml', pod('old', true).replace('name: web', 'name: other'));
    const run = await scan('deploy', '--changed-since', 'main', '--include-controls', 'C-0041');
    expect(run.exitCode).toBe(0);
    expect(findingsOf(run)).toMatchObject([{ object: { name: 'old' }, isNew: false }]);
  });

  it('tells of others that fail now by what the branch took away', async () => {
    await repository();
    await rm(join(folder, 'deploy/policy.yaml'));
    const run = await scan('deploy', '--changed-since', 'main', '--include-controls', 'C-0030');
    expect(run.exitCode).toBe(1);
    expect(findingsOf(run, 'C-0030').every(({ isNew }) => isNew)).toBe(true);
  });

  it('goes by where the branch left, not by what others did since', async () => {
    await repository();
    await file('deploy/mine.yaml', pod('mine', false));
    git('add', '.');
    git('commit', '-q', '-m', 'mine');
    git('checkout', '-q', 'main');
    await file('deploy/old.yaml', pod('old', false));
    git('commit', '-q', '-am', 'mended');
    git('checkout', '-q', 'work');
    const run = await scan('deploy', '--changed-since', 'main', '--include-controls', 'C-0041');
    expect(run.exitCode).toBe(0);
    expect(findingsOf(run)).toEqual([]);
  });

  it.each([
    [['deploy', '--changed-since', 'nope'], 'there is no revision "nope"'],
    [['cluster', '--changed-since', 'main'], 'is for files of a git working tree, not for cluster'],
    [['deploy', '--changed-since', 'main', '--baseline', 'x.json'], 'has its own baseline'],
  ])('refuses %s', async (args, message) => {
    await repository();
    const { exitCode, err } = await scan(...args);
    expect([exitCode, err]).toEqual([2, expect.stringContaining(message)]);
  });

  it('refuses what is in no working tree', async () => {
    await file('deploy/pod.yaml', pod('web', true));
    const { exitCode, err } = await scan('deploy', '--changed-since', 'main');
    expect([exitCode, err]).toEqual([2, expect.stringContaining('is in no git working tree')]);
  });
});
