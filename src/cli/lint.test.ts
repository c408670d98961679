import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { runCli } from '../../test/support/run-cli.ts';
import { startWebhookServer } from '../../test/support/webhook-server.ts';
import { systemClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import { TimeSeriesStore } from '../tsdb/store.ts';
import { lintCommand } from './lint.ts';

const bad = `groups:
  - name: nodes
    rules:
      - alert: TooFewNodes
        expr: count(kube_node_info) < 1
        annotations: { summary: Cluster decreased }
`;
const good = `groups:
  - name: well
    rules:
      - { alert: Down, expr: up == 0, for: 5m, annotations: { summary: down, runbook_url: x } }
`;

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'skopos-lint-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, 'bad.yml'), bad);
  writeFileSync(join(dir, 'good.yml'), good);
});

const lint = (...args: string[]) => runCli(lintCommand, ['lint', 'rules', ...args], dir);

it('ends with 1 and shows file, line, rule, why and the better expression', async () => {
  const { exitCode, out } = await lint('bad.yml', 'good.yml');
  expect(exitCode).toBe(1);
  expect(out).toMatch(/bad\.yml:5 {2}error {2}TooFewNodes \(group nodes\) {2}count-below-one/);
  expect(out).toContain('better: absent(kube_node_info)');
  expect(out).toContain('2 rules: 1 errors, 0 warnings, 1 notes');
});

it('ends with 0 where nothing is as grave as --fail-on', async () => {
  expect((await lint('good.yml')).exitCode).toBe(0);
  expect((await lint('bad.yml', '--lint', 'missing-runbook')).exitCode).toBe(0);
  expect((await lint('bad.yml', '--lint', 'missing-runbook', '--fail-on', 'note')).exitCode).toBe(1);
  expect((await lint('bad.yml', '--fail-on', 'never')).exitCode).toBe(0);
});

it('reads folders, passing over what are no rules and tests of rules', async () => {
  mkdirSync(join(dir, 'rules/deep'), { recursive: true });
  writeFileSync(join(dir, 'rules/deep/bad.yaml'), bad);
  writeFileSync(join(dir, 'rules/bad.test.yaml'), 'rule_files: [x]\ntests: []\n');
  writeFileSync(join(dir, 'rules/values.yaml'), 'a: b\n');
  const { out } = await lint('rules');
  expect(out).toContain('rules/deep/bad.yaml:5');
  expect(out).toContain('1 rules:');
});

it('ends with 2 on what is no rule file, a lint or a format that there is not', async () => {
  expect((await lint('missing.yml')).exitCode).toBe(2);
  writeFileSync(join(dir, 'broken.yml'), 'groups: [{ name: a, rules: [{ alert: A, expr: "up ==" }] }]\n');
  expect(await lint('broken.yml')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('broken.yml:1'),
  });
  expect(await lint('bad.yml', '--lint', 'no-rout')).toMatchObject({
    ...{ exitCode: 2, err: expect.stringContaining('did you mean "no-route"') },
  });
  expect((await lint('bad.yml', '--format', 'xml')).exitCode).toBe(2);
});

it('writes JSON, SARIF and commands of GitHub', async () => {
  const json = JSON.parse((await lint('bad.yml', '-f', 'json')).out);
  expect(json).toMatchObject({
    ...{ version: 1, rules: 1 },
    findings: [
      { lint: 'count-below-one', file: 'bad.yml', line: 5, suggestion: 'absent(kube_node_info)' },
      {},
    ],
  });
  await lint('bad.yml', '-f', 'sarif', '-o', 'out.sarif');
  const sarif = JSON.parse(readFileSync(join(dir, 'out.sarif'), 'utf8'));
  const [run] = sarif.runs;
  expect(run.results[0]).toMatchObject({
    ...{ ruleId: 'count-below-one', level: 'error' },
    locations: [{ physicalLocation: { artifactLocation: { uri: 'bad.yml' }, region: { startLine: 5 } } }],
  });
  expect(run.tool.driver.rules[run.results[0].ruleIndex].id).toBe('count-below-one');
  const github = (await lint('bad.yml', '-f', 'github')).out.split('\n');
  expect(github[0]).toMatch(
    /^::error file=bad\.yml,line=5,title=TooFewNodes%3A count-below-one::.*%0ABetter: absent\(kube_node_info\)$/,
  );
});

it('holds alerts against the routes of an alerting configuration', async () => {
  writeFileSync(
    join(dir, 'am.yml'),
    'route: { receiver: none, routes: [{ receiver: team, matchers: [severity=page] }] }\nreceivers: [{ name: none }, { name: team, webhook_configs: [{ url: "http://127.0.0.1:1/" }] }]\n',
  );
  writeFileSync(join(dir, 'low.yml'), good.replace('for: 5m', 'for: 5m, labels: { severity: low }'));
  const { out, exitCode } = await lint('low.yml', '--alertmanager', 'am.yml');
  expect(exitCode).toBe(1);
  expect(out).toContain('Nobody would be told: the routes of am.yml lead this alert to "none"');
});

it('looks for series in a data directory', async () => {
  const store = new TimeSeriesStore({ dir: join(dir, 'data/tsdb'), clock: systemClock, log: silentLogger });
  store.append([{ labels: { __name__: 'kube_node_info', node: 'a' }, atMs: Date.now() - 60_000, value: 1 }]);
  store.close();
  const { out } = await lint('bad.yml', 'good.yml', '--data', 'data', '--lint', 'selector-matches-nothing');
  expect(out).toContain('"up" matches no series of the last 1d in data');
  expect(out).toContain('2 rules: 0 errors, 1 warnings, 0 notes');
  expect((await lint('good.yml', '--data', 'nothing')).exitCode).toBe(2);
});

it('asks a server for series and types, each thing once', async () => {
  const answer = (data: unknown) => ({ status: 200, body: JSON.stringify({ status: 'success', data }) });
  const server = await startWebhookServer(({ path, body }) => {
    if (path.startsWith('/api/v1/series'))
      return answer(body.includes('requests') ? [{ __name__: 'requests' }] : []);
    if (path.startsWith('/api/v1/metadata')) return answer({ requests: [{ type: 'counter' }] });
    return answer(['requests', 'kube_node_infos']);
  });
  onTestFinished(() => server.close());
  writeFileSync(
    join(dir, 'two.yml'),
    bad.replace('count(kube_node_info) < 1', 'requests > 3 or kube_node_info > 1 or requests > 7'),
  );
  const { out } = await lint('two.yml', '--server', server.url, '--token', 'geheim', '--fail-on', 'never');
  expect(out).toContain('increase(requests[5m]) > 3');
  expect(out).toContain('There is no metric kube_node_info; kube_node_infos is there.');
  const asked = server.received.map(({ path, body }) => `${path} ${body}`);
  expect(new Set(asked).size).toBe(asked.length);
  expect(server.received.every(({ headers }) => headers.authorization === 'Bearer geheim')).toBe(true);
});

it('ends with 3 when the server does not answer', async () => {
  const { exitCode, err } = await lint('good.yml', '--server', 'http://127.0.0.1:1');
  expect(exitCode).toBe(3);
  expect(err).toContain('nobody answers');
});
