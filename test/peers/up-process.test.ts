import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import type {
  AlertsJson,
  FindingsJson,
  InboxJson,
  LedgerJson,
  OverviewJson,
} from '../../src/api/skopos/contract.ts';
import { workshop } from '../support/run-skopos.ts';
import { freePort, SkoposProcess } from '../support/skopos-process.ts';
import { startWebhookServer } from '../support/webhook-server.ts';

const patience = { timeout: 20_000, interval: 100 };

async function get<Answer>(url: string, path: string): Promise<Answer> {
  const reply = await fetch(`${url}/api/skopos/v1/${path}`);
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return (await reply.json()) as Answer;
}

async function up(shop: ReturnType<typeof workshop>, ...more: string[]) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = ['up', '--folder', shop.folder, '--data', shop.data, '--listen', `127.0.0.1:${port}`, ...more];
  const started = Date.now();
  const skopos = SkoposProcess.start(args, shop.dir);
  await skopos.ready(url);
  return { skopos, url, readyMs: Date.now() - started };
}

/** Runs to its end. */
async function run(args: readonly string[], cwd: string) {
  const skopos = SkoposProcess.start(args, cwd);
  const { code } = await skopos.ended;
  return { code, out: skopos.out, err: skopos.err };
}

it('says who has the port, and ends with 3', async () => {
  const shop = workshop();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as { port: number };
  const ended = await run(
    ['up', '--folder', 'shop', '--data', 'data', '--listen', `127.0.0.1:${port}`],
    shop.dir,
  );
  expect(ended.code).toBe(3);
  expect(ended.err).toContain(`skopos: 127.0.0.1:${port} is taken by another program`);
  expect(ended.err).toContain('--listen');
});

it('ends with 2 on a flag that it does not know', async () => {
  const ended = await run(['up', '--foldr', 'shop'], workshop().dir);
  expect(ended.code).toBe(2);
  expect(ended.err).toMatch(/unknown option '--foldr'[\s\S]*--folder/);
});

it('ends with 2 on a key that the configuration does not have, and says where and what was meant', async () => {
  const shop = workshop();
  shop.write('skopos.yaml', 'log_level: warn\nlistne: 127.0.0.1:9600\n');
  const ended = await run(['up', '--folder', 'shop'], shop.dir);
  expect(ended.code).toBe(2);
  expect(ended.err).toMatch(/skopos\.yaml:2.*listne/);
  expect(ended.err).toContain('listen');
  expect(ended.err).not.toContain('    at ');
});

it('ends with 2 on a folder that is not there', async () => {
  const ended = await run(['up', '--folder', 'shpo', '--data', 'data'], workshop().dir);
  expect(ended.code).toBe(2);
  expect(ended.err).toContain('shpo: there is no such folder');
});

it('ends with 3 when another one runs on the same data, and says which', async () => {
  const shop = workshop();
  const { skopos } = await up(shop);
  const listen = `127.0.0.1:${await freePort()}`;
  const second = await run(['up', '--folder', 'shop', '--data', shop.data, '--listen', listen], shop.dir);
  expect(second).toMatchObject({ code: 3, err: expect.stringContaining(`process ${skopos.child.pid}`) });
});

// Root may read everything.
it.skipIf(process.getuid?.() === 0)('ends with 2 on a folder that it may not read', async () => {
  const shop = workshop();
  chmodSync(shop.folder, 0);
  onTestFinished(() => chmodSync(shop.folder, 0o700));
  const ended = await run(['up', '--folder', 'shop', '--data', 'data'], shop.dir);
  expect(ended.code).toBe(2);
  expect(ended.err).toContain('permission');
});

it('ends with 2 on rules and routing that do not parse, with file and line', async () => {
  const shop = workshop();
  const rules = shop.write(
    'rules.yml',
    'groups:\n  - name: a\n    rules:\n      - { alert: A, expr: "up ==" }\n',
  );
  const alertmanager = shop.write(
    'alertmanager.yml',
    'route: { receiver: nobody }\nreceivers: [{ name: team }]\n',
  );
  const badRules = await run(['up', '--folder', 'shop', '--data', 'data', '--rules', rules], shop.dir);
  expect(badRules).toMatchObject({ code: 2, err: expect.stringMatching(/rules\.yml:4/) });
  const badRoute = await run(
    ['up', '--folder', 'shop', '--data', 'data', '--alertmanager', alertmanager],
    shop.dir,
  );
  expect(badRoute).toMatchObject({ code: 2, err: expect.stringMatching(/alertmanager\.yml:1.*nobody/) });
});

it('ends within 5 s of SIGTERM with 0, and everything is there at the next start', async () => {
  const shop = workshop();
  const { skopos, url } = await up(shop);
  expect(skopos.out).toContain(url);
  shop.makePrivileged();
  await vi.waitFor(async () => expect((await get<InboxJson>(url, 'inbox')).total).toBe(1), patience);
  // A client that hangs on to its connection must not hold the end up.
  const events = await fetch(`${url}/api/skopos/v1/events`);
  const { items: before } = await get<LedgerJson>(url, 'ledger?limit=500');

  const askedAt = Date.now();
  skopos.child.kill('SIGTERM');
  expect(await skopos.ended).toEqual({ code: 0, signal: null });
  expect(Date.now() - askedAt).toBeLessThan(5000);
  await events.body?.cancel().catch(() => undefined);
  // What a busy machine is late with is told, too.
  for (const line of skopos.err
    .trim()
    .split('\n')
    .filter((one) => !one.includes('missed evaluations')))
    expect(JSON.parse(line)).toMatchObject({ level: 30, msg: expect.any(String) });

  const again = await up(shop);
  const { items: after } = await get<LedgerJson>(again.url, 'ledger?limit=500');
  const ids = new Set(after.map(({ id }) => id));
  expect(before.filter(({ id }) => !ids.has(id))).toEqual([]);
  expect((await get<InboxJson>(again.url, 'inbox')).total).toBe(1);
  process.stdout.write(`second start: ready after ${again.readyMs} ms\n`);
});

it('is not held up at its end by a receiver that hangs, and delivers after the next start what it then owed', async () => {
  const shop = workshop();
  let hangs = true;
  const hook = await startWebhookServer(() => (hangs ? 'hang' : { status: 200 }));
  onTestFinished(() => hook.close());
  const alertmanager = shop.write(
    'alertmanager.yml',
    `route: { receiver: team, group_by: [alertname], group_wait: 0s, group_interval: 1m }
receivers:
  - name: team
    webhook_configs: [{ url: "${hook.url}" }]
`,
  );
  const { skopos } = await up(shop, '--alertmanager', alertmanager);
  shop.makePrivileged();
  await vi.waitFor(() => expect(hook.received).toHaveLength(1), patience);
  const askedAt = Date.now();
  skopos.child.kill('SIGTERM');
  expect(await skopos.ended).toEqual({ code: 0, signal: null });
  expect(Date.now() - askedAt).toBeLessThan(5000);

  hangs = false;
  const again = await up(shop, '--alertmanager', alertmanager);
  await vi.waitFor(async () => {
    const { items } = await get<LedgerJson>(again.url, 'ledger?limit=500');
    expect(items.some(({ hop, decision }) => hop === 'receipt' && decision === 'delivered')).toBe(true);
  }, patience);
  expect(hook.json().at(-1)).toMatchObject({ status: 'firing', commonLabels: { name: 'cart' } });
});

it('comes back from kill -9 amid changes: nothing lost, nothing repeated, and what came meanwhile is new', async () => {
  const shop = workshop();
  const first = await up(shop);
  shop.makePrivileged();
  await vi.waitFor(async () => expect((await get<InboxJson>(first.url, 'inbox')).total).toBe(1), patience);
  await vi.waitFor(async () => {
    const { items } = await get<LedgerJson>(first.url, 'ledger?limit=500');
    expect(items.some(({ hop, decision }) => hop === 'receipt' && decision === 'delivered')).toBe(true);
  }, patience);
  const { total: openBefore } = await get<FindingsJson>(first.url, 'findings?status=open&limit=1');
  // The ledger is written behind; a second is ample.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const cart = readFileSync(shop.cart, 'utf8');
  for (let replicas = 3; replicas < 30; replicas++) {
    writeFileSync(shop.cart, cart.replace('replicas: 2', `replicas: ${replicas}`));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  first.skopos.child.kill('SIGKILL');
  expect(await first.skopos.ended).toMatchObject({ signal: 'SIGKILL' });

  const second = await up(shop);
  process.stdout.write(`start after kill -9: ready after ${second.readyMs} ms\n`);
  const { total } = await get<FindingsJson>(second.url, 'findings?status=open&limit=1');
  expect(total).toBe(openBefore);
  const { items: rows } = await get<LedgerJson>(second.url, 'ledger?limit=500');
  expect(rows.some(({ hop, decision }) => hop === 'receipt' && decision === 'delivered')).toBe(true);
  await vi.waitFor(async () => {
    const { items } = await get<AlertsJson>(second.url, 'alerts');
    expect(items.filter(({ name }) => name === 'SkoposNewHighFinding')).toMatchObject([{ state: 'firing' }]);
  }, patience);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect((await get<InboxJson>(second.url, 'inbox')).total).toBe(1);

  second.skopos.child.kill('SIGKILL');
  await second.skopos.ended;
  shop.write(
    'shop/intruder.yaml',
    readFileSync(join(shop.folder, 'cart/deployment.yaml'), 'utf8').replaceAll('cart', 'intruder'),
  );
  const third = await up(shop);
  const news = await vi.waitFor(async () => {
    const { items } = await get<InboxJson>(third.url, 'inbox');
    const found = items.find(({ text }) => text.includes('shop/intruder'));
    if (found === undefined) throw new Error('the finding that came while down has not paged');
    return found;
  }, patience);
  expect(news).toMatchObject({ status: 'firing' });
  const found = await get<FindingsJson>(third.url, 'findings?control=C-0057&status=open&q=intruder');
  expect(found.items).toMatchObject([{ baseline: false }]);
  const { findings } = await get<OverviewJson>(third.url, 'overview');
  expect(findings.newToday.high).toBe(2);
});
