import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { runCli } from '../../test/support/run-cli.ts';
import { startWebhookServer } from '../../test/support/webhook-server.ts';
import { parseRuleFile } from '../rules/rule-file.ts';
import { exportCommand } from './export.ts';

const rules = `groups:
  - name: shop
    interval: 30s
    limit: 10
    query_offset: 1m
    labels: { team: shop }
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
      - alert: Down
        expr: |
          up == 0
        for: 0
        keep_firing_for: 5m
        labels: { code: "1.0" }
        annotations: { summary: "{{ $labels.job }} is down" }
`;

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'skopos-export-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, 'My_Shop.rules.yml'), rules);
});

const run = (...args: string[]) => runCli(exportCommand, ['export', 'rules', ...args], dir);

const groupsOf = (text: string) =>
  parseRuleFile(text, 'r.yml').groups.map(({ place: _place, rules: all, ...group }) => ({
    ...group,
    rules: all.map(({ place: _at, fieldLines: _lines, ...rule }) => rule),
  }));

it('writes the shipped rules as one rule file that loads', async () => {
  const { exitCode, out } = await run();
  expect(exitCode).toBe(0);
  const names = groupsOf(out).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['skopos-findings', 'skopos-health']));
});

it('writes own rules so that the same is read again', async () => {
  const { out } = await run('My_Shop.rules.yml');
  expect(groupsOf(out)).toEqual(groupsOf(rules));
});

it('keeps groups of several files apart', async () => {
  writeFileSync(join(dir, 'other.yml'), rules);
  const { out } = await run('.');
  expect(groupsOf(out).map(({ name }) => name)).toEqual(['my-shop-shop', 'other-shop']);
});

it('writes PrometheusRule objects, numbers as numbers and texts as texts', async () => {
  const { out } = await run(
    '.',
    '-f',
    'prometheusrule',
    '--namespace',
    'monitoring',
    '--label',
    'release=prom',
  );
  const [document, ...more] = parseAllDocuments(out);
  expect(more).toEqual([]);
  expect(document?.toJS()).toMatchObject({
    ...{ apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule' },
    metadata: { name: 'my-shop', namespace: 'monitoring', labels: { release: 'prom' } },
    spec: {
      groups: [
        {
          ...{ name: 'shop', limit: 10, labels: { team: 'shop' } },
          rules: [{ record: 'job:up:sum' }, { for: '0', labels: { code: '1.0' } }],
        },
      ],
    },
  });
});

it('ends with 2 on a file that does not load, or a format that there is not', async () => {
  writeFileSync(join(dir, 'bad.yml'), 'groups: [{ name: a, rules: [{ alert: A, expr: "up ==" }] }]\n');
  expect(await run('bad.yml')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('bad.yml:1'),
    out: '',
  });
  expect((await run('-f', 'xml')).exitCode).toBe(2);
  expect((await run('--to', 'cortex', 'http://x')).exitCode).toBe(2);
});

it("puts each group into the namespace of its file of Mimir's ruler", async () => {
  const mimir = await startWebhookServer({ status: 202, body: '{"status":"success"}' });
  onTestFinished(() => mimir.close());
  const { exitCode, out } = await run(
    '.',
    '--to',
    'mimir',
    mimir.url,
    '--tenant',
    'team-a',
    '--token',
    'geheim',
  );
  expect({ exitCode, out }).toEqual({ exitCode: 0, out: 'my-shop/shop: accepted\n' });
  const [request, ...more] = mimir.received;
  expect(more).toEqual([]);
  expect(request).toMatchObject({
    ...{ method: 'POST', path: '/prometheus/config/v1/rules/my-shop' },
    headers: {
      'content-type': 'application/yaml',
      'x-scope-orgid': 'team-a',
      authorization: 'Bearer geheim',
    },
  });
  expect(groupsOf(`groups: ${JSON.stringify([parse(request?.body ?? '')])}`)).toEqual(groupsOf(rules));
});

it('uses another prefix, a namespace of its own and basic authentication where they are given', async () => {
  const mimir = await startWebhookServer({ status: 202 });
  onTestFinished(() => mimir.close());
  await run(
    '.',
    '--to',
    'mimir',
    `${mimir.url}/api/prom`,
    '--namespace',
    'a/b',
    '--user',
    'u',
    '--token',
    'p',
  );
  expect(mimir.received[0]).toMatchObject({
    path: '/api/prom/config/v1/rules/a%2Fb',
    headers: { authorization: `Basic ${Buffer.from('u:p').toString('base64')}` },
  });
});

it('ends with 2 when the ruler refuses a group, in its own words, and 3 when it fails or is away', async () => {
  const mimir = await startWebhookServer((_request, count) =>
    count === 1 ? { status: 400, body: 'group "shop": invalid rule' } : { status: 500, body: 'no' },
  );
  onTestFinished(() => mimir.close());
  const refused = await run('.', '--to', 'mimir', mimir.url, '--token', 'geheim');
  expect(refused).toMatchObject({ exitCode: 2, err: expect.stringContaining('invalid rule') });
  expect(refused.err).not.toContain('geheim');
  expect((await run('.', '--to', 'mimir', mimir.url)).exitCode).toBe(3);
  expect(await run('.', '--to', 'mimir', 'http://127.0.0.1:1')).toMatchObject({
    ...{ exitCode: 3, err: expect.stringContaining('nobody answers') },
  });
});
