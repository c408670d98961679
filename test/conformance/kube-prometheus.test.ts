import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { resources } from '../../src/exporters/state/resources/index.ts';
import { StateSelfMetrics } from '../../src/exporters/state/self-metrics.ts';
import { seriesOf } from '../../src/exporters/state/testing.ts';
import { VirtualClock } from '../../src/kit/clock.ts';
import { silentLogger } from '../../src/log/logger.ts';
import type { Labels } from '../../src/model/labels.ts';
import type { Matcher } from '../../src/model/matcher.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ruleFileOf } from '../../src/monitors/convert/prometheus-rule.ts';
import { operatorSchema } from '../../src/monitors/operator-settings.ts';
import { Engine } from '../../src/promql/engine.ts';
import { selectorsOf } from '../../src/promql/inspect.ts';
import { parseExpr } from '../../src/promql/parser.ts';
import { controlPlaneAlerts } from '../../src/rules/control-plane-rules.ts';
import { evaluateWith } from '../../src/rules/evaluate.ts';
import { parseRuleFile, type RuleFile } from '../../src/rules/rule-file.ts';
import { RuleManager } from '../../src/rules/rule-manager.ts';
import { parseText } from '../../src/scrape/text/parse-text.ts';
import { TimeSeriesStore } from '../../src/tsdb/store.ts';
import { startNodeAgent } from '../support/node-agent.ts';
import { writeFiles, writeNodeTree } from '../support/node-tree.ts';
import { clusterObjects } from './simulated/cluster.ts';
import { componentScrapes, nodeExporterAlone, programs } from './simulated/scrapes.ts';
import { casesAt } from './suite.ts';

const folder = casesAt('kube-prometheus/rules');

interface Series {
  readonly labels: Labels;
  readonly value: number;
}

/** Who tells which series. */
interface Source {
  readonly of: string;
  readonly series: readonly Series[];
}

/** What no value can pass asks for nothing: `integration!~".*"`. */
const askForNothing = ({ op, value }: Matcher): boolean => op === '!~' && value === '.*';

const kindOfRules = { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule' };

/** Of PrometheusRule objects, or of what stands under their `spec`. */
function ruleFiles(): RuleFile[] {
  return readdirSync(folder).map((name) => {
    const read = parse(readFileSync(join(folder, name), 'utf8')) as KubeObject;
    const metadata = { name: 'rules', namespace: 'monitoring' };
    const object: KubeObject =
      read.kind === 'PrometheusRule' ? read : { ...kindOfRules, metadata, spec: read };
    return parseRuleFile(stringify(ruleFileOf(object, operatorSchema.parse({}))), name);
  });
}

/** Lines of the text format, with the labels that a scrape adds; its own labels win over them. */
function scraped(lines: readonly string[], target: Labels): Series[] {
  return parseText(`${lines.join('\n')}\n`).flatMap(({ samples }) =>
    samples.map(({ name, labels, value }) => ({
      labels: { ...target, ...withoutEmpty(labels), __name__: name },
      value,
    })),
  );
}

function withoutEmpty(labels: readonly (readonly [string, string])[]): Labels {
  return Object.fromEntries(labels.filter(([, value]) => value !== ''));
}

const id = 'a1'.repeat(32);
const uid = '0f0e0d0c-1111-2222-3333-444455556666';

/** A container of the pod shop/web-1, limited to half a processor. */
const containerFiles = {
  'sys/fs/cgroup/cgroup.controllers': 'cpu memory\n',
  ...Object.fromEntries(
    Object.entries({
      'cpu.stat':
        'usage_usec 1000\nuser_usec 500\nsystem_usec 500\nnr_periods 10\nnr_throttled 9\nthrottled_usec 5\n',
      'cpu.max': '50000 100000\n',
      'memory.current': '1000\n',
      'memory.stat': 'anon 10\nfile 20\ninactive_file 5\n',
      'memory.swap.current': '0\n',
    }).map(([name, text]) => [`sys/fs/cgroup/kubepods/pod${uid}/${id}/${name}`, text]),
  ),
  [`root/run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`]: JSON.stringify({
    annotations: {
      'io.kubernetes.cri.container-type': 'container',
      'io.kubernetes.cri.container-name': 'main',
      'io.kubernetes.cri.image-name': 'nginx',
      'io.kubernetes.cri.sandbox-name': 'web-1',
      'io.kubernetes.cri.sandbox-namespace': 'shop',
    },
  }),
};

const machine = { instance: 'a:9100', namespace: 'monitoring', pod: 'node-exporter-a' };

async function nodeSources(tree: string): Promise<Source[]> {
  const { procfs, sysfs, rootfs, udevData } = writeNodeTree(tree);
  const memory = ['MemTotal', 'MemFree', 'MemAvailable', 'Buffers', 'Cached', 'Slab', 'SwapTotal'];
  writeFiles(tree, {
    ...{ ...containerFiles, 'textfiles/a.prom': 'a 1\n' },
    'proc/meminfo': memory.map((field, i) => `${field}:       ${8000 - i * 1000} kB\n`).join(''),
  });
  const agent = await startNodeAgent({
    ...{ 'path.procfs': procfs, 'path.sysfs': sysfs, 'path.rootfs': rootfs, 'path.udev.data': udevData },
    'collector.textfile.directory': join(tree, 'textfiles'),
  });
  const read = async (page: string, target: Labels) =>
    scraped([(await (await fetch(`${agent.url}${page}`)).text()).trimEnd()], target);
  const kubelet = { job: 'kubelet', metrics_path: '/metrics/cadvisor', node: 'a', instance: 'a:10250' };
  try {
    return [
      { of: 'role node', series: await read('/metrics', { job: 'node-exporter', ...machine }) },
      { of: 'role node, containers', series: await read('/metrics/cadvisor', kubelet) },
    ];
  } finally {
    await agent.stop();
  }
}

function stateSource(): Source {
  const selection = { labelsAllowlist: { persistentvolumeclaims: ['*'] } };
  const lines = clusterObjects.flatMap(([resource, object]) => [
    ...seriesOf(resource, object, '', selection),
  ]);
  const self = new StateSelfMetrics();
  for (const verb of ['list', 'watch'] as const)
    for (const isAnswered of [true, false]) self.asked('v1/Pod', verb, isAnswered);
  const own = self.families([]).flatMap(({ samples }) =>
    samples.map(({ name, labels, value }) => ({
      labels: { ...labels, __name__: name, job: 'kube-state-metrics' },
      value,
    })),
  );
  return { of: 'role state', series: [...scraped(lines, { job: 'kube-state-metrics' }), ...own] };
}

function programSources(names: readonly string[]): Source[] {
  return programs.map(({ of, start, labels }) => ({
    of,
    series: names
      .filter((name) => programs.find((one) => name.startsWith(one.start))?.start === start)
      .map((name) => ({ labels: { ...labels, __name__: name }, value: 1 })),
  }));
}

/** Each target that is scraped is up. */
function upSource(sources: readonly Source[]): Source {
  const targets = new Map<string, Labels>();
  const add = ({
    job = '',
    instance = '',
    namespace = '',
    metrics_path = '',
    container = '',
  }: Labels): void => {
    const known = Object.entries({ job, instance, namespace, metrics_path, container });
    const labels = Object.fromEntries(known.filter(([, value]) => value !== ''));
    targets.set(JSON.stringify(labels), labels);
  };
  for (const { series } of sources) for (const { labels } of series) add(labels);
  for (const { labels } of componentScrapes) add(labels);
  return {
    of: 'each scrape',
    series: [...targets.values()].map((labels) => ({ labels: { ...labels, __name__: 'up' }, value: 1 })),
  };
}

describe.skipIf(!existsSync(folder))("kube-prometheus' rules", () => {
  const files = existsSync(folder) ? ruleFiles() : [];
  const groups = files.flatMap((file) => file.groups);
  const rules = groups.flatMap((group) => group.rules);
  const selectors = rules.flatMap(({ expr }) => selectorsOf(parseExpr(expr)));
  const nameOf = (matchers: readonly Matcher[]) =>
    matchers.find(({ name, op }) => name === '__name__' && op === '=')?.value ?? '';
  const names = [...new Set(selectors.map(nameOf))].sort();
  const tree = mkdtempSync(join(tmpdir(), 'kube-prometheus-'));
  let sources: Source[] = [];

  beforeAll(async () => {
    const scrapes = componentScrapes.map(({ of, labels, series }) => ({
      of,
      series: scraped(series, labels),
    }));
    const alone = scraped(nodeExporterAlone, { job: 'node-exporter', ...machine });
    const told = [
      stateSource(),
      ...(await nodeSources(tree)),
      ...scrapes,
      { of: 'node exporter itself, with its collector systemd', series: alone },
      ...programSources(names),
    ];
    sources = [...told, upSource(told)];
  }, 60_000);

  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  /** Where a name comes from, for people. */
  function sourceOf(name: string): string | undefined {
    if (rules.some((rule) => rule.kind === 'recording' && rule.name === name)) return 'another rule';
    if (name === 'ALERTS') return 'alerts themselves';
    return sources.find(({ series }) => series.some(({ labels }) => labels['__name__'] === name))?.of;
  }

  it('read names that all have a source', () => {
    expect(names.length).toBeGreaterThan(200);
    expect(names.filter((name) => sourceOf(name) === undefined)).toEqual([]);
    const count: Record<string, number> = {};
    for (const name of names) count[sourceOf(name) ?? ''] = (count[sourceOf(name) ?? ''] ?? 0) + 1;
    // What a cluster's own rules are about comes from these two roles and from scrapes.
    expect(count['role state']).toBeGreaterThan(45);
    expect(count['role node']).toBeGreaterThan(25);
    expect(count['role node, containers']).toBe(7);
  });

  it('read no name that a role of ours has from elsewhere', () => {
    const ofState = resources.flatMap(({ families }) => families.map(({ name }) => name));
    for (const name of names.filter((one) => ofState.includes(one)))
      expect(sourceOf(name)).toBe('role state');
    const elsewhere = names.filter(
      (name) => /^(node|container)_/.test(name) && sourceOf(name)?.startsWith('node exp'),
    );
    expect(elsewhere).toEqual(['node_systemd_service_restart_total', 'node_systemd_unit_state']);
  });

  it('know which alerts a managed control plane has no use for', () => {
    expect(controlPlaneAlerts(files)).toEqual(['KubeControllerManagerDown', 'KubeSchedulerDown']);
  });

  it('evaluate on a simulated cluster: none fails, and each selector finds what it asks for', async () => {
    const clock = new VirtualClock(1_800_000_000_000);
    const store = new TimeSeriesStore({ clock, log: silentLogger });
    const manager = new RuleManager({
      ...{ clock, store, log: silentLogger, externalURL: 'http://skopos.test' },
      evaluate: evaluateWith(new Engine()),
      append: (batch) => store.append(batch),
      send() {},
      ledger() {},
      evaluationIntervalMs: 30_000,
    });
    manager.load(files);
    const stop = new AbortController();
    void manager.run(stop.signal);
    const series = sources.flatMap((source) => source.series);
    for (let round = 0; round < 20; round++) {
      store.append(
        series.map(({ labels, value }) => {
          const grows = /_(total|count|sum|bucket)$/.test(labels['__name__'] ?? '');
          return { labels, atMs: clock.now(), value: grows ? value + round * 10 * (value + 1) : value };
        }),
      );
      await clock.advance(30_000);
    }
    stop.abort();
    const states = manager.groups().flatMap((group) => group.rules);
    expect(states).toHaveLength(rules.length);
    expect(
      states.filter(({ health }) => health !== 'ok').map(({ spec, lastError }) => [spec.name, lastError]),
    ).toEqual([]);
    const unheard = selectors
      .filter((matchers) => !matchers.some(askForNothing))
      .filter((matchers) => {
        const [first] = store.select({ matchers, fromMs: clock.now() - 400_000, toMs: clock.now() });
        return first === undefined;
      })
      .map((matchers) => matchers.map(({ name, op, value }) => `${name}${op}${value}`).join(','));
    expect([...new Set(unheard)].sort()).toEqual([]);
  }, 180_000);
});
