import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type CliRun, runCli } from '../../../test/support/run-cli.ts';
import { scanCommand } from '../scan.ts';

const nasty = `apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  hostNetwork: true
  hostPID: true
  containers:
    - name: web
      image: 'example.com/web'
      env: [{ name: DB_PASSWORD, value: '<script>|"x",y' }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: back }
spec:
  template:
    spec:
      containers:
        - { name: '=cmd', image: example.com/api, securityContext: { privileged: true } }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: everyone }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects: [{ kind: Group, apiGroup: rbac.authorization.k8s.io, name: system:anonymous }]
`;

let folder: string;
let run: CliRun;
const files = [
  ...['sarif', 'junit', 'html', 'markdown', 'csv', 'prometheus', 'gitlab-sast', 'policy-report'],
  'kubescape-json',
] as const;

function scan(...args: string[]): Promise<CliRun> {
  return runCli(scanCommand, ['scan', ...args], folder);
}

const read = (format: (typeof files)[number]) => readFile(join(folder, `out.${format}`), 'utf8');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skopos-formats-'));
  await writeFile(join(folder, 'a.yaml'), nasty);
  const wanted = files.map((format) => `${format}=out.${format}`);
  run = await scan('a.yaml', '--framework', 'AllControls', '-f', 'json', '-f', wanted.join(','));
});

interface Finding {
  readonly fingerprint: string;
  readonly controlId: string;
  readonly object: { readonly kind: string; readonly namespace: string; readonly name: string };
  readonly path: string;
}

/** The result that the others are held against: all findings, and the failed pairs of control and object. */
function expected() {
  const result = JSON.parse(run.out) as {
    findings: Finding[];
    controls: { id: string; name: string; failed: number }[];
  };
  const nameOf = ({ kind, namespace, name }: Finding['object']) => `${kind}/${namespace}/${name}`;
  return {
    ...result,
    prints: result.findings.map(({ fingerprint }) => fingerprint).sort(),
    pairs: [...new Set(result.findings.map((one) => `${one.controlId} ${nameOf(one.object)}`))].sort(),
  };
}

describe('every format of one scan has the same findings', () => {
  it('json has some of every scope, and goes to standard output alone', () => {
    const { pairs, findings } = expected();
    expect(run.exitCode).toBe(1);
    expect(findings.length).toBeGreaterThan(20);
    expect(pairs).toContain('C-0041 Pod/shop/web');
    expect(pairs).toContain('C-0057 Deployment/back/api');
    expect(pairs.some((pair) => pair.includes('ClusterRoleBinding//everyone'))).toBe(true);
  });

  it('sarif', async () => {
    const [first] = JSON.parse(await read('sarif')).runs;
    const prints = first.results.map(
      (one: { partialFingerprints: Record<string, string> }) => one.partialFingerprints['skoposFinding/v1'],
    );
    expect(prints.sort()).toEqual(expected().prints);
  });

  it('junit', async () => {
    const text = await read('junit');
    expect(text.match(/<failure /g)).toHaveLength(expected().pairs.length);
  });

  it('html, which runs no script, loads nothing and shows text of manifests as text', async () => {
    const text = await read('html');
    const prints = [...text.matchAll(/data-fingerprint="(\w+)"/g)].map((match) => match[1]);
    expect(prints.sort()).toEqual(expected().prints);
    expect(text).not.toMatch(/<script|src=|href=|@import|url\(/);
    expect(text).toContain("default-src 'none'");
  });

  it('markdown', async () => {
    const text = await read('markdown');
    const rows = text.slice(text.indexOf('## Findings')).match(/^\| (?!Object|---).*$/gm) ?? [];
    expect(rows).toHaveLength(expected().findings.length);
    expect(rows.every((row) => row.split(/(?<!\\)\|/).length === 6)).toBe(true);
  });

  it('csv, of which no cell is a formula', async () => {
    const text = await read('csv');
    const rows = [...text.matchAll(/^(fail),.*?([0-9a-f]{16})\r$/gms)].map((match) => match[2]);
    expect(rows.sort()).toEqual(expected().prints);
    expect(text).not.toMatch(/(^|,)"?[=+@]/m);
  });

  it('prometheus, by control and by object', async () => {
    const text = await read('prometheus');
    const { pairs, controls } = expected();
    const values = (name: string) =>
      [...text.matchAll(new RegExp(`^${name}\\{.*\\} (\\d+)$`, 'gm'))].map((match) => Number(match[1]));
    const sum = (all: readonly number[]) => all.reduce((total, one) => total + one, 0);
    expect(sum(values('kubescape_resource_count_controls_failed'))).toBe(pairs.length);
    expect(sum(values('kubescape_control_count_resources_failed'))).toBe(pairs.length);
    expect(values('kubescape_control_complianceScore')).toHaveLength(controls.length);
    expect(text).toMatch(/^kubescape_framework_complianceScore\{name="AllControls"\} \d+$/m);
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('gitlab-sast', async () => {
    const report = JSON.parse(await read('gitlab-sast'));
    const prints = report.vulnerabilities.map(
      (one: { identifiers: { value: string }[] }) => one.identifiers[1]?.value,
    );
    expect(prints.sort()).toEqual(expected().prints);
    expect(report.vulnerabilities[0].location).toMatchObject({ file: 'a.yaml' });
    const ids = report.vulnerabilities.map(({ id }: { id: string }) => id);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8000-[0-9a-f]{12}$/);
  });

  it('policy reports, one for each namespace and one for the cluster', async () => {
    const reports = parseAllDocuments(await read('policy-report')).map((doc) => doc.toJS());
    expect(reports.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}`)).toEqual([
      'ClusterPolicyReport ',
      'PolicyReport back',
      'PolicyReport shop',
    ]);
    const failed = reports.flatMap(({ results }) =>
      results.filter((one: { result: string }) => one.result === 'fail'),
    );
    const prints = failed.flatMap((one) => one.properties.fingerprints.split(' '));
    expect(prints.sort()).toEqual(expected().prints);
    for (const { summary, results } of reports) {
      const count = (state: string) =>
        results.filter((one: { result: string }) => one.result === state).length;
      expect(summary).toMatchObject({ fail: count('fail'), skip: count('skip') });
    }
  });

  it("kubescape-json, in Kubescape's v2 shape", async () => {
    const report = JSON.parse(await read('kubescape-json'));
    interface Result {
      readonly resourceID: string;
      readonly controls: {
        readonly controlID: string;
        readonly status: { readonly status: string };
        readonly rules: { paths?: { failedPath: string }[] }[];
      }[];
    }
    const failed = (report.results as Result[]).flatMap(({ resourceID, controls }) =>
      controls
        .filter(({ status }) => status.status === 'failed')
        .map((control) => ({ resourceID, ...control })),
    );
    const pairs = failed.map(({ resourceID, controlID }) => {
      const [, , namespace, kind, name] = resourceID.split('/');
      return `${controlID} ${kind}/${namespace}/${name}`;
    });
    expect(pairs.sort()).toEqual(expected().pairs);
    expect(failed.flatMap(({ rules }) => rules[0]?.paths ?? [])).toHaveLength(expected().findings.length);
    for (const { id, failed: count } of expected().controls)
      expect(report.summaryDetails.controls[id].ResourceCounters.failedResources).toBe(count);
    expect(report.resources.map(({ resourceID }: Result) => resourceID)).toContain(
      'apps/v1/back/Deployment/api',
    );
  });
});

it.each([
  [['-f', 'json', '-f', 'sarif'], 'json and sarif cannot both go to standard output'],
  [['-f', 'json=a,sarif=a'], 'two formats would be written to a'],
  [['-f', 'json='], 'names no file'],
  [['-f', 'pdf'], 'Allowed choices are table'],
])('refuses %j', async (args, message) => {
  const { exitCode, err, out } = await scan('a.yaml', ...args);
  expect({ exitCode, err, out }).toEqual({ exitCode: 2, err: expect.stringContaining(message), out: '' });
});
