import { expect, it, vi } from 'vitest';
import { runSkopos, workshop } from '../../../test/support/run-skopos.ts';
import type { BacktestJson, BacktestsJson, RuleLintsJson } from '../../api/skopos/contract.ts';

const rules = `groups:
  - name: mine
    rules:
      - { alert: TooFewNodes, expr: count(kube_node_info) < 1 }
      - { alert: ManyObjects, expr: skopos_inventory_objects > 1, labels: { severity: page } }
`;
const alertmanager = `route: { receiver: nobody, routes: [{ receiver: team, matchers: [severity=page] }] }
receivers: [{ name: nobody }, { name: team, webhook_configs: [{ url: "http://127.0.0.1:1/" }] }]
`;

async function running() {
  const shop = workshop();
  const skopos = await runSkopos(
    {
      ...{ folder: shop.folder, data: shop.data },
      rules: [shop.write('rules.yml', rules)],
      alertmanager: shop.write('am.yml', alertmanager),
    },
    shop.dir,
  );
  const reply = (path: string, method: string, body?: object) =>
    fetch(`${skopos.url}/api/skopos/v1/${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  return { ...skopos, reply };
}

it('says what is wrong with the rules that run, by the routing that is in force, and with a text', async () => {
  const { api, reply } = await running();
  const own = (await api<RuleLintsJson>('rules/lint')).items.filter(({ group }) => group === 'mine');
  expect(own.filter(({ rule }) => rule === 'TooFewNodes').map(({ lint }) => lint)).toEqual(
    expect.arrayContaining(['count-below-one', 'selector-matches-nothing', 'no-route']),
  );
  expect(own.filter(({ rule }) => rule === 'ManyObjects').map(({ lint }) => lint)).not.toContain('no-route');

  const typed = await api<RuleLintsJson>('rules/lint', { rules });
  expect(typed).toMatchObject({
    rules: 2,
    items: expect.arrayContaining([expect.objectContaining({ line: 4 })]),
  });
  const refused = await reply('rules/lint', 'POST', {
    rules: 'groups: [{ name: a, rules: [{ alert: A }] }]',
  });
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ error: expect.stringContaining('rules.yml:1') });
});

it('tries rules over its own store, tells how far it is, and who would have been told', async () => {
  const { api, reply, embedded } = await running();
  // A history: the store has only what was sampled since the start.
  const nowMs = Date.now();
  for (let atMs = nowMs - 3 * 3_600_000; atMs < nowMs; atMs += 60_000)
    embedded.store.append([
      { labels: { __name__: 'errors', pod: 'a' }, atMs, value: atMs < nowMs - 7_200_000 ? 0 : 9 },
    ]);
  const text =
    'groups: [{ name: a, rules: [{ alert: Errors, expr: errors > 5, for: 5m, labels: { severity: page } }] }]';
  const started = await api<BacktestJson>('backtests', { rules: text, since: '3h' });
  expect(started).toMatchObject({ state: 'running', what: 'rules as typed', since: '3h' });
  const done = await vi.waitFor(
    async () => {
      const found = await api<BacktestJson>(`backtests/${started.id}`);
      expect(found.state).toBe('done');
      return found;
    },
    { timeout: 20_000, interval: 100 },
  );
  expect(done.progress.done).toBe(1);
  expect(done.result).toMatchObject({
    source: "Skopos' own store",
    rules: [{ name: 'Errors', pending: 1, fired: 1, resolved: 0, alerts: [{ labels: { pod: 'a' } }] }],
    notifications: { total: 1, byReceiver: [{ receiver: 'team', integration: 'webhook', firing: 1 }] },
  });

  const { items, groups } = await api<BacktestsJson>('backtests');
  expect(items).toMatchObject([{ id: started.id, state: 'done' }]);
  expect(items[0]).not.toHaveProperty('result');
  expect(groups).toContainEqual({ name: 'mine', rules: ['TooFewNodes', 'ManyObjects'] });
  const running1 = await api<BacktestJson>('backtests', { since: '3h', group: 'mine', rule: 'ManyObjects' });
  expect(running1.what).toBe('ManyObjects');
  const cancelled = await reply(`backtests/${running1.id}`, 'DELETE');
  expect(cancelled.status).toBe(200);
});

it('refuses what it cannot try, and says why', async () => {
  const { reply } = await running();
  const bodies = [
    { since: 'soon' },
    { since: '1h', rule: 'Nope' },
    { since: '1h', group: 'nope' },
    { since: '1h', rules: 'groups: []' },
    { since: '1h', rules: 'x: y' },
    { since: '1h', more: 1 },
  ];
  for (const body of bodies) {
    const got = await reply('backtests', 'POST', body);
    expect({ body, status: got.status }).toEqual({ body, status: 400 });
    expect(((await got.json()) as { error: string }).error).not.toBe('');
  }
  expect((await reply('backtests/none', 'GET')).status).toBe(404);
});
