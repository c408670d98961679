import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { KubeServer } from '../../test/support/kube-server.ts';
import { type CliRun, runCli } from '../../test/support/run-cli.ts';
import { scanCommand } from './scan.ts';

const repository = join(import.meta.dirname, '../..');

let folder: string;
const servers: KubeServer[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skopos-scan-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function file(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
}

function scan(...args: string[]): Promise<CliRun> {
  return runCli(scanCommand, ['scan', ...args], folder);
}

/** A pod that no control finds anything wrong with but the network policies; the line of hostNetwork is 7. */
function pod(hostNetwork: boolean, name = 'web'): string {
  return `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: shop
spec:
  hostNetwork: ${hostNetwork}
  automountServiceAccountToken: false
  containers:
    - name: web
      image: example.com/web@sha256:${'0'.repeat(64)}
      resources: { limits: { cpu: 1, memory: 1Gi }, requests: { cpu: 1, memory: 1Gi } }
      securityContext:
        allowPrivilegeEscalation: false
        privileged: false
        readOnlyRootFilesystem: true
        runAsNonRoot: true
        runAsUser: 1000
        runAsGroup: 1000
        seccompProfile: { type: RuntimeDefault }
        capabilities: { drop: [ALL] }
`;
}

const policy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: all, namespace: shop }
spec: { podSelector: {}, policyTypes: [Ingress, Egress] }
`;

interface Finding {
  readonly controlId: string;
  readonly fingerprint: string;
  readonly file?: string;
  readonly line?: number;
  readonly path: string;
  readonly object: { readonly kind: string; readonly name: string };
}

function findingsOf(run: CliRun): Finding[] {
  return (JSON.parse(run.out) as { findings: Finding[] }).findings;
}

it('exits 0 without findings, and says what could not be judged', async () => {
  await file('pod.yaml', `${pod(false)}---\n${policy}`);
  const { exitCode, out, err } = await scan('pod.yaml');
  expect(err).toBe('');
  expect(out).toContain('2 objects of pod.yaml');
  expect(out).toContain('no findings');
  expect(out).toContain(
    'needs KubeletInfo facts, which nothing reports here; the nodes do: see `skopos node` and host:\n    C-0069, C-0070',
  );
  expect(exitCode).toBe(0);
});

it('exits 1 with findings, each with control, object, path, file and line', async () => {
  await file('a/pod.yaml', `${policy}---\n${pod(true)}`);
  const { exitCode, out } = await scan('a');
  expect(exitCode).toBe(1);
  const row = out.split('\n').find((line) => line.includes('C-0041'));
  expect(row).toMatch(/^high +C-0041 HostNetwork access +Pod shop\/web +spec\.hostNetwork +a\/pod\.yaml:12 /);
  expect(out).not.toContain('\u001b');
  expect(out.split('\n').every((line) => line.length <= 160)).toBe(true);
});

it.each([
  ['high', 1],
  ['critical', 0],
])('with --severity-threshold %s a finding of severity high gives %i', async (threshold, expected) => {
  await file('pod.yaml', `${pod(true)}---\n${policy}`);
  const run = await scan('pod.yaml', '--severity-threshold', threshold);
  expect(run).toMatchObject({ exitCode: expected, out: expect.stringContaining('C-0041') });
});

it('finds each weakness that is planted in the example shop', async () => {
  const run = await runCli(scanCommand, ['scan', 'examples/shop', '--format', 'json'], repository);
  expect(run.exitCode).toBe(1);
  const found = findingsOf(run);
  expect(
    new Set(found.map(({ controlId, object }) => `${controlId} ${object.kind} ${object.name}`)).size,
  ).toBe(14);
  const network = found.find(({ controlId }) => controlId === 'C-0041');
  expect(network).toMatchObject({ path: 'spec.template.spec.hostNetwork' });
  const lines = (await readFile(join(repository, network?.file ?? ''), 'utf8')).split('\n');
  expect(lines[(network?.line ?? 0) - 1]).toContain('hostNetwork: true');
});

it('prints JSON with scores and with what is unknown', async () => {
  await file('pod.yaml', `${pod(true)}---\n${policy}`);
  const { out } = await scan('pod.yaml', '--format', 'json');
  const result = JSON.parse(out);
  expect(Object.keys(result)).toEqual([
    'version',
    'tool',
    'source',
    'objects',
    'frameworks',
    'controls',
    'findings',
    'unknown',
    'unreadable',
    'warnings',
  ]);
  expect(result).toMatchObject({
    version: 1,
    objects: 2,
    findings: [{ controlId: 'C-0041', severity: 'high', file: 'pod.yaml', line: 7 }],
  });
  const [nsa] = result.frameworks;
  expect(nsa).toMatchObject({ name: 'NSA', controls: { fail: 1 } });
  expect(nsa.honest).toBeLessThan(100);
  expect(result.unknown).toContainEqual(
    expect.objectContaining({ controlId: 'C-0069', reason: expect.stringContaining('KubeletInfo') }),
  );
});

it('keeps the fingerprint of a finding when lines move, and gives another to another object', async () => {
  await file('pod.yaml', `${pod(true)}---\n${policy}`);
  const [before] = findingsOf(await scan('pod.yaml', '--format', 'json'));
  await file('pod.yaml', `# moved\n\n${pod(true)}---\n${pod(true, 'other')}---\n${policy}`);
  const after = findingsOf(await scan('pod.yaml', '--format', 'json'));
  const web = after.find(({ object }) => object.name === 'web');
  expect(web).toMatchObject({ fingerprint: before?.fingerprint, line: (before?.line ?? 0) + 2 });
  expect(new Set(after.map(({ fingerprint }) => fingerprint)).size).toBe(2);
});

it('prints SARIF 2.1.0 whose results point at rules and lines', async () => {
  await file('with space/pod.yaml', `${pod(true)}---\n${policy}`);
  const { out } = await scan('.', '--format', 'sarif');
  const sarif = JSON.parse(out);
  expect(sarif).toMatchObject({ version: '2.1.0', runs: [{ tool: { driver: { name: 'Skopos' } } }] });
  const [{ tool, results, invocations }] = sarif.runs;
  const { rules } = tool.driver;
  for (const rule of rules) {
    expect(rule).toMatchObject({
      id: expect.stringMatching(/^C-\d{4}$/),
      name: expect.stringMatching(/^\w+$/),
      shortDescription: { text: expect.stringMatching(/./) },
      help: { text: expect.stringContaining('What to do: ') },
      defaultConfiguration: { level: expect.stringMatching(/^(error|warning|note)$/) },
    });
  }
  expect(results).toHaveLength(1);
  expect(rules[results[0].ruleIndex].id).toBe('C-0041');
  expect(results[0]).toMatchObject({
    ruleId: 'C-0041',
    level: 'error',
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'with%20space/pod.yaml' },
          region: { startLine: 7 },
        },
      },
    ],
    partialFingerprints: { 'skoposFinding/v1': expect.stringMatching(/^[0-9a-f]{16}$/) },
  });
  expect(invocations[0].executionSuccessful).toBe(true);
  expect(invocations[0].toolExecutionNotifications).toContainEqual(
    expect.objectContaining({ associatedRule: { id: 'C-0069' } }),
  );
});

it('prints JUnit whose counts are those of its cases', async () => {
  await file('pod.yaml', `${pod(true)}---\n${pod(false, 'good')}---\n${policy}`);
  const { out } = await scan('pod.yaml', '--format', 'junit');
  const count = (pattern: RegExp): number => out.match(pattern)?.length ?? 0;
  expect(out).toContain(
    `<testsuites name="skopos scan pod.yaml" tests="${count(/<testcase /g)}" failures="1" errors="0" skipped="${count(/<skipped /g)}">`,
  );
  expect(count(/<failure /g)).toBe(1);
  const suite = out.slice(out.indexOf('<testsuite name="C-0041'));
  expect(suite.slice(0, suite.indexOf('</testsuite>'))).toMatch(
    /tests="2" failures="1" errors="0" skipped="0">\n.*name="Pod shop\/web" classname="C-0041" file="pod.yaml" line="7"><failure type="high" .*\n.*name="Pod shop\/good" classname="C-0041"\/>/,
  );
});

it('writes to --output and nothing to standard output', async () => {
  await file('pod.yaml', `${pod(true)}---\n${policy}`);
  const { out, exitCode } = await scan('pod.yaml', '-f', 'json', '-o', 'result.json');
  expect({ out, exitCode }).toEqual({ out: '', exitCode: 1 });
  expect(JSON.parse(await readFile(join(folder, 'result.json'), 'utf8'))).toMatchObject({ version: 1 });
});

it('exits 3 when --output cannot be written', async () => {
  await file('pod.yaml', pod(true));
  const { exitCode, err } = await scan('pod.yaml', '-o', 'no/such/folder.json');
  expect({ exitCode, err }).toEqual({
    exitCode: 3,
    err: expect.stringContaining('cannot write no/such/folder.json'),
  });
});

it('names file, line and column of each place that cannot be read', async () => {
  await file('k8s/one.yaml', 'apiVersion: v1\nkind: [\n');
  await file('k8s/two.yaml', 'kind: Pod\n  bad: 1\n');
  const { exitCode, err, out } = await scan('k8s');
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toMatch(/^k8s\/one\.yaml:\d+:\d+: .+\nk8s\/two\.yaml:2:\d+: .+$/);
});

it.each([
  [['.', '--framework', 'NAS'], 'there is no framework "NAS" (did you mean "NSA"?)'],
  [['.', '--formt', 'json'], "unknown option '--formt'"],
  [['.', '--format', 'xml'], 'Allowed choices are table, json, sarif, junit'],
  [['.', '--context', 'prod'], 'only goes with "skopos scan cluster"'],
  [['.', '--timeout', 'soon'], '--timeout: expected a duration'],
  [['nowhere.yaml'], 'nowhere.yaml'],
  [['.'], 'no Kubernetes object found in .'],
  [[], "missing required argument 'target'"],
])('exits 2 for %j', async (args, message) => {
  const { exitCode, err } = await scan(...args);
  expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining(message) });
});

it('judges by the control inputs of a file, and says where one is wrong', async () => {
  await file('pod.yaml', `${pod(false).replace('[ALL]', '[ALL], add: [SYSLOG]')}---\n${policy}`);
  await file('inputs.json', '{"settings": {"postureControlInputs": {\n"insecureCapabilities": ["SYSLOG"]}}}');
  expect((await scan('pod.yaml')).exitCode).toBe(0);
  const run = await scan('pod.yaml', '--controls-config', 'inputs.json', '--format', 'json');
  expect(findingsOf(run)).toMatchObject([{ controlId: 'C-0046' }]);
  await file('inputs.json', '{"settings": {"postureControlInputs": {\n"insecureCapability": ["SYSLOG"]}}}');
  expect(await scan('pod.yaml', '--controls-config', 'inputs.json')).toMatchObject({
    exitCode: 2,
    err: expect.stringMatching(/^inputs\.json:2: .*did you mean "insecureCapabilities"/),
  });
});

async function cluster(): Promise<KubeServer> {
  const server = new KubeServer();
  servers.push(server);
  await server.start();
  await file('kubeconfig', server.kubeconfig());
  return server;
}

it('reads a cluster, and counts a kind that it may not list as unknown', async () => {
  const server = await cluster();
  server.put({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { hostNetwork: true, containers: [{ name: 'web', image: 'example.com/web' }] },
  });
  server.fail('networkpolicies', {
    status: 403,
    reason: 'Forbidden',
    message: 'may not list networkpolicies',
  });
  const run = await scan('cluster', '--kubeconfig', 'kubeconfig', '--format', 'json', '--timeout', '20s');
  expect(run.err).toBe('');
  expect(run.exitCode).toBe(1);
  const network = findingsOf(run).find(({ controlId }) => controlId === 'C-0041');
  expect(network).toMatchObject({ path: 'spec.hostNetwork', object: { name: 'web' } });
  expect(network).not.toHaveProperty('file');
  const { source, unreadable } = JSON.parse(run.out);
  expect(source.kind).toBe('cluster');
  expect(unreadable).toContainEqual(expect.objectContaining({ kind: 'NetworkPolicy' }));
});

it('exits 3 when the cluster is away', async () => {
  const server = await cluster();
  await server.stop();
  servers.length = 0;
  const { exitCode, err } = await scan('cluster', '--kubeconfig', 'kubeconfig');
  expect({ exitCode, err }).toEqual({
    exitCode: 3,
    err: expect.stringContaining('cannot reach the API server'),
  });
});

it('exits 2 when the kubeconfig has no such context', async () => {
  await cluster();
  const { exitCode, err } = await scan('cluster', '--kubeconfig', 'kubeconfig', '--context', 'prod');
  expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining('has no context "prod"') });
});

it('leaves out what is excepted, and names exceptions that have expired or match nothing', async () => {
  await file('m/pod.yaml', pod(true));
  const exceptions = [
    {
      name: 'host network is known',
      resources: [{ designatorType: 'Attributes', attributes: { kind: 'Pod', name: 'web' } }],
      posturePolicies: [{ controlID: 'C-0041' }],
    },
    { name: 'old', resources: [{ attributes: { kind: 'Pod' } }], expirationDate: '2020-01-01' },
    { name: 'idle', resources: [{ attributes: { name: 'nobody' } }] },
  ];
  await file('exceptions.json', JSON.stringify(exceptions));
  const found = async (...args: string[]) => {
    const { out, err } = await scan('m', '--format', 'json', ...args);
    const { findings } = JSON.parse(out) as { findings: { control: { id: string } }[] };
    return { ids: JSON.stringify(findings), err };
  };
  expect((await found()).ids).toContain('C-0041');
  const { ids, err } = await found('--exceptions', 'exceptions.json');
  expect(ids).not.toContain('C-0041');
  expect(ids).toContain('C-0030');
  expect(err).toContain('exceptions.json: the exception "old" has expired');
  expect(err).toContain('exceptions that match nothing that fails: "idle"');
  await file('bad.yaml', 'exceptions: [{ name: a, owner: b, reason: c, resources: [{ kind: Pod }] }]\n');
  expect(await scan('m', '--exceptions', 'bad.yaml')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('bad.yaml:1: exceptions[0].expires'),
  });
});
