import { expect, it } from 'vitest';
import type { MetricFamily } from '../../model/metric.ts';
import { type KubeObject, keyOf, refOf } from '../../model/object.ts';
import { severityOf } from '../../model/verdict.ts';
import { type Check, type ClusterView, defineControl } from '../../posture/control.ts';
import { type EngineChange, PostureEngine } from '../../posture/engine.ts';
import { openDatabase } from '../../store/open.ts';
import { expositionText } from '../../telemetry/exposition.ts';
import { Findings } from '../findings.ts';
import { exporterSeries } from './exporter.ts';
import { kubescapeSeries } from './kubescape.ts';
import { NativeSeries } from './native.ts';
import type { SeriesUpdate } from './series-update.ts';

const check = (field: string): Check => ({
  rule: field,
  kinds: ['Pod'],
  judge: (object) => (object[field] === undefined ? [] : [{ message: `has ${field}`, deletePaths: [field] }]),
});
const control = (id: string, name: string, baseScore: number, ...checks: Check[]) =>
  defineControl({
    id,
    name,
    baseScore,
    category: '',
    why: '',
    fix: '',
    checks,
    examples: { pass: [], fail: [] },
  });
const controls = [
  control('C-0057', 'Privileged container', 9, check('bad'), check('worse')),
  control('C-0009', 'Limits', 4, check('loose')),
  control('C-0070', 'Kubelet', 7, {
    rule: 'k',
    kinds: ['KubeletInfo'],
    needs: ['KubeletInfo'],
    judge: () => [],
  }),
];
const frameworks = [{ name: 'NSA', controls: controls.map(({ id }) => id) }];

const pod = (
  name: string,
  fields: Readonly<Record<string, unknown>> = {},
  namespace = 'shop',
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  ...fields,
});

function chain(options: { limit?: number; initial?: readonly KubeObject[] } = {}) {
  let nowMs = 1_000_000;
  const objects = new Map<string, KubeObject>();
  const view: ClusterView = {
    get: (kind, namespace, name) => objects.get(`/${kind}/${namespace}/${name}`),
    list: (kind) => [...objects.values()].filter((object) => object.kind === kind),
  };
  const engine = new PostureEngine({ controls, inputs: {}, view });
  const findings = new Findings({ db: openDatabase(':memory:'), cluster: 'east', controls });
  const { limit } = options;
  const more = limit === undefined ? {} : { limit };
  const native = new NativeSeries({ engine, findings, controls, frameworks, now: () => nowMs, ...more });
  const put = (object: KubeObject): EngineChange => {
    const ref = refOf(object);
    objects.set(keyOf(ref), object);
    return { key: keyOf(ref), ref, object };
  };
  const take = (changes: readonly EngineChange[], drill?: string): SeriesUpdate[] => {
    const verdicts = engine.apply(drill === undefined ? changes : changes.map((one) => ({ ...one, drill })));
    const news = findings.apply(verdicts, {
      cause: 'c',
      atMs: nowMs,
      ...(drill === undefined ? {} : { drill }),
    });
    return [...native.ofVerdicts(verdicts, nowMs), ...native.ofFindings(news)];
  };
  engine.apply((options.initial ?? []).map(put));
  findings.sync(engine.verdicts(), { cause: 'c0', atMs: nowMs });
  native.rebuild();
  return {
    engine,
    findings,
    native,
    put: (object: KubeObject, drill?: string) => take([put(object)], drill),
    delete(object: KubeObject) {
      const ref = refOf(object);
      objects.delete(keyOf(ref));
      return take([{ key: keyOf(ref), ref }]);
    },
    wait(ms: number) {
      nowMs += ms;
    },
  };
}

/** Lines of the exposition that begin with `prefix`. */
const shown = (families: Iterable<MetricFamily>, prefix = ''): string[] =>
  expositionText(families)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#') && line.startsWith(prefix));

const said = (updates: readonly SeriesUpdate[], name: string): string[] =>
  updates
    .filter(({ labels }) => labels['__name__'] === name)
    .map(
      ({ labels: { __name__: _, ...labels }, value = 'ends' }) =>
        `${Object.values(labels).join(' ')} ${value}`,
    );

it('shows a finding while it is open, and as new when it came after the first look', () => {
  const { native, put } = chain({ initial: [pod('old', { bad: 1 })] });
  expect(shown(native.collect(), 'skopos_finding{')).toHaveLength(1);
  expect(shown(native.collect(), 'skopos_new_finding')).toEqual([]);
  const updates = put(pod('web', { bad: 1 }));
  expect(said(updates, 'skopos_finding')).toEqual(['C-0057 critical shop Pod web 1']);
  expect(said(updates, 'skopos_new_finding')).toEqual([
    'C-0057 Privileged container critical shop Pod web 1',
  ]);
  expect(said(updates, 'skopos_findings_new_total')).toEqual([
    'C-0057 critical shop 0',
    'C-0057 critical shop 1',
  ]);
  expect(shown(native.collect(), 'skopos_finding{')).toEqual([
    'skopos_finding{control_id="C-0057",severity="critical",namespace="shop",kind="Pod",name="old"} 1',
    'skopos_finding{control_id="C-0057",severity="critical",namespace="shop",kind="Pod",name="web"} 1',
  ]);
  const mended = put(pod('web'));
  expect(said(mended, 'skopos_finding')).toEqual(['C-0057 critical shop Pod web ends']);
  expect(said(mended, 'skopos_new_finding')).toEqual([
    'C-0057 Privileged container critical shop Pod web ends',
  ]);
  expect(shown(native.collect(), 'skopos_new_finding')).toEqual([]);
});

it('ends in time what is new, also when the newest of its findings is fixed before', () => {
  const { native, put, wait } = chain();
  const day = 86_400_000;
  put(pod('web', { bad: 1 }));
  wait(1000);
  put(pod('db', { bad: 1 }));
  wait(1000);
  put(pod('web', { bad: 1, worse: 1 }));
  expect(native.nextExpiryMs).toBe(1_001_000 + day);
  put(pod('web', { bad: 1 }));
  expect(native.nextExpiryMs).toBe(1_000_000 + day);
  wait(day - 2000);
  expect(said(native.expire(), 'skopos_new_finding')).toEqual([
    'C-0057 Privileged container critical shop Pod web ends',
  ]);
  expect(native.nextExpiryMs).toBe(1_001_000 + day);
});

it('takes a finding for new for a day, also after a restart', () => {
  const { native, put, wait } = chain();
  put(pod('web', { bad: 1 }));
  wait(86_400_000 - 1);
  native.rebuild();
  expect(shown(native.collect(), 'skopos_new_finding')).toHaveLength(1);
  expect(native.nextExpiryMs).toBe(1_000_000 + 86_400_000);
  wait(1);
  expect(said(native.expire(), 'skopos_new_finding')).toEqual([
    'C-0057 Privileged container critical shop Pod web ends',
  ]);
  expect(shown(native.collect(), 'skopos_new_finding')).toEqual([]);
  expect(native.nextExpiryMs).toBeUndefined();
});

it('counts objects by what controls say of them, by namespace, and says so at once', () => {
  const { native, put, delete: remove } = chain({ initial: [pod('a'), pod('b', { bad: 1 })] });
  const of = (id: string) =>
    shown(native.collect(), 'skopos_control_resources').filter((line) => line.includes(id));
  expect(of('C-0057')).toEqual([
    'skopos_control_resources{control_id="C-0057",control="Privileged container",severity="critical",status="pass",namespace="shop"} 1',
    'skopos_control_resources{control_id="C-0057",control="Privileged container",severity="critical",status="fail",namespace="shop"} 1',
    'skopos_control_resources{control_id="C-0057",control="Privileged container",severity="critical",status="unknown",namespace="shop"} 0',
  ]);
  expect(of('C-0070')[2]).toContain('status="unknown",namespace=""} 1');
  const updates = put(pod('a', { bad: 1 }));
  expect(said(updates, 'skopos_control_resources').slice(0, 2)).toEqual([
    'C-0057 Privileged container critical pass shop 0',
    'C-0057 Privileged container critical fail shop 2',
  ]);
  // (0 + 100 + 0) / 3: two of two failed, limits passed, the kubelet is unknown.
  expect(said(updates, 'skopos_framework_score')).toEqual([`NSA ${100 / 3}`]);
  remove(pod('a'));
  expect(said(remove(pod('b')), 'skopos_control_resources')[0]).toBe(
    'C-0057 Privileged container critical pass shop ends',
  );
});

it('keeps to its bound, the most severe first, and counts the rest', () => {
  const initial = ['a', 'b', 'c'].map((name) => pod(name, { loose: 1 }));
  const { native, put } = chain({ limit: 2, initial });
  expect(shown(native.collect(), 'skopos_finding{')).toHaveLength(2);
  expect(shown(native.collect(), 'skopos_finding_overflow')).toEqual(['skopos_finding_overflow 1']);
  const updates = said(put(pod('web', { bad: 1 })), 'skopos_finding');
  expect(updates).toHaveLength(2);
  expect(updates[0]).toMatch(/^C-0009 medium .* ends$/);
  expect(updates[1]).toBe('C-0057 critical shop Pod web 1');
  expect(said(put(pod('more', { loose: 1 })), 'skopos_finding')).toEqual([]);
  expect(shown(native.collect(), 'skopos_finding_overflow')).toEqual(['skopos_finding_overflow 3']);
  put(pod('web'));
  const all = shown(native.collect(), 'skopos_finding{');
  expect(all).toHaveLength(2);
});

it('shows a drill in its own series and in no other', () => {
  const { engine, native, put, delete: remove } = chain({ initial: [pod('a')] });
  const others = () =>
    [
      ...native.collect(),
      ...kubescapeSeries({ engine, controls, frameworks })(),
      ...exporterSeries({ engine, severityOf: () => 'high', workloads: true })(),
    ].filter(({ name }) => name !== 'skopos_drill_finding');
  const before = shown(others());
  const updates = put(pod('drill', { bad: 1 }), 'd1');
  expect(updates.map(({ labels }) => labels['__name__'])).toEqual(['skopos_drill_finding']);
  expect(shown(native.collect(), 'skopos_drill_finding')).toEqual([
    'skopos_drill_finding{drill="d1",control_id="C-0057",severity="critical",namespace="shop",kind="Pod",name="drill"} 1',
  ]);
  expect(shown(others())).toEqual(before);
  expect(said(remove(pod('drill')), 'skopos_drill_finding')).toEqual([
    'd1 C-0057 critical shop Pod drill ends',
  ]);
});

it('has the names, labels and whole numbers of Kubescape', () => {
  const { engine } = chain({ initial: [pod('a'), pod('b', { bad: 1, loose: 1 }), pod('c')] });
  const lines = shown(kubescapeSeries({ engine, controls, frameworks })());
  const link = 'link="https://hub.armosec.io/docs/c-0057"';
  expect(lines).toEqual(
    expect.arrayContaining([
      'kubescape_score 44',
      'kubescape_cluster_complianceScore 44',
      'kubescape_cluster_count_resources_failed 1',
      'kubescape_cluster_count_resources_passed 2',
      'kubescape_cluster_count_control_failed 2',
      'kubescape_cluster_count_control_skipped 1',
      'kubescape_cluster_coverage_score 66',
      'kubescape_framework_complianceScore{name="NSA"} 44',
      'kubescape_framework_count_resources_failed{name="NSA"} 1',
      `kubescape_control_complianceScore{name="Privileged container",severity="Critical",${link}} 66`,
      `kubescape_control_count_resources_failed{name="Privileged container",severity="Critical",${link}} 1`,
      'kubescape_resource_count_controls_failed{apiVersion="v1",kind="Pod",namespace="shop",name="b"} 2',
    ]),
  );
});

it('has the names of the exporter, and claims nothing of images that were not scanned', () => {
  const { engine } = chain({ initial: [pod('b', { bad: 1, loose: 1 })] });
  const severity = (id: string) => severityOf(controls.find((one) => one.id === id)?.baseScore ?? 0);
  const options = { engine, severityOf: severity, workloads: true };
  const lines = shown(exporterSeries(options)());
  expect(lines).toEqual(
    expect.arrayContaining([
      'kubescape_controls_total_cluster_critical 1',
      'kubescape_controls_total_cluster_high 0',
      'kubescape_controls_total_namespace_medium{namespace="shop"} 1',
      'kubescape_controls_total_workload_critical{namespace="shop",workload="b",workload_kind="pod"} 1',
    ]),
  );
  expect(lines.filter((line) => line.includes('vulnerabilities'))).toEqual([]);
  const scanned = exporterSeries({ ...options, vulnerabilities: () => [{ total: { high: 3 } }] });
  expect(shown(scanned(), 'kubescape_vulnerabilities')).toEqual(
    expect.arrayContaining([
      'kubescape_vulnerabilities_total_cluster_high 3',
      'kubescape_vulnerabilities_total_cluster_low 0',
    ]),
  );
  expect([...scanned()]).toHaveLength(45);
});
