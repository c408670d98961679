import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { type CliRun, runCli } from '../../test/support/run-cli.ts';
import { checkCommand } from './check.ts';
import { testCommand } from './test.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skopos-check-'));
});

async function file(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
}

function check(...args: string[]): Promise<CliRun> {
  return runCli(checkCommand, ['check', ...args], folder);
}

function test(...args: string[]): Promise<CliRun> {
  return runCli(testCommand, ['test', ...args], folder);
}

const rules = `groups:
  - name: web
    rules:
      - record: web:up:sum
        expr: sum(up)
      - alert: WebDown
        expr: up == 0
        for: 1m
        labels: { severity: critical }
`;

const alertmanager = `route: { receiver: team }
receivers:
  - name: team
    webhook_configs: [{ url: 'http://127.0.0.1:1/' }]
`;

it('names alerts that are off where the control plane is managed', async () => {
  const absent = `groups: [{ name: g, rules: [{ alert: SchedulerDown, expr: 'absent(up{job="kube-scheduler"})' }] }]\n`;
  await file('rules.yaml', absent);
  await file('skopos.yaml', 'rules: { files: [rules.yaml] }\n');
  const note =
    "off by themselves where the control plane is the provider's (rules.control_plane): SchedulerDown\n";
  expect((await check('rules', 'rules.yaml')).out).toContain(`  SUCCESS: 1 rules found\n  ${note}`);
  expect((await check('config')).out).toContain(`  rules.yaml: ${note}`);
});

it('counts the rules of good files', async () => {
  await file('rules.yaml', rules);
  expect(await check('rules', 'rules.yaml')).toEqual({
    exitCode: 0,
    out: 'Checking rules.yaml\n  SUCCESS: 2 rules found\n\n',
    err: '',
  });
});

it('names file, line and field of every bad rule, checks the other files all the same, and exits 1', async () => {
  await file('good.yaml', rules);
  await file('bad.yaml', rules.replace('sum(up)', 'sum(up').replace('for: 1m', 'for: soon'));
  const { exitCode, out, err } = await check('rules', 'bad.yaml', 'good.yaml');
  expect(exitCode).toBe(1);
  expect(out).toBe('Checking bad.yaml\n\nChecking good.yaml\n  SUCCESS: 2 rules found\n\n');
  expect(err).toMatch(/^ {2}FAILED:\n {4}bad\.yaml:5: groups\[0\]\.rules\[0\]\.expr: /);
  expect(err).toMatch(/\n {4}bad\.yaml:8: groups\[0\]\.rules\[1\]\.for: .*"soon"/);
});

it('exits 1 for a rule file that is not there', async () => {
  const { exitCode, err } = await check('rules', 'nope.yaml');
  expect({ exitCode, err }).toEqual({
    exitCode: 1,
    err: expect.stringContaining('nope.yaml: there is no such file'),
  });
});

it('warns of a rule that is there twice', async () => {
  await file('rules.yaml', `${rules}      - record: web:up:sum\n        expr: sum(up) * 2\n`);
  const { exitCode, err } = await check('rules', 'rules.yaml');
  expect({ exitCode, err }).toEqual({
    exitCode: 0,
    err: expect.stringMatching(
      /^ {2}1 duplicate rule\(s\) found;.*\n.*web:up:sum at lines 4, 10 of rules\.yaml/,
    ),
  });
  expect(await check('rules', '--lint-fatal', 'rules.yaml')).toMatchObject({ exitCode: 3 });
  expect(await check('rules', '--lint=none', '--lint-fatal', 'rules.yaml')).toMatchObject({ exitCode: 0 });
});

it('names what Prometheus needs a switch for', async () => {
  await file('rules.yaml', rules.replace('sum(up)', 'info(up)'));
  const { exitCode, err } = await check('rules', 'rules.yaml');
  expect(exitCode).toBe(1);
  expect(err).toContain('rules.yaml:4: web:up:sum: the function info() is experimental in Prometheus');
  const feature = '--enable-feature=promql-experimental-functions';
  expect(await check('rules', feature, 'rules.yaml')).toMatchObject({ exitCode: 0 });
});

it('reads a prometheus.yml with the files that it names', async () => {
  await file('rules.yaml', rules);
  const config = `rule_files: [rules.yaml, gone.yaml]
scrape_configs:
  - job_name: a
    scrape_interval: 10m
    tls_config: { cert_file: c, key_file: k }
    consul_sd_configs: [{ server: x }]
`;
  await file('p.yml', config);
  const { exitCode, out, err } = await check('config', 'p.yml');
  expect(exitCode).toBe(1);
  expect(err).toContain('gone.yaml" does not point to an existing file');
  expect(err).toContain('error checking client cert file');
  expect(err).toContain('Skopos has no discovery of kind consul');
  expect(out).toContain('SUCCESS: 2 rules found');
  expect(await check('config', '--syntax-only', 'p.yml')).toMatchObject({ exitCode: 0 });
  await file('good.yml', config.replace(', gone.yaml', '').replace(/ {4}tls.*\n/, ''));
  const lints = ['--lint=too-long-scrape-interval', '--lint-fatal'];
  expect(await check('config', ...lints, 'good.yml')).toMatchObject({ exitCode: 3 });
  expect(await check('config', ...lints, '--query.lookback-delta=11m', 'good.yml')).toMatchObject({
    exitCode: 0,
  });
});

it('lints metrics from standard input', async () => {
  const metrics = `# HELP jobs_done How many.
# TYPE jobs_done counter
jobs_done{state="a"} 1
jobs_done{state="b"} 2
`;
  const { exitCode, out, err } = await runCli(
    checkCommand,
    ['check', 'metrics', '--extended'],
    folder,
    metrics,
  );
  expect({ exitCode, err }).toEqual({
    exitCode: 3,
    err: 'jobs_done is a counter and should end in "_total"\n',
  });
  expect(out.replace(/ +/g, ' ')).toBe('Metric Cardinality Percentage\njobs_done 2 100.00%\nTotal 2 100%\n');
  const good = metrics.replaceAll('jobs_done', 'jobs_done_total');
  expect(await runCli(checkCommand, ['check', 'metrics'], folder, good)).toMatchObject({
    exitCode: 0,
    err: '',
  });
  expect(await runCli(checkCommand, ['check', 'metrics'], folder, 'a{ 1\n')).toMatchObject({ exitCode: 1 });
});

it('passes over unknown keys of rules only when told to', async () => {
  await file('rules.yaml', rules.replace('record:', 'note: x\n        record:'));
  expect(await check('rules', 'rules.yaml')).toMatchObject({ exitCode: 1 });
  expect(await check('rules', '--ignore-unknown-fields', 'rules.yaml')).toMatchObject({ exitCode: 0 });
});

it('says what an Alertmanager configuration holds', async () => {
  await file('am.yml', alertmanager);
  expect(await check('alertmanager', 'am.yml')).toMatchObject({
    exitCode: 0,
    out: 'Checking am.yml\n  SUCCESS: 1 receiver, 0 inhibit rules, 0 time intervals, 0 template files found\n\n',
  });
});

it.each([
  [
    'an unknown receiver',
    alertmanager.replace('receiver: team', 'receiver: taem'),
    /am\.yml:1: route\.receiver: /,
  ],
  ['bad YAML', 'route: [', /am\.yml:\d+: /],
])('exits 1 for %s in an Alertmanager configuration', async (_what, text, message) => {
  await file('am.yml', text);
  expect(await check('alertmanager', 'am.yml')).toMatchObject({
    exitCode: 1,
    err: expect.stringMatching(message),
  });
});

it('tries the templates of an Alertmanager configuration', async () => {
  const slack = `    slack_configs:
      - api_url: http://127.0.0.1:1/
        title: '{{ template "nope" . }}'
`;
  await file('am.yml', alertmanager.replace(/ {4}webhook_configs.*\n/, slack));
  expect(await check('alertmanager', 'am.yml')).toMatchObject({
    exitCode: 1,
    err: expect.stringMatching(/am\.yml:6: receivers\[0\]\.slack_configs\[0\]\.title: .*nope/),
  });
});

it('checks skopos.yaml and what it points to', async () => {
  await file('rules/web.yaml', rules);
  await file('am.yml', alertmanager);
  await file('inputs.json', '{"settings": {"postureControlInputs": {"insecureCapabilities": ["SYSLOG"]}}}');
  await file('k8s/.keep', '');
  const text = `source: { folder: k8s }
posture: { frameworks: [nsa], exclude_controls: [C-0057], control_inputs: inputs.json }
rules: { files: ['rules/*.yaml'] }
alerting: { config: am.yml }
`;
  await file('skopos.yaml', text);
  expect(await check('config')).toEqual({
    exitCode: 0,
    out: 'Checking skopos.yaml\n  SUCCESS: the configuration and 2 files that it points to\n\n',
    err: '',
  });
});

it('names line and field of each thing that skopos.yaml points to and that is wrong', async () => {
  await file('rules/web.yaml', rules.replace('sum(up)', 'sum('));
  await file('inputs.json', '{"settings": {"postureControlInputs": {"nope": []}}}');
  await file(
    'conf/skopos.yaml',
    `source:
  folder: ../k8s
posture:
  frameworks: [NAS]
  exclude_controls: [C-9999]
  control_inputs: ../inputs.json
rules:
  files: [../rules/web.yaml, '../none/*.yaml']
alerting:
  config: ../am.yml
`,
  );
  const { exitCode, err } = await check('config', 'conf/skopos.yaml');
  expect(exitCode).toBe(1);
  expect(err.split('\n').map((line) => line.trim())).toEqual([
    expect.stringMatching(
      /^WARNING: conf\/skopos\.yaml:8: rules\.files\[1\]: no file matches none\/\*\.yaml/,
    ),
    'FAILED:',
    expect.stringMatching(/^conf\/skopos\.yaml:4: posture\.frameworks\[0\]: .*did you mean "NSA"/),
    expect.stringMatching(/^conf\/skopos\.yaml:5: posture\.exclude_controls\[0\]: .*C-9999/),
    expect.stringMatching(/^conf\/skopos\.yaml:6: posture\.control_inputs: inputs\.json:1: .*nope/),
    expect.stringMatching(/^conf\/skopos\.yaml:2: source\.folder: k8s is not a folder/),
    expect.stringMatching(/^conf\/skopos\.yaml:8: rules\.files\[0\]: rules\/web\.yaml:5: /),
    expect.stringMatching(/^conf\/skopos\.yaml:10: alerting\.config: .*am\.yml/),
    '',
  ]);
});

it('reads the files of silences and of exceptions that skopos.yaml points to', async () => {
  const silence = '{name: one, matchers: a="b", owner: o, reason: r, ends_at: "2031-01-01"}';
  const exception = '{name: two, owner: o, reason: r, expires: 2031-01-01, resources: [{namespace: x}]}';
  await file('silences/a.yaml', `silences: [${silence}]`);
  await file('exceptions.yaml', `exceptions: [${exception}]`);
  await file(
    'skopos.yaml',
    'alerting: {silences: [silences/*.yaml]}\nposture: {exceptions: [exceptions.yaml]}\n',
  );
  expect(await check('config')).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining('2 files that it points to'),
  });
  await file('silences/b.yaml', `silences: [${silence}]`);
  expect((await check('config')).err).toMatch(/silence "one" is declared in .*a\.yaml already/);
  await file('silences/b.yaml', `silences: [${silence.replace('owner: o, ', '')}]`);
  await file('exceptions.yaml', `exceptions: [${exception.replace('reason: r, ', '')}]`);
  const { exitCode, err } = await check('config');
  expect(exitCode).toBe(1);
  expect(err).toMatch(/skopos\.yaml:1: alerting\.silences\[0\]: .*b\.yaml.*owner/);
  expect(err).toMatch(/skopos\.yaml:2: posture\.exceptions\[0\]: .*exceptions\.yaml.*reason/);
});

it('names the line of an unknown key of skopos.yaml', async () => {
  await file('skopos.yaml', 'cluster: a\nsuorce: {}\n');
  expect(await check('config')).toMatchObject({
    exitCode: 1,
    err: expect.stringMatching(/skopos\.yaml:2: .*did you mean "source"/),
  });
});

const tests = `rule_files: [rules.yaml]
evaluation_interval: 1m
tests:
  - name: fires
    interval: 1m
    input_series: [{ series: 'up{job="web"}', values: '1 0 0 0' }]
    alert_rule_test:
      - eval_time: 3m
        alertname: WebDown
        exp_alerts: [{ exp_labels: { job: web, severity: critical } }]
`;

it('runs rule tests', async () => {
  await file('rules.yaml', rules);
  await file('tests/web.test.yaml', tests.replace('rules.yaml', '../rules.yaml'));
  expect(await test('rules', 'tests/web.test.yaml')).toEqual({
    exitCode: 0,
    out: 'Unit Testing:  tests/web.test.yaml\n  SUCCESS\n\n',
    err: '',
  });
});

it('exits 1 for a failing rule test and names it, unless --run leaves it out', async () => {
  await file('rules.yaml', rules);
  await file('web.test.yaml', tests.replace('severity: critical', 'severity: low'));
  const { exitCode, out, err } = await test('rules', 'web.test.yaml');
  expect({ exitCode, out }).toEqual({ exitCode: 1, out: 'Unit Testing:  web.test.yaml\n\n' });
  expect(err).toMatch(/^ {2}FAILED:\n {4}web\.test\.yaml: test "fires": /);
  expect(await test('rules', '--run', 'other', 'web.test.yaml')).toMatchObject({ exitCode: 0 });
});

it('warns when a pattern finds no rules to test', async () => {
  await file('web.test.yaml', tests.replace('rules.yaml', 'none/*.yaml'));
  expect(await test('rules', 'web.test.yaml')).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining('WARNING: web.test.yaml: rule_files: no file matches none/*.yaml'),
  });
});

it('exits 2 for a --run that is no regular expression', async () => {
  await file('web.test.yaml', tests);
  expect(await test('rules', '--run', '(', 'web.test.yaml')).toMatchObject({
    exitCode: 2,
    err: expect.stringMatching(/^--run: /),
  });
});
