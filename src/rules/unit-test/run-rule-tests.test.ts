import { expect, it } from 'vitest';
import { Engine } from '../../promql/engine.ts';
import { evaluateWith } from '../evaluate.ts';
import { type RuleTestFileResult, type RuleTestOptions, runRuleTests } from './run-rule-tests.ts';

const rules = `
groups:
  - name: late
    rules:
      - alert: Down
        expr: up == 0
        for: 2m
        labels: { severity: page, cluster: '{{ $externalLabels.cluster }}' }
        annotations: { summary: '{{ $labels.job }} at {{ $externalURL }}' }
  - name: early
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
`;

/** Runs a test file over {@link rules}. */
function run(tests: string, options: Partial<RuleTestOptions> = {}): RuleTestFileResult {
  return runRuleTests('t.yaml', {
    evaluate: evaluateWith(new Engine()),
    files: {
      read: (path) => (path === 't.yaml' ? `rule_files: [r.yaml]\n${tests}` : rules),
      match: (pattern) => [pattern],
    },
    ...options,
  });
}

const series = `
    input_series:
      - { series: 'up{job="a"}', values: '1 0x5 1 _ 1' }
      - { series: 'up{job="b"}', values: '1x4 stale' }
`;

const firing = (evalTime: string, alerts: string) => `
tests:
  - interval: 1m${series}
    external_url: http://x
    external_labels: { cluster: c1 }
    alert_rule_test:
      - { eval_time: ${evalTime}, alertname: Down, exp_alerts: [${alerts}] }
`;

const expected =
  '{ exp_labels: { severity: page, job: a, cluster: c1 }, exp_annotations: { summary: a at http://x } }';

it('expects exactly the alerts that fire at a time', () => {
  expect(run(firing('2m', ''))).toMatchObject({ passed: true });
  expect(run(firing('3m', expected))).toMatchObject({ passed: true });
  expect(run(firing('7m', ''))).toMatchObject({ passed: true });
});

it('checks at the evaluation before a time that lies between two', () => {
  expect(run(firing('3m59s', expected))).toMatchObject({ passed: true });
  expect(run(firing('2m59s', ''))).toMatchObject({ passed: true });
});

it('shows what was expected and what came', () => {
  expect(run(firing('3m', '')).tests[0]?.failures).toEqual([
    [
      'alertname: Down, time: 3m',
      '    exp: []',
      '    got:',
      '      Labels:{alertname="Down", cluster="c1", job="a", severity="page"} Annotations:{summary="a at http://x"}',
    ].join('\n'),
  ]);
  expect(run(firing('3m', expected.replace('a at', 'b at')))).toMatchObject({ passed: false });
  expect(run(firing('3m', expected.replace('job: a', 'job: x')))).toMatchObject({ passed: false });
});

const exprs = (tests: string, head = '') => `
${head}
tests:
  - name: first
    interval: 1m${series}
    promql_expr_test:
${tests}
`;

it.each([
  [
    'a vector',
    '{ expr: up, eval_time: 2m, exp_samples: [{ labels: \'up{job="a"}\', value: 0 }, { labels: \'up{job="b"}\', value: 1 }] }',
  ],
  [
    'a stale series as gone',
    "{ expr: 'count(up)', eval_time: 5m, exp_samples: [{ labels: '{}', value: 1 }] }",
  ],
  [
    'a recorded series',
    '{ expr: \'job:up:sum{job="a"}\', eval_time: 1m, exp_samples: [{ labels: \'job:up:sum{job="a"}\', value: 0 }] }',
  ],
  ['nothing', '{ expr: nothing, eval_time: 1m, exp_samples: [] }'],
  ['a scalar', "{ expr: 'time()', eval_time: 1m, exp_samples: [{ labels: '{}', value: 60 }] }"],
  ['no number', "{ expr: 'vector(NaN)', exp_samples: [{ labels: '{}', value: NaN }] }"],
])('compares the answer to an expression: %s', (_, test) => {
  expect(run(exprs(`      - ${test}`)).tests.flatMap(({ failures }) => failures)).toEqual([]);
});

it('starts when it is told to', () => {
  const test =
    "      - { expr: 'time()', eval_time: 1m, exp_samples: [{ labels: '{}', value: 1609459260 }] }";
  const text = exprs(test).replace('interval: 1m', 'interval: 1m\n    start_timestamp: 2021-01-01T00:00:00Z');
  expect(run(text)).toMatchObject({ passed: true });
});

it('takes the last bit for rounding only where it may', () => {
  const test = "      - { expr: 'vector(0.1) + 0.2', exp_samples: [{ labels: '{}', value: 0.3 }] }";
  expect(run(exprs(test))).toMatchObject({ passed: false });
  expect(run(exprs(test, 'fuzzy_compare: true'))).toMatchObject({ passed: true });
});

it('runs only tests whose name is asked for', () => {
  const test = '      - { expr: up, exp_samples: [] }';
  expect(run(exprs(test), { run: ['^fir'] }).tests).toMatchObject([
    { name: 'first', failures: [expect.any(String)] },
  ]);
  expect(run(exprs(test), { run: ['second'] })).toMatchObject({ passed: true, tests: [] });
});

it.each([
  ['tests: [{ intervall: 1m }]', 't.yaml:2: tests[0].intervall: unknown key'],
  ['tests: [{ interval: soon }]', 'not a valid duration string: "soon"'],
  ['tests: [{ input_series: [{ series: "up{", values: 1 }] }]', 'series "up{"'],
  ['tests: [{ input_series: [{ series: up, values: 1y }] }]', 'series values: cannot read "1y"'],
  ['tests: [{ promql_expr_test: [{ expr: "sum(" }] }]', 'parse error'],
])('says what is wrong with %j', (text, message) => {
  const result = run(text);
  expect(result.passed).toBe(false);
  expect([result.error, ...result.tests.flatMap(({ failures }) => failures)].join('\n')).toContain(message);
});

it('fails when a rule does', () => {
  const bad = 'groups: [{ name: g, rules: [{ record: r, expr: "up + on () group_left () up" }] }]';
  const read = (path: string) =>
    path === 't.yaml'
      ? `rule_files: [r.yaml]${exprs('      - { expr: "1", exp_samples: [{ value: 1, labels: "{}" }] }')}`
      : bad;
  const result = run('', { files: { read, match: (pattern) => [pattern] } });
  expect(result.tests[0]?.failures.join()).toMatch(/rule r \(r\.yaml:1\): /);
});
