// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Grafana's variables
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../../test/support/run-cli.ts';
import { lintDashboard, problemText } from '../../dashboards/lint/lint-dashboard.ts';
import { packageFolder } from '../../roles/paths.ts';
import { checkCommand } from '../check.ts';
import { documentedNames } from './metric-names/documented-names.ts';
import { knownMetrics } from './metric-names/known-metrics.ts';

const home = join(packageFolder, 'dashboards');
const shipped = readdirSync(home).filter((name) => name.startsWith('skopos-'));
const known = knownMetrics();

describe('the shipped dashboards', () => {
  it('are those of the chart, too', () => {
    expect(readdirSync(join(packageFolder, 'charts/skopos/files/dashboards'))).toEqual(shipped);
  });

  it.each(shipped)('%s: every expression parses, and every metric exists', (file) => {
    const problems = lintDashboard(JSON.parse(readFileSync(join(home, file), 'utf8')), { metrics: known });
    expect(problems.map(problemText)).toEqual([]);
  });

  it.each(shipped)('%s: every query goes to the data source that is chosen', (file) => {
    const text = readFileSync(join(home, file), 'utf8');
    const sources = [...text.matchAll(/"uid": "(\$[^"]*)"/g)].map(([, uid]) => uid);
    expect(new Set(sources)).toEqual(new Set(['${datasource}']));
    expect(text).not.toContain('__inputs');
  });

  it.each(shipped)('%s: every panel says what it shows', (file) => {
    const { panels } = JSON.parse(readFileSync(join(home, file), 'utf8')) as {
      panels: { type: string; title: string; description?: string }[];
    };
    const silent = panels.filter(
      ({ type, description = '' }) => type !== 'row' && type !== 'text' && description === '',
    );
    expect(silent.map(({ title }) => title)).toEqual([]);
  });
});

describe('skopos check dashboards', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skopos-dashboards-'));
  });

  const board = (expr: string) => ({
    uid: 'mine',
    title: 'Mine',
    panels: [
      {
        id: 4,
        type: 'stat',
        title: 'CPU',
        gridPos: { x: 0, y: 0, w: 6, h: 4 },
        targets: [{ refId: 'A', expr }],
      },
    ],
  });
  const check = (...args: string[]) => runCli(checkCommand, ['check', 'dashboards', ...args], folder);
  const put = (name: string, content: unknown) =>
    writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));

  it('is content with one that is well', async () => {
    await put('a.json', board('sum(skopos_finding)'));
    expect(await check('a.json')).toEqual({ exitCode: 0, out: 'Checking a.json\n  SUCCESS\n\n', err: '' });
  });

  it('names file, panel, field and the nearest metric, and looks at the other files all the same', async () => {
    await put('a.json', board('sum(skopos_findings)'));
    await put('b.json', board('sum(skopos_finding'));
    await put('c.json', '{');
    const { exitCode, err } = await check('a.json', 'b.json', 'c.json');
    expect(exitCode).toBe(1);
    expect(err).toContain(
      'a.json: panel 4 "CPU": targets[0].expr: there is no metric skopos_findings (did you mean "skopos_finding"?)',
    );
    expect(err).toMatch(/b\.json: panel 4 "CPU": targets\[0\]\.expr: .*unclosed left parenthesis/);
    expect(err).toContain('c.json: this is not JSON');
  });

  it('takes metrics of yours from a file, as an exposition or as names', async () => {
    await put('a.json', board('shop_orders_total'));
    await put('names.txt', '# mine\nshop_orders_total\n');
    await put('metrics.txt', '# TYPE shop_orders_total counter\nshop_orders_total{a="b"} 1\n');
    expect((await check('a.json')).exitCode).toBe(1);
    expect((await check('a.json', '--metrics', 'names.txt')).exitCode).toBe(0);
    expect((await check('a.json', '--metrics', 'metrics.txt')).exitCode).toBe(0);
    expect((await check('a.json', '--syntax-only')).exitCode).toBe(0);
  });
});

it('reads the names of series out of tables and sentences, and no labels', () => {
  const text = [
    '| `skopos_a_seconds` | histogram | `control_id` | … |',
    '| `kubescape_{x,y}_<severity>` | `namespace` |',
    'And `process_cpu_seconds_total`, not `some_label`.',
  ].join('\n');
  expect(documentedNames(text)).toEqual([
    ...['critical', 'high', 'low', 'medium', 'unknown'].map((severity) => `kubescape_x_${severity}`),
    ...['critical', 'high', 'low', 'medium', 'unknown'].map((severity) => `kubescape_y_${severity}`),
    'process_cpu_seconds_total',
    'skopos_a_seconds',
    'skopos_a_seconds_bucket',
    'skopos_a_seconds_count',
    'skopos_a_seconds_sum',
  ]);
});
