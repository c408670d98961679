import { describe, expect, it } from 'vitest';
import { compileMatcher } from '../../kit/compile-matcher.ts';
import { type Labels, metricName } from '../../model/labels.ts';
import type { LintFinding } from '../../model/rule-lint.ts';
import { parseExpr } from '../../promql/parser.ts';
import { parseRuleFile } from '../rule-file.ts';
import { type LintOptions, lintRules } from './lint-rules.ts';
import type { LintRoute, LintRouting, SeriesLookup } from './lint-surroundings.ts';

const said = { summary: 's', runbook_url: 'u' };

/** Findings of one alert, those about its manners left out unless it has `annotations`. */
async function lint(
  rule: { readonly expr: string } & Readonly<Record<string, unknown>>,
  more: Partial<LintOptions> = {},
): Promise<readonly LintFinding[]> {
  const text = JSON.stringify({
    groups: [{ name: 'g', rules: [{ alert: 'A', annotations: said, ...rule }] }],
  });
  return lintRules([parseRuleFile(text, 'r.yml')], { evaluationIntervalMs: 60_000, ...more });
}

const names = (findings: readonly LintFinding[]) => findings.map((one) => one.lint);

/** A store that holds these series and knows these types. */
function storeOf(series: readonly Labels[], types: Readonly<Record<string, string>> = {}): SeriesLookup {
  const matching: SeriesLookup['labelValues'] = async (label, matchers) => {
    const tests = matchers.map((matcher) => ({ name: matcher.name, accepts: compileMatcher(matcher) }));
    const found = series.filter((labels) => tests.every(({ name, accepts }) => accepts(labels[name] ?? '')));
    return [...new Set(found.flatMap((labels) => labels[label] ?? []))].sort();
  };
  return {
    ...{ name: 'the store', window: '1d', labelValues: matching },
    hasSeries: async (matchers) => (await matching(metricName, matchers)).length > 0,
    typeOf: async (metric) => types[metric],
  };
}

it('finds both defective rules of well-known tutorials, with file, line, reason and the corrected expression', async () => {
  const text = `groups:
  - name: nodes
    rules:
      - alert: TooFewNodes
        expr: count(kube_node_info) < 1
        for: 15m
        annotations: { summary: Cluster decreased, runbook_url: x }
      - alert: KubernetesPodClientError
        expr: istio_requests_total{reporter="destination",response_code="403"} > 10
        for: 15m
        annotations: { summary: errors, runbook_url: x }
`;
  const found = await lintRules([parseRuleFile(text, 'alerts.yml')], { evaluationIntervalMs: 60_000 });
  expect(found).toMatchObject([
    {
      ...{ lint: 'count-below-one', severity: 'error', file: 'alerts.yml', line: 5, rule: 'TooFewNodes' },
      suggestion: 'absent(kube_node_info)',
    },
    {
      ...{ lint: 'counter-without-rate', severity: 'warning', line: 9, group: 'nodes', kind: 'alerting' },
      suggestion: 'increase(istio_requests_total{reporter="destination",response_code="403"}[5m]) > 10',
    },
  ]);
  expect(found[0]?.message).toMatch(/never true.*no series, not 0/);
  expect(found[1]?.message).toMatch(/counter: it only grows/);
});

describe('count-below-one', () => {
  it.each([
    ['count(x) < 1', 'absent(x)'],
    ['count(x) == 0', 'absent(x)'],
    ['count(x) <= 0', 'absent(x)'],
    ['1 > count(x)', 'absent(x)'],
    ['count((up{job="a"} == 1)) < 1', 'absent(up{job="a"} == 1)'],
    ['count(x) < 1 or y > 3', 'absent(x) or y > 3'],
  ])('%s is never true; %s is meant', async (expr, suggestion) => {
    expect(await lint({ expr })).toMatchObject([{ lint: 'count-below-one', suggestion }]);
  });

  it('says that groups cannot be asked for so, and proposes nothing', async () => {
    const [finding] = await lint({ expr: 'count by (job) (up) < 1' });
    expect(finding).toMatchObject({ lint: 'count-below-one' });
    expect(finding).not.toHaveProperty('suggestion');
  });

  it.each([
    'count(x) < 3',
    'count(x) > 1',
    'sum(x) < 1',
    '(count(x) or vector(0)) < 1',
    'count(x) < bool 1',
    'absent(x)',
  ])('has nothing against %s', async (expr) => {
    expect(await lint({ expr })).toEqual([]);
  });
});

describe('counter-without-rate', () => {
  it.each([
    ['a_total > 10', 'increase(a_total[5m]) > 10'],
    ['sum by (job) (a_total{x="1"}) > 10', 'sum by (job) (increase(a_total{x="1"}[5m])) > 10'],
    ['10 < a_total', '10 < increase(a_total[5m])'],
    ['a_total / b_total > 0.1', 'rate(a_total[5m]) / rate(b_total[5m]) > 0.1'],
    ['a_total > 0 and b == 1', 'increase(a_total[5m]) > 0 and b == 1'],
    ['a_total offset 1h > 5', 'increase(a_total[5m] offset 1h) > 5'],
  ])('%s becomes %s', async (expr, suggestion) => {
    const found = await lint({ expr });
    expect(found).toMatchObject([{ lint: 'counter-without-rate', suggestion }]);
    expect(parseExpr(suggestion)).toBeDefined();
  });

  it.each([
    'rate(a_total[5m]) > 1',
    'increase(a_total[1h] offset 1d) > 1',
    'changes(a_total[5m]) > 1',
    'count(a_total) > 3',
    'absent(a_total)',
    'a_total - a_total offset 5m > 3',
    'timestamp(a_total) < 5',
    'used / capacity_total > 0.9',
    'a / b_total > 0.9 and b_total > 0',
    'sum(x unless x_total offset 10m) > 0',
    'gauge > 3',
  ])('has nothing against %s', async (expr) => {
    expect(await lint({ expr })).toEqual([]);
  });

  it('goes by what was scraped where that is known', async () => {
    const series = ['odd_total', 'requests', 'h'].map((name) => ({ [metricName]: name }));
    const lookup = storeOf([...series, { [metricName]: 'h_count' }], {
      ...{ odd_total: 'gauge', requests: 'counter', h: 'histogram' },
    });
    expect(await lint({ expr: 'odd_total > 1' }, { lookup })).toEqual([]);
    expect(names(await lint({ expr: 'requests > 1' }, { lookup }))).toEqual(['counter-without-rate']);
    expect(names(await lint({ expr: 'h_count > 1' }, { lookup }))).toEqual(['counter-without-rate']);
  });

  it('proposes a range of at least four intervals', async () => {
    const [finding] = await lint({ expr: 'a_total > 1' }, { evaluationIntervalMs: 300_000 });
    expect(finding?.suggestion).toBe('increase(a_total[20m]) > 1');
  });
});

describe('for-below-two-intervals', () => {
  it.each([
    ['1m', ['for-below-two-intervals']],
    ['30s', ['for-below-two-intervals']],
    ['2m', []],
    ['0s', []],
  ])('a "for" of %s with evaluations every minute: %j', async (wait, expected) => {
    expect(names(await lint({ expr: 'x > 1', for: wait }))).toEqual(expected);
  });

  it("goes by the group's own interval", async () => {
    const text = '{groups: [{name: g, interval: 10s, rules: [{alert: A, expr: x, for: 30s}]}]}';
    const found = await lintRules([parseRuleFile(text, 'r.yml')], { evaluationIntervalMs: 60_000 });
    expect(names(found)).not.toContain('for-below-two-intervals');
  });
});

describe('template-label-dropped', () => {
  const shows = (text: string) => ({ annotations: { ...said, description: text } });

  it.each([
    ['sum by (job) (x) > 1', '{{ $labels.pod }}', 'sum by (job, pod) (x) > 1'],
    ['sum(x) > 1', '{{ .Labels.pod }}', 'sum by (pod) (x) > 1'],
    ['sum without (pod) (x) > 1', '{{ index $labels "pod" }}', 'sum without () (x) > 1'],
    ['a / on (job) b > 1', '{{ $labels.pod }}', 'a / on (job, pod) b > 1'],
    [
      'sum by (job) (x) / on (job) sum by (job) (y) > 1',
      '{{ $labels.pod }}',
      'sum by (job, pod) (x) / on (job, pod) sum by (job, pod) (y) > 1',
    ],
  ])('%s drops what %s shows; %s keeps it', async (expr, text, suggestion) => {
    expect(await lint({ expr, ...shows(text) })).toMatchObject([
      { lint: 'template-label-dropped', suggestion },
    ]);
  });

  it.each([
    ['x > 1', '{{ $labels.pod }}'],
    ['sum by (pod) (x) > 1', '{{ $labels.pod }}'],
    ['sum without (job) (x) > 1', '{{ $labels.pod }}'],
    ['topk(3, x) > 1', '{{ $labels.pod }}'],
    ['a * on (job) group_left (pod) b > 1', '{{ $labels.pod }} {{ $labels.other }}'],
    ['label_replace(sum(x), "pod", "$1", "a", "(.*)") > 1', '{{ $labels.pod }}'],
    ['count_values("pod", x) > 1', '{{ $labels.pod }}'],
    ['absent(up{job="a"})', '{{ $labels.job }}'],
    ['sum by (pod) (x) or y', '{{ $labels.other }}'],
    ['sum(x) > 1', '{{ if $labels.pod }}{{ $labels.pod }}{{ end }}'],
    ['sum(x) > 1', '{{ range query "up" }}{{ .Labels.instance }}{{ end }}'],
    ['sum(x) > 1', '{{ $value }} and $labels.pod outside of braces'],
  ])('%s with %s is well', async (expr, text) => {
    expect(await lint({ expr, ...shows(text) })).toEqual([]);
  });

  it('names absent() and what it does keep', async () => {
    const [finding] = await lint({ expr: 'absent(up{job="a"})', ...shows('{{ $labels.instance }}') });
    expect(finding?.message).toMatch(/annotation "description" shows \$labels\.instance.*absent\(\)/);
    expect(finding).not.toHaveProperty('suggestion');
  });

  it('tells that a label of the rule itself is not seen by its templates', async () => {
    const [finding] = await lint({
      ...{ expr: 'sum(x) > 1', labels: { team: 'a' } },
      ...shows('{{ $labels.team }}'),
    });
    expect(finding?.message).toContain('The rule sets that label itself');
  });

  it('looks at labels too', async () => {
    const [finding] = await lint({ expr: 'sum(x) > 1', labels: { where: '{{ $labels.zone }}' } });
    expect(finding).toMatchObject({ lint: 'template-label-dropped', suggestion: 'sum by (zone) (x) > 1' });
    expect(finding?.message).toContain('label "where"');
  });
});

describe('selector-matches-nothing', () => {
  const lookup = storeOf([
    { [metricName]: 'kube_node_info', node: 'a' },
    { [metricName]: 'up', job: 'kubernetes-apiserver', instance: 'x' },
    { [metricName]: 'up', job: 'node', instance: 'y' },
  ]);

  it.each([
    ['up{job="node"} == 0', []],
    ['absent(nothing)', []],
    ['ALERTS{alertname="X"} == 1', []],
    ['up == 0 unless on () nothing', []],
    ['nothing > 1', ['selector-matches-nothing']],
  ])('%s: %j', async (expr, expected) => {
    expect(names(await lint({ expr }, { lookup }))).toEqual(expected);
  });

  it('says what was meant: another metric, another value, a label that none has', async () => {
    const of = async (expr: string) => (await lint({ expr }, { lookup }))[0];
    expect(await of('sum(kube_nodes_info) > 3')).toMatchObject({
      message: expect.stringContaining('kube_node_info is there'),
      suggestion: 'sum(kube_node_info) > 3',
    });
    expect(await of('rate(up{job="kubernetes-apiservers"}[5m]) > 0')).toMatchObject({
      message: expect.stringContaining('job is "kubernetes-apiserver", "node"'),
      suggestion: 'rate(up{job="kubernetes-apiserver"}[5m]) > 0',
    });
    expect(await of('up{zone="eu"} == 0')).toMatchObject({
      message: expect.stringContaining('No such series has the label zone'),
    });
  });

  it('knows what other rules of the files record', async () => {
    const text = `groups:
  - name: g
    rules:
      - { record: job:up:sum, expr: sum by (job) (up) }
      - { alert: A, expr: job:up:sum < 1, annotations: { summary: s, runbook_url: u } }
`;
    const found = await lintRules([parseRuleFile(text, 'r.yml')], { evaluationIntervalMs: 60_000, lookup });
    expect(found).toEqual([]);
  });
});

describe('no-route', () => {
  const route = (receiver: string, matchers: Labels, routes: readonly LintRoute[] = []): LintRoute => ({
    ...{ receiver, routes, continue: false },
    matchers: Object.entries(matchers).map(([name, value]) => ({ name, op: '=', value })),
  });
  const routing: LintRouting = {
    file: 'am.yml',
    route: route('default', {}, [
      route('pager', { severity: 'critical' }),
      route('nobody', { severity: 'none' }),
      route('team', { namespace: 'shop' }),
    ]),
    isSilent: (receiver) => receiver === 'nobody',
  };

  it.each([
    ['critical', 'x', []],
    // It may be in that namespace.
    ['low', 'x', []],
    ['low', 'sum(x)', ['note']],
    ['low', 'x{namespace="other"}', ['note']],
    ['none', 'sum(x)', ['error']],
  ])('severity %s of %s: %j', async (severity, expr, expected) => {
    const found = await lint({ expr: `${expr} > 1`, labels: { severity } }, { routing });
    expect(found.map((one) => one.severity)).toEqual(expected);
    expect(found.every((one) => one.lint === 'no-route')).toBe(true);
  });

  it('says nothing of a default receiver that is the only one', async () => {
    const alone = { ...routing, route: route('default', {}) };
    expect(await lint({ expr: 'sum(x) > 1' }, { routing: alone })).toEqual([]);
  });
});

it('asks for a summary and a runbook, and says where the text is instead', async () => {
  const found = await lint({ expr: 'x > 1', annotations: { title: 't' } });
  expect(names(found)).toEqual(['missing-summary', 'missing-runbook']);
  expect(found[0]?.message).toContain('"title"');
  expect(names(await lint({ expr: 'x > 1', annotations: { summary: 's', runbook: 'r' } }))).toEqual([]);
});

it('finds rules that stand in a file twice', async () => {
  const rule = { alert: 'A', expr: 'x > 1', annotations: said };
  const text = JSON.stringify({
    groups: [{ name: 'g', rules: [rule, rule, { ...rule, labels: { a: 'b' } }] }],
  });
  const found = await lintRules([parseRuleFile(text, 'r.yml')], { evaluationIntervalMs: 60_000 });
  expect(names(found)).toEqual(['duplicate-rules']);
});

it('tells of the lints that were asked for only', async () => {
  const found = await lint(
    { expr: 'count(a_total) < 1 or b_total > 1', annotations: {} },
    { lints: new Set(['counter-without-rate']) },
  );
  expect(names(found)).toEqual(['counter-without-rate']);
});
