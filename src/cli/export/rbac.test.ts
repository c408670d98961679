import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { runCli } from '../../../test/support/run-cli.ts';
import { exportCommand } from '../export.ts';

interface Role {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[];
  readonly subjects?: readonly unknown[];
}

/** The manifests for a `skopos.yaml`, and the resources that its roles name. */
async function rolesFor(config: string, ...args: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'skopos-rbac-'));
  await writeFile(join(folder, 'skopos.yaml'), config);
  await writeFile(
    join(folder, 'prometheus.yml'),
    'scrape_configs: [{ job_name: pods, kubernetes_sd_configs: [{ role: pod }] }]\n',
  );
  const { exitCode, out, err } = await runCli(exportCommand, ['export', 'rbac', ...args], folder);
  const manifests = parseAllDocuments(out).map((document) => document.toJS() as Role);
  const rules = manifests.flatMap(({ rules: all = [] }) => all);
  return { exitCode, out, err, manifests, rules, resources: rules.flatMap(({ resources }) => resources) };
}

it('writes a role that reads what the controls need, and its binding', async () => {
  const { manifests, rules, resources } = await rolesFor('{}');
  expect(manifests.map(({ kind }) => kind)).toEqual(['ClusterRole', 'ClusterRoleBinding']);
  expect(manifests[1]?.subjects).toEqual([{ kind: 'ServiceAccount', namespace: 'skopos', name: 'skopos' }]);
  expect(new Set(rules.flatMap(({ verbs }) => verbs))).toEqual(new Set(['list', 'watch']));
  expect(resources).toEqual(expect.arrayContaining(['pods', 'networkpolicies', 'replicationcontrollers']));
  expect(resources).not.toContain('secrets');
});

it('asks for more where more is configured, and for less where a control is left out', async () => {
  const cis = await rolesFor('posture: { frameworks: [cis-v1.12.0] }');
  expect(cis.resources).toEqual(expect.arrayContaining(['secrets', 'leases', 'endpointslices']));
  const less = await rolesFor('posture: { frameworks: [cis-v1.12.0], exclude_controls: [C-0212] }');
  expect(less.resources).not.toContain('secrets');
  const scraping = await rolesFor('metrics: { prometheus_config: prometheus.yml }');
  expect(scraping.resources).toContain('endpointslices');
  expect(scraping.resources).not.toContain('servicemonitors');
  const monitors = await rolesFor('metrics: { operator: { serviceMonitorSelector: {} } }');
  expect(monitors.resources).toEqual(expect.arrayContaining(['servicemonitors', 'prometheusrules']));
});

it('says what would be needed for CronJobs where that is left to it', async () => {
  expect((await rolesFor('{}')).out).toMatch(/^# operator\.schedules is "auto"/);
  const said = await rolesFor('operator: { schedules: cronjobs }');
  expect(said.out).toMatch(/^apiVersion/);
  expect(said.resources).toContain('cronjobs');
});

it('lets kinds be watched that policies of files are about, or take parameters from', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'skopos-policies-')), 'policy.yaml');
  const policy = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'quota' },
    spec: {
      paramKind: { apiVersion: 'rules.example.org/v1', kind: 'PodLimit' },
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['resourcequotas'] },
        ],
      },
      validations: [{ expression: 'has(object.spec)' }],
    },
  };
  const binding = {
    ...{
      apiVersion: policy.apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'quota' },
    },
    spec: { policyName: 'quota', validationActions: ['Deny'] },
  };
  await writeFile(file, `${JSON.stringify(policy)}\n---\n${JSON.stringify(binding)}\n`);
  const { resources } = await rolesFor(`posture: { policies: ['${file}'] }`);
  expect(resources).toEqual(expect.arrayContaining(['resourcequotas', 'podlimits']));
});

it('binds whom it is told to', async () => {
  const named = await rolesFor('{}', '--name', 'watcher', '-n', 'ops', '--service-account', 'robot');
  expect(named.manifests.map(({ metadata }) => metadata.name)).toEqual(['watcher', 'watcher']);
  expect(named.manifests[1]?.subjects).toEqual([{ kind: 'ServiceAccount', namespace: 'ops', name: 'robot' }]);
  const user = await rolesFor('{}', '--user', 'jane');
  expect(user.manifests[1]?.subjects).toEqual([expect.objectContaining({ kind: 'User', name: 'jane' })]);
  const both = await rolesFor('{}', '--user', 'jane', '--service-account', 'robot');
  expect([both.exitCode, both.err]).toEqual([2, expect.stringContaining('not both')]);
});
