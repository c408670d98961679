import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { checkConfig } from '../../src/cli/check/check-config.ts';
import { exportCommand } from '../../src/cli/export.ts';
import { scanCommand } from '../../src/cli/scan.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { frameworks } from '../../src/posture/frameworks/index.ts';
import { runCli } from '../support/run-cli.ts';
import {
  chart,
  configOf,
  dir,
  full,
  type Made,
  noHelm,
  objectsOf,
  ofKind,
  rendered,
  rulesOf,
  tool,
} from './support/chart.ts';

describe.skipIf(noHelm !== '')(`the chart${noHelm}`, () => {
  it('passes helm lint, strictly, as it is and with everything switched on', () => {
    const values = join(dir, 'full.yaml');
    writeFileSync(values, stringify(full));
    for (const more of [[], ['-f', values]])
      expect(tool('helm', ['lint', '--strict', chart, ...more])).toContain('0 chart(s) failed');
  });

  it.each([
    [{ image: { digets: 'x' } }, /digets/],
    [{ config: { listen: ':80' } }, /listen/],
    [{ rules: { '../x.yaml': 'x' } }, /x\.yaml/],
    [{ config: { posture: { frameworks: ['NSB'] } } }, /there is no framework "NSB"/],
    [{ ingress: { enabled: true } }, /tlsSecret is needed/],
    [{ replicas: 0 }, /replicas/],
    [{ replicas: 2, persistence: { existingClaim: 'mine' } }, /one claim does not do/],
    [{ replicas: 2, alertmanagerConfig: full.alertmanagerConfig }, /each would send every notification/],
  ])('refuses %j', (values, problem) => {
    expect(() => rendered(values)).toThrow(problem);
  });

  it('makes several replicas a StatefulSet, each with a volume, spread out, and emptied one after the other', () => {
    const made = objectsOf(rendered({ replicas: 3, config: { replicas: { share: true } } }));
    expect(ofKind(made, 'Deployment') ?? ofKind(made, 'PersistentVolumeClaim')).toBeUndefined();
    expect(ofKind(made, 'StatefulSet')).toMatchObject({
      spec: {
        replicas: 3,
        volumeClaimTemplates: [{ metadata: { name: 'data' } }],
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain' },
        template: {
          spec: {
            affinity: {
              podAntiAffinity: {
                preferredDuringSchedulingIgnoredDuringExecution: [
                  { podAffinityTerm: { topologyKey: 'kubernetes.io/hostname' } },
                  { podAffinityTerm: { topologyKey: 'topology.kubernetes.io/zone' } },
                ],
              },
            },
          },
        },
      },
    });
    expect(ofKind(made, 'PodDisruptionBudget')).toMatchObject({ spec: { maxUnavailable: 1 } });
    expect(ofKind(made, 'Service')).toMatchObject({ spec: { sessionAffinity: 'ClientIP' } });
    expect(configOf({ replicas: 3, config: { replicas: { share: true } } } as object).config).toEqual({
      replicas: { name: 'skopos', share: true },
    });
    const bare = objectsOf(
      rendered({ replicas: 2, persistence: { enabled: false }, affinity: { nodeAffinity: {} } }),
    );
    const { spec } = ofKind(bare, 'StatefulSet') as unknown as { spec: { template: { spec: object } } };
    expect(spec).not.toHaveProperty('volumeClaimTemplates');
    expect(spec.template.spec).toMatchObject({ affinity: { nodeAffinity: {} } });
  });

  it('has a Service, a port and a way in for the webhook, where there is one', () => {
    const service = { namespace: 'skopos', name: 'judge', port: 8443 };
    const made = objectsOf(rendered({ config: { admission: { listen: '0.0.0.0:9700', service } } }));
    const judge = made.find(({ kind, metadata }) => kind === 'Service' && metadata.name === 'judge');
    expect(judge).toMatchObject({ spec: { ports: [{ port: 8443, targetPort: 'admission' }] } });
    expect(ofKind(made, 'Deployment')).toMatchObject({
      spec: {
        template: { spec: { containers: [{ ports: [{}, { name: 'admission', containerPort: 9700 }] }] } },
      },
    });
    expect(ofKind(made, 'NetworkPolicy')).toMatchObject({
      spec: { ingress: [{}, { ports: [{ port: 'admission' }] }] },
    });
    expect(objectsOf(rendered()).filter(({ kind }) => kind === 'Service')).toHaveLength(1);
  });

  it("has dashboards and the data source in ConfigMaps that Grafana's side-car finds, where that is wanted", () => {
    const maps = objectsOf(rendered({ dashboards: { enabled: true, datasource: { enabled: true } } })).filter(
      ({ kind }) => kind === 'ConfigMap',
    );
    const labelled = (label: string) => maps.filter(({ metadata }) => metadata.labels?.[label] === '1');
    const boards = labelled('grafana_dashboard').flatMap((map) =>
      Object.values(map['data'] as Record<string, string>),
    );
    expect(boards.map((text) => (JSON.parse(text) as { uid: string }).uid).sort()).toEqual(
      ['chain', 'cluster', 'images', 'node', 'posture', 'workload'].map((name) => `skopos-${name}`),
    );
    const [source] = labelled('grafana_datasource').map(
      (map) => (map['data'] as Record<string, string>)['skopos.yaml'],
    );
    expect(parse(source ?? '')).toMatchObject({
      datasources: [{ type: 'prometheus', url: 'http://skopos.skopos.svc:9600', access: 'proxy' }],
    });
    expect(rendered()).not.toContain('grafana_');
  });

  it('has a process on each node, none of whose selectors mean Skopos, and which Skopos alone may ask', () => {
    const made = objectsOf(rendered({ node: { enabled: true }, prometheusConfig: full.prometheusConfig }));
    const named = (kind: string, name: string) =>
      made.find((object) => object.kind === kind && object.metadata.name === name) as unknown as Made;
    const daemons = named('DaemonSet', 'skopos-node').spec;
    const own = named('Deployment', 'skopos').spec.selector.matchLabels;
    const { labels } = daemons.template.metadata;
    expect(Object.entries(own).every(([name, value]) => labels[name] === value)).toBe(false);
    expect(daemons.template.spec).toMatchObject({
      ...{ hostNetwork: false, hostPID: false, automountServiceAccountToken: false },
      securityContext: { runAsNonRoot: true },
      containers: [{ securityContext: { capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true } }],
    });
    expect(daemons.template.spec.containers[0]?.volumeMounts.every(({ readOnly }) => readOnly)).toBe(true);
    expect(named('NetworkPolicy', 'skopos-node')).toMatchObject({
      spec: {
        podSelector: { matchLabels: daemons.selector.matchLabels },
        ingress: [{ from: [{ podSelector: { matchLabels: own } }] }],
        egress: [],
      },
    });
    const { data } = ofKind(made, 'ConfigMap') as unknown as { data: Record<string, string> };
    const jobs = (parse(data['prometheus.yml'] ?? '') as { scrape_configs: { job_name: string }[] })
      .scrape_configs;
    expect(jobs.map(({ job_name }) => job_name)).toEqual(['pods', 'node-exporter', 'node-containers']);
    expect(parse(data['skopos.yaml'] ?? '')).toMatchObject({
      host: { pods: { namespace: 'skopos', labels: daemons.selector.matchLabels } },
    });
  });

  it('leaves containers to the kubelets where these are asked already', () => {
    const jobsWith = (kubelet: unknown): string =>
      rendered({ node: { enabled: true }, config: { metrics: { kubelet } } });
    expect(jobsWith(true)).not.toContain('node-containers');
    expect(jobsWith({ containers: false })).toContain('node-containers');
    expect(jobsWith(false)).toContain('node-containers');
  });

  it.each([
    ['nothing said', {}],
    ['every framework', { config: { posture: { frameworks: frameworks.map(({ name }) => name) } } }],
    ['a framework in other letters', { config: { posture: { frameworks: ['SECURITY'] } } }],
    [
      'controls left out',
      { config: { posture: { frameworks: ['cis-v1.12.0'], exclude_controls: ['c-0212', 'C-0192'] } } },
    ],
    ['targets found by objects', { prometheusConfig: full.prometheusConfig }],
    ['monitors', { config: { metrics: { operator: { serviceMonitorSelector: {} } } } }],
    ['metrics of objects', { config: { state: { exclude_resources: ['secrets'] } } }],
    ['metrics of some objects', { config: { state: { resources: ['leases', 'pods'] } } }],
    ['metrics of objects that are switched off', { config: { state: { enabled: false } } }],
    ['schedules as CronJobs', { config: { operator: { schedules: 'cronjobs' } } }],
    ['replicas and results', { config: { replicas: {}, results: { events: true, policy_reports: true } } }],
    ['admission', { config: { admission: { webhook: 'mine', certificates: { secret: 'certs' } } } }],
    ['images', { config: { images: { scan: true, pull_secrets: true, rule_config_maps: ['b', 'a'] } } }],
    ['images that are not scanned', { config: { images: { pull_secrets: true } } }],
    ['several replicas', { replicas: 3 }],
    ['a process on each node', { node: { enabled: true }, prometheusConfig: full.prometheusConfig }],
    ['several replicas that judge on admission', { replicas: 2, config: { admission: {} } }],
  ])(
    'has the ClusterRole that Skopos says it needs: %s',
    async (_case, values: { config?: object; prometheusConfig?: string; replicas?: number }) => {
      const place = mkdtempSync(join(dir, 'role-'));
      const { prometheusConfig, config = {} } = values.replicas === undefined ? values : configOf(values);
      if (prometheusConfig !== undefined) writeFileSync(join(place, 'prometheus.yml'), prometheusConfig);
      const metrics =
        prometheusConfig === undefined ? {} : { metrics: { prometheus_config: 'prometheus.yml' } };
      writeFileSync(join(place, 'skopos.yaml'), stringify({ ...config, ...metrics }));
      const { out, err } = await runCli(exportCommand, ['export', 'rbac'], place);
      expect(err).toBe('');
      const [wanted, made] = [objectsOf(out), objectsOf(rendered(values))];
      for (const kind of ['ClusterRole', 'Role'])
        expect(rulesOf(made, kind), kind).toEqual(rulesOf(wanted, kind));
    },
  );

  it.each([
    ['as it is', {}],
    ['with everything switched on', full],
    ['with a process on each node', { ...full, node: { enabled: true } }],
  ])('makes files that Skopos accepts, %s', async (_case, values) => {
    const data = ofKind(objectsOf(rendered(values)), 'ConfigMap')?.['data'] as Record<string, string>;
    const place = mkdtempSync(join(dir, 'config-'));
    for (const token of ['api-token', 'node-token']) {
      mkdirSync(join(place, token));
      writeFileSync(join(place, token, 'token'), 'secret');
    }
    mkdirSync(join(place, 'files'));
    for (const [name, text] of Object.entries(data))
      writeFileSync(
        join(place, 'files', name),
        text
          .replaceAll('/etc/skopos/files', join(place, 'files'))
          .replaceAll('/etc/skopos/api-token', join(place, 'api-token'))
          .replaceAll('/etc/skopos/node-token', join(place, 'node-token')),
      );
    const file = join(place, 'files/skopos.yaml');
    expect(await checkConfig(file, place)).toMatchObject({ problems: [] });
    const config = loadConfig({ config: file }, place);
    expect(config).toMatchObject({
      data: '/var/lib/skopos',
      source: { in_cluster: true },
      address: { isLoopback: false },
    });
    expect(config.posture.exceptions).toHaveLength('config' in values ? 2 : 1);
    if ('config' in values) expect(config.cluster).toBe('prod');
  });

  it.each([
    ['Deployment', { replicas: 1 }, ['C-0257 Deployment', 'C-0305 Deployment']],
    ['StatefulSet', { replicas: 3 }, ['C-0053 RoleBinding']],
    [
      ...(['Deployment', { node: { enabled: true, asRoot: true } }] as const),
      [
        ...['C-0257 Deployment', 'C-0305 Deployment'],
        ...['C-0013', 'C-0048', 'C-0078', 'C-0211', 'C-0234', 'P-0012', 'P-0014', 'P-0015'].map(
          (id) => `${id} DaemonSet`,
        ),
      ],
    ],
  ])(
    'has no finding by any of our controls as a %s with %j, but its exceptions, none too many',
    async (kind, values, more) => {
      // The image is pinned, as whoever installs it should.
      const text = rendered({ image: full.image, ...values });
      const place = mkdtempSync(join(dir, 'scan-'));
      writeFileSync(join(place, 'manifests.yaml'), text);
      const { data } = ofKind(objectsOf(text), 'ConfigMap') as unknown as { data: Record<string, string> };
      writeFileSync(join(place, 'exceptions.yaml.txt'), data['skopos-exceptions.yaml'] ?? '');
      const names = ['AllControls', 'PSS-restricted', 'PSS-baseline'].flatMap((name) => [
        '--framework',
        name,
      ]);
      const judged = async (...args: readonly string[]) => {
        const { out, err, exitCode } = await runCli(
          scanCommand,
          ['scan', 'manifests.yaml', ...names, ...args, '-f', 'json'],
          place,
        );
        const { findings } = JSON.parse(out) as {
          findings: readonly { controlId: string; object: { kind: string } }[];
        };
        return {
          err,
          exitCode,
          found: findings.map(({ controlId, object }) => `${controlId} ${object.kind}`),
        };
      };
      const { exitCode, found, err } = await judged('--exceptions', 'exceptions.yaml.txt');
      expect([found, exitCode]).toEqual([[], 0]);
      expect(err).not.toMatch(/matches nothing/);
      // What the exceptions are about, for the reader and so that none of them hides another.
      const plain = await judged();
      expect([...new Set(plain.found)].sort()).toEqual(
        [
          ...[
            `C-0078 ${kind}`,
            `C-0234 ${kind}`,
            `C-0258 ${kind}`,
            'C-0053 ClusterRoleBinding',
            'C-0245 Service',
          ],
          ...more,
        ].sort(),
      );
    },
  );
});
