import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationRoutes } from '../../../src/api/skopos/configuration.ts';
import type { MonitorStepJson, TargetHealth } from '../../../src/api/skopos/contract.ts';
import { discoveryRoutes } from '../../../src/api/skopos/discovery.ts';
import { doctorRoutes } from '../../../src/api/skopos/doctor.ts';
import type { DoctorJson } from '../../../src/api/skopos/doctor-contract.ts';
import type {
  MonitorFacts,
  MonitoringSource,
  RuleGroupState,
  ScrapedState,
} from '../../../src/api/skopos/monitoring-source.ts';
import { monitorRoutes } from '../../../src/api/skopos/monitors.ts';
import { type RuleChecks, ruleCheckRoutes } from '../../../src/api/skopos/rule-checks.ts';
import { ruleGroupRoutes } from '../../../src/api/skopos/rule-groups.ts';
import { targetListRoutes } from '../../../src/api/skopos/targets.ts';
import { createServer, type FastifyInstance } from '../../../src/http/server.ts';
import { silentLogger } from '../../../src/log/logger.ts';
import type { Labels } from '../../../src/model/labels.ts';
import { relabelSteps } from '../../../src/relabel/relabel.ts';
import { relabelConfigSchema } from '../../../src/relabel/relabel-config.ts';
import { parseRuleFile } from '../../../src/rules/rule-file.ts';
import { makeDoctor } from './fake-doctor.ts';
import { fakeRuleChecks } from './fake-rule-checks.ts';

/** The real routes over made-up targets, objects and rules, and over none. */
export function fakeMonitoring(nowMs: number): {
  readonly busy: FastifyInstance;
  readonly empty: FastifyInstance;
} {
  return {
    busy: serve(busySource(nowMs), fakeRuleChecks(nowMs, false), makeDoctor(nowMs)),
    empty: serve(emptySource(nowMs), fakeRuleChecks(nowMs, true), { atMs: nowMs, state: 'ok', checks: [] }),
  };
}

/** Whether one of these routes answers a path below /api/skopos/v1/. */
export function isMonitoring(resource: string): boolean {
  return /^(?:targets|discovery|monitors|rule-groups|configuration|doctor|rules|backtests)(?:\/|$)/.test(
    resource,
  );
}

function serve(source: MonitoringSource, checks: RuleChecks, found: DoctorJson): FastifyInstance {
  const app = createServer({ log: silentLogger, loopbackOnly: true });
  for (const routes of [
    targetListRoutes,
    discoveryRoutes,
    monitorRoutes,
    ruleGroupRoutes,
    configurationRoutes,
  ])
    routes(app, source);
  ruleCheckRoutes(app, checks);
  doctorRoutes(app, { examine: async () => found });
  return app;
}

const labelsOf = (pool: string, at: number) => ({
  __address__: `10.4.${at >> 8}.${at & 255}:8080`,
  __meta_kubernetes_namespace: `team-${at % 40}`,
  __meta_kubernetes_pod_name: `cart-${at}`,
  __meta_kubernetes_service_label_app: 'cart',
  __metrics_path__: '/metrics',
  __scheme__: 'http',
  job: pool,
});

/** The real relabelling by a few rules, of which one drops what is not the cart. */
export function fakeRelabelSteps(_pool: string, labels: Labels) {
  return relabelSteps(labels, relabelRules).map(({ rule, labels: output }) => ({
    rule: {
      source_labels: rule.sourceLabels,
      separator: rule.separator,
      target_label: rule.targetLabel,
      regex: rule.regexText,
      modulus: rule.modulus,
      replacement: rule.replacement,
      action: rule.action,
    },
    labels: output,
  }));
}

const relabelRules = [
  { source_labels: ['job'], target_label: '__tmp_prometheus_job_name' },
  { action: 'keep', source_labels: ['__meta_kubernetes_service_label_app'], regex: 'cart' },
  { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
  { source_labels: ['__meta_kubernetes_pod_name'], target_label: 'pod' },
  { target_label: 'job', replacement: 'cart' },
  { action: 'labeldrop', regex: '__tmp_.*' },
].map((rule) => relabelConfigSchema.parse(rule));

/** 10,000 targets, every fiftieth down. */
function targetsOf(nowMs: number): readonly ScrapedState[] {
  return Array.from({ length: 10_000 }, (_, at) => {
    const scrapePool = at < 9000 ? 'serviceMonitor/shop/cart/0' : `job-${at % 10}`;
    const health: TargetHealth = at % 50 === 7 ? 'down' : at % 997 === 3 ? 'unknown' : 'up';
    const discoveredLabels = labelsOf(scrapePool, at);
    return {
      ...{ scrapePool, health, discoveredLabels },
      labels: {
        instance: discoveredLabels.__address__,
        job: 'cart',
        namespace: `team-${at % 40}`,
        pod: `cart-${at}`,
      },
      scrapeUrl: `http://${discoveredLabels.__address__}/metrics`,
      lastError:
        health === 'down'
          ? `connect ECONNREFUSED ${discoveredLabels.__address__}; nothing listens there any more`
          : '',
      warning: at % 211 === 5 ? '3 samples repeat a series with another value' : '',
      lastScrapeMs: health === 'unknown' ? undefined : nowMs - (at % 15) * 1000,
      lastScrapeSeconds: 0.002 + (at % 40) / 1000,
      samples: 1000 + (at % 17),
      ...{ intervalMs: 15_000, timeoutMs: 10_000 },
    };
  });
}

function busySource(nowMs: number): MonitoringSource {
  const active = targetsOf(nowMs);
  const pools = [...new Set(active.map(({ scrapePool }) => scrapePool)), 'consul-services'];
  const dropped = Array.from({ length: 120 }, (_, at) => ({
    scrapePool: pools[0] ?? '',
    discoveredLabels: {
      ...labelsOf(pools[0] ?? '', 20_000 + at),
      __meta_kubernetes_service_label_app: 'search',
    },
  }));
  return {
    scrape: {
      pools: () => pools,
      active: () => active,
      dropped: () => dropped,
      droppedCounts: () => ({ [pools[0] ?? '']: dropped.length }),
    },
    discovery: () => [
      ...pools.slice(0, -1).map((name, at) => ({
        name,
        kind: 'kubernetes',
        targets: at === 0 ? 9120 : 100,
        problem: '',
        isSupported: true,
      })),
      {
        name: 'consul-services',
        kind: 'consul',
        targets: 0,
        problem: 'discovery by consul is not supported; this section finds no targets',
        isSupported: false,
      },
    ],
    monitors: {
      isConfigured: true,
      ownNamespace: 'monitoring',
      list: () => monitors,
      explain: (kind, namespace, name) => {
        const facts = monitors.find(
          (one) => one.kind === kind && one.namespace === namespace && one.name === name,
        );
        return facts === undefined
          ? undefined
          : {
              facts,
              steps,
              answer: 'Is there the port of endpoint 0? There is no port "web"; there are http, https.',
              yaml,
            };
      },
    },
    configuration: () => ({
      loadedAtMs: nowMs - 3_600_000,
      ok: false,
      message:
        'the last reload was refused, what ran before runs on: /etc/skopos/prometheus.yml:12: scrape_configs[1].job_name: found multiple scrape configs with job name "node"',
      documents: [
        { name: 'skopos.yaml', path: '/etc/skopos/skopos.yaml', text: 'listen: 127.0.0.1:9600\n' },
        { name: 'prometheus.yml', path: '/etc/skopos/prometheus.yml', text: prometheusYml('15s') },
      ],
      before: [
        { name: 'skopos.yaml', text: 'listen: 127.0.0.1:9600\n' },
        { name: 'prometheus.yml', text: prometheusYml('1m') },
      ],
      history: [
        { atMs: nowMs - 60_000, ok: false, message: 'found multiple scrape configs with job name "node"' },
        { atMs: nowMs - 3_600_000, ok: true, message: 'restart to apply: storage' },
        { atMs: nowMs - 86_400_000, ok: true, message: '' },
      ],
    }),
    ruleGroups: () => groupsOf(nowMs),
    externalLabels: { cluster: 'staging' },
  };
}

function emptySource(nowMs: number): MonitoringSource {
  return {
    scrape: { pools: () => [], active: () => [], dropped: () => [], droppedCounts: () => ({}) },
    discovery: () => [],
    monitors: { isConfigured: false, ownNamespace: '', list: () => [], explain: () => undefined },
    configuration: () => ({
      loadedAtMs: nowMs,
      ok: true,
      message: '',
      documents: [],
      before: undefined,
      history: [{ atMs: nowMs, ok: true, message: '' }],
    }),
    ruleGroups: () => [],
    externalLabels: {},
  };
}

const prometheusYml = (interval: string): string => `global:
  scrape_interval: ${interval}
scrape_configs:
  - job_name: node
    basic_auth:
      username: anna
      password: <secret>
    static_configs:
      - targets:
          - 10.0.0.1:9100
`;

const yaml = `scrape_configs:
  - job_name: serviceMonitor/shop/cart/0
    honor_labels: false
    kubernetes_sd_configs:
      - role: endpoints
        namespaces:
          names:
            - shop
    relabel_configs:
      - action: keep
        source_labels:
          - __meta_kubernetes_endpoint_port_name
        regex: web
`;

const steps: readonly MonitorStepJson[] = [
  {
    id: 'selector',
    title: 'Is it selected by its labels?',
    state: 'ok',
    detail: 'its labels fulfil metrics.operator.serviceMonitorSelector: release=main',
    items: [],
  },
  {
    id: 'namespace',
    title: 'Is its namespace looked at?',
    state: 'ok',
    detail: 'metrics.operator.serviceMonitorNamespaceSelector is empty and selects everything',
    items: [],
  },
  {
    id: 'valid',
    title: 'Is it valid?',
    state: 'warning',
    detail: 'yes, but parts of it have no effect',
    items: ['spec.scrapeClass is not read and has no effect'],
  },
  {
    id: 'objects',
    title: 'Is there a Service that it selects?',
    state: 'ok',
    detail: '1 Service in shop with app=cart',
    items: ['shop/cart'],
  },
  {
    id: 'endpoints',
    title: 'Are there addresses behind it?',
    state: 'ok',
    detail: '3 addresses ready, 0 not ready',
    items: ['shop/cart: 3 ready, 0 not ready'],
  },
  {
    id: 'port',
    title: 'Is there the port of endpoint 0?',
    state: 'failed',
    detail: 'there is no port "web"; there are http, https',
    items: [],
  },
  {
    id: 'scraped',
    title: 'Are targets of serviceMonitor/shop/cart/0 scraped?',
    state: 'waiting',
    detail: 'the section is not loaded yet',
    items: [],
  },
];

const kinds = ['ServiceMonitor', 'PodMonitor', 'Probe', 'ScrapeConfig', 'PrometheusRule'];

const monitors: readonly MonitorFacts[] = [
  {
    ...{ kind: 'ServiceMonitor', namespace: 'shop', name: 'cart', selection: 'selected', reason: '' },
    ...{ jobs: ['serviceMonitor/shop/cart/0'], ruleFile: undefined },
  },
  {
    ...{ kind: 'ServiceMonitor', namespace: 'shop', name: 'login', selection: 'invalid' },
    reason:
      'spec.endpoints[0].basicAuth.password: key "password" of Secret shop/login is not known: Skopos does not read values of Secrets and ConfigMaps from the cluster; mount it, and name the folder at metrics.operator.secretsFolder',
    ...{ jobs: [], ruleFile: undefined },
  },
  ...Array.from(
    { length: 400 },
    (_, at): MonitorFacts => ({
      kind: kinds[at % kinds.length] ?? '',
      namespace: `team-${at % 40}`,
      name: `monitor-${at}`,
      selection: at % 7 === 0 ? 'not-selected' : 'selected',
      reason:
        at % 7 === 0
          ? 'metrics.operator.serviceMonitorSelector wants release=main, and its labels have release=other'
          : '',
      jobs: at % 3 === 0 ? [`job-${at % 10}`] : [],
      ruleFile: kinds[at % kinds.length] === 'PrometheusRule' ? `prometheusRule/team-${at}` : undefined,
    }),
  ),
];

/** The rules that are shipped, as if they had been evaluated. */
function groupsOf(nowMs: number): readonly RuleGroupState[] {
  const path = join(import.meta.dirname, '../../../rules/findings.yaml');
  const groups = parseRuleFile(readFileSync(path, 'utf8'), path).groups;
  return groups.map((spec, at) => ({
    file: 'rules/findings.yaml',
    spec,
    intervalMs: 15_000,
    lastEvaluationMs: nowMs - 4000,
    evaluationSeconds: 0.0042,
    missed: at,
    rules: spec.rules.map((rule, index) => ({
      spec: rule,
      health: index === 1 ? 'err' : 'ok',
      ...(index === 1
        ? { lastError: 'many-to-many matching not allowed: matching labels must be unique on one side' }
        : {}),
      lastEvaluationMs: nowMs - 4000,
      evaluationSeconds: 0.0008,
      matched: index === 0 ? 2 : 0,
      state: index === 0 && rule.kind === 'alerting' ? 'firing' : 'inactive',
      alerts:
        index === 0 && rule.kind === 'alerting'
          ? [0, 1].map((one) => ({
              labels: { alertname: rule.name, namespace: 'shop', severity: 'critical', pod: `cart-${one}` },
              state: one === 0 ? ('firing' as const) : ('pending' as const),
              activeAtMs: nowMs - 300_000,
              value: 1,
            }))
          : [],
    })),
  }));
}
