import { existsSync, rmSync, writeFileSync } from 'node:fs';
import PostalMime from 'postal-mime';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { KubeServer, type ServedObject } from '../../test/support/kube-server.ts';
import { startMailServer } from '../../test/support/mail-server.ts';
import { type Running, runSkopos, workshop } from '../../test/support/run-skopos.ts';
import { startWebhookServer } from '../../test/support/webhook-server.ts';
import type {
  AlertsJson,
  DrillJson,
  FindingsJson,
  InboxJson,
  InboxMessageJson,
  LedgerJson,
  LedgerRowJson,
  OverviewJson,
  PartJson,
} from '../api/skopos/contract.ts';
import { hops } from '../model/ledger.ts';

const patience = { timeout: 10_000, interval: 50 };

const newFinding = '{control_id="C-0057"}';

function inbox({ api }: Running): Promise<readonly InboxMessageJson[]> {
  return api<InboxJson>('inbox').then(({ items }) => items);
}

function message(running: Running, status: 'firing' | 'resolved'): Promise<InboxMessageJson> {
  return vi.waitFor(async () => {
    const found = (await inbox(running)).find((one) => one.status === status);
    if (found === undefined) throw new Error(`no ${status} message yet`);
    return found;
  }, patience);
}

async function part({ api }: Running, name: string): Promise<PartJson | undefined> {
  return (await api<OverviewJson>('overview')).parts.find((one) => one.name === name);
}

async function open({ api }: Running, control: string, query = ''): Promise<FindingsJson['items']> {
  return (await api<FindingsJson>(`findings?control=${control}&status=open&limit=200${query}`)).items;
}

/** The rows of the cause that a receipt names, oldest first. */
async function story(running: Running, isReceipt: (row: LedgerRowJson) => boolean): Promise<LedgerRowJson[]> {
  const cause = await vi.waitFor(async () => {
    const { items } = await running.api<LedgerJson>('ledger?limit=500');
    const receipt = items.find((row) => row.hop === 'receipt' && isReceipt(row));
    if (receipt === undefined) throw new Error('no receipt yet');
    return receipt.cause;
  }, patience);
  const { items } = await running.api<LedgerJson>(`ledger?cause=${cause}&limit=500`);
  return [...items].sort((a, b) => a.id - b.id);
}

function finished({ api }: Running, { id }: DrillJson): Promise<DrillJson> {
  return vi.waitFor(async () => {
    const drill = await api<DrillJson>(`drills/${id}`);
    if (drill.state === 'running') throw new Error('still running');
    return drill;
  }, patience);
}

async function answer(running: Running, query: string): Promise<unknown[]> {
  const reply = await fetch(`${running.url}/api/v1/query?query=${encodeURIComponent(query)}`);
  return ((await reply.json()) as { data: { result: unknown[] } }).data.result;
}

const routing = (receivers: string, more = '') => `route:
  receiver: team
  group_by: [alertname, namespace]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
${more}receivers:
${receivers}`;

const webhook = (name: string, url: string) => `  - name: ${name}
    webhook_configs:
      - url: ${url}
`;

describe('a folder', () => {
  it('turns an edit into a message, its revert into another, and tells each hop under one cause', async () => {
    const shop = workshop();
    const running = await runSkopos({ folder: shop.folder, data: shop.data }, shop.dir);
    expect(await open(running, 'C-0057', '&namespace=shop')).toEqual([]);
    expect(await inbox(running)).toEqual([]);

    shop.makePrivileged();
    const firing = await message(running, 'firing');
    expect(firing).toMatchObject({
      receiver: 'inbox',
      title: '[FIRING:1] SkoposNewHighFinding (shop)',
      severity: 'warning',
      drill: false,
      alerts: [{ status: 'firing', labels: { namespace: 'shop', name: 'cart', control_id: 'C-0057' } }],
    });
    expect(firing.text).toContain('New high finding: Privileged container (C-0057) on Deployment shop/cart');
    expect(await open(running, 'C-0057', '&namespace=shop')).toMatchObject([
      { status: 'open', baseline: false, object: { name: 'cart' } },
    ]);

    const rows = await story(running, ({ decision }) => decision === 'delivered');
    expect(new Set(rows.map(({ hop }) => hop))).toEqual(new Set(hops));
    expect(rows.find(({ hop }) => hop === 'change')).toMatchObject({
      detail: { file: 'cart/deployment.yaml', object: 'Deployment shop/cart' },
    });
    const times = hops.map((hop) => rows.find((row) => row.hop === hop)?.atMs ?? Number.NaN);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(await answer(running, `skopos_new_finding${newFinding} == 1`)).toHaveLength(1);
    const pages = await running.metric('skopos_change_to_page_seconds_count');
    expect(Object.values(pages)).toEqual([1]);

    shop.revert();
    const resolved = await message(running, 'resolved');
    expect(resolved).toMatchObject({
      title: '[RESOLVED] SkoposNewHighFinding (shop)',
      alerts: [{ status: 'resolved', fingerprint: firing.alerts[0]?.fingerprint }],
    });
    expect(await open(running, 'C-0057', '&namespace=shop')).toEqual([]);
    expect(await answer(running, `skopos_new_finding{name="cart"} == 1`)).toEqual([]);
  });

  it('sends to webhook and mail what an alertmanager.yml says', async () => {
    const shop = workshop();
    const hook = await startWebhookServer();
    onTestFinished(() => hook.close());
    const mail = await startMailServer();
    onTestFinished(() => mail.close());
    const alertmanager = shop.write(
      'alertmanager.yml',
      routing(`  - name: team
    webhook_configs:
      - url: ${hook.url}/hook
    email_configs:
      - to: team@example.org
        from: skopos@example.org
        smarthost: ${mail.host}:${mail.port}
        require_tls: false
        send_resolved: true
`),
    );
    const running = await runSkopos({ folder: shop.folder, data: shop.data, alertmanager }, shop.dir);

    shop.makePrivileged();
    await vi.waitFor(() => expect([hook.received.length, mail.received.length]).toEqual([1, 1]), patience);
    expect(hook.json()[0]).toMatchObject({
      version: '4',
      receiver: 'team',
      status: 'firing',
      groupLabels: { alertname: 'SkoposNewHighFinding', namespace: 'shop' },
      commonLabels: { name: 'cart', severity: 'warning' },
      truncatedAlerts: 0,
      externalURL: running.embedded.externalURL,
      alerts: [
        {
          status: 'firing',
          endsAt: '0001-01-01T00:00:00Z',
          fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
          generatorURL: expect.stringContaining('http://'),
        },
      ],
    });
    const letter = await PostalMime.parse(mail.received[0]?.source ?? '');
    expect(letter.subject).toMatch(/^\[FIRING:1\] SkoposNewHighFinding shop/);
    expect(letter.html).toContain('Privileged container');

    shop.revert();
    await vi.waitFor(() => expect([hook.received.length, mail.received.length]).toEqual([2, 2]), patience);
    expect(hook.json()[1]).toMatchObject({ status: 'resolved', alerts: [{ status: 'resolved' }] });
    expect((await PostalMime.parse(mail.received[1]?.source ?? '')).subject).toMatch(/^\[RESOLVED\]/);
    expect(await part(running, 'receiver:team')).toMatchObject({ state: 'ok' });
  });

  it('reports a manifest that does not parse, and keeps its last good objects', async () => {
    const shop = workshop();
    const running = await runSkopos({ folder: shop.folder, data: shop.data }, shop.dir);
    const objects = running.embedded.inventory.size;
    expect(await part(running, 'inventory')).toMatchObject({ state: 'ok' });

    writeFileSync(shop.cart, 'apiVersion: apps/v1\nkind: [Deployment\n');
    await vi.waitFor(async () => {
      expect(await part(running, 'inventory')).toMatchObject({
        state: 'degraded',
        message: expect.stringContaining('cart/deployment.yaml'),
      });
    }, patience);
    expect(Object.values(await running.metric('skopos_inventory_file_problems'))[0]).toBeGreaterThan(0);
    expect(running.embedded.inventory.size).toBe(objects);
    expect(await inbox(running)).toEqual([]);

    shop.makePrivileged();
    await message(running, 'firing');
    expect(await part(running, 'inventory')).toMatchObject({ state: 'ok', message: '' });
    expect(await running.metric('skopos_inventory_file_problems')).toEqual({ '': 0 });
  });

  it('resolves what is open when its file is deleted', async () => {
    const shop = workshop();
    const running = await runSkopos({ folder: shop.folder, data: shop.data }, shop.dir);
    shop.makePrivileged();
    await message(running, 'firing');
    rmSync(shop.cart);
    await message(running, 'resolved');
    expect(await open(running, 'C-0057', '&namespace=shop')).toEqual([]);
  });
});

describe('receivers', () => {
  it('tries one that is down again, counts and shows it, and delivers to the others meanwhile', async () => {
    const shop = workshop();
    let isDown = true;
    const broken = await startWebhookServer(() => ({ status: isDown ? 503 : 200 }));
    onTestFinished(() => broken.close());
    const well = await startWebhookServer();
    onTestFinished(() => well.close());
    const alertmanager = shop.write(
      'alertmanager.yml',
      routing(
        `${webhook('team', broken.url)}${webhook('other', well.url)}`,
        '  routes:\n    - { receiver: other, continue: true }\n    - { receiver: team }\n',
      ),
    );
    const running = await runSkopos({ folder: shop.folder, data: shop.data, alertmanager }, shop.dir);

    shop.makePrivileged();
    await vi.waitFor(() => expect(well.received).toHaveLength(1), patience);
    await vi.waitFor(() => expect(broken.received.length).toBeGreaterThan(1), patience);
    await vi.waitFor(async () => {
      expect(await part(running, 'receiver:team')).toMatchObject({
        state: expect.stringMatching(/^(degraded|failed)$/),
        message: expect.stringContaining('503'),
      });
    }, patience);
    expect(await part(running, 'receiver:other')).toMatchObject({ state: 'ok' });
    const failed = await running.metric('skopos_notifications_failed_total');
    expect(Math.max(...Object.values(failed))).toBeGreaterThan(0);

    isDown = false;
    await vi.waitFor(
      async () => expect(await part(running, 'receiver:team')).toMatchObject({ state: 'ok' }),
      patience,
    );
    shop.revert();
    await vi.waitFor(() => expect(well.received).toHaveLength(2), patience);
    const last = (): unknown => broken.json().at(-1);
    await vi.waitFor(() => expect(last()).toMatchObject({ status: 'resolved' }), patience);
  });

  it('keeps the old routing when the new one is wrong, and says so until it is right again', async () => {
    const shop = workshop();
    const hook = await startWebhookServer();
    onTestFinished(() => hook.close());
    const good = routing(webhook('team', hook.url));
    const alertmanager = shop.write('alertmanager.yml', good);
    const running = await runSkopos({ folder: shop.folder, data: shop.data, alertmanager }, shop.dir);
    expect(await running.metric('skopos_config_last_reload_successful')).toEqual({ '': 1 });

    writeFileSync(alertmanager, good.replace('receiver: team', 'receiver: nobody'));
    expect(await running.reload()).toBe(400);
    expect(await running.metric('skopos_config_last_reload_successful')).toEqual({ '': 0 });
    expect(await part(running, 'configuration')).toMatchObject({
      state: 'degraded',
      message: expect.stringMatching(/alertmanager\.yml:2.*nobody/),
    });
    shop.makePrivileged();
    await vi.waitFor(() => expect(hook.received).toHaveLength(1), patience);

    writeFileSync(alertmanager, good.replaceAll('team', 'crew'));
    expect(await running.reload()).toBe(200);
    expect(await running.metric('skopos_config_last_reload_successful')).toEqual({ '': 1 });
    expect(await part(running, 'configuration')).toMatchObject({ state: 'ok', message: '' });
    expect(await part(running, 'receiver:crew')).toBeDefined();
  });
});

describe('drills', () => {
  it('are delivered, leave nothing behind, and reach no receiver that they do not name', async () => {
    const shop = workshop();
    const hook = await startWebhookServer();
    onTestFinished(() => hook.close());
    const alertmanager = shop.write('alertmanager.yml', routing(webhook('team', hook.url)));
    const running = await runSkopos({ folder: shop.folder, data: shop.data, alertmanager }, shop.dir);
    const before = await running.api<FindingsJson>('findings?status=open&limit=1');

    const drill = await finished(running, await running.api<DrillJson>('drills', {}));
    expect(drill).toMatchObject({ state: 'delivered', problem: '', receiver: 'drill', wouldReach: ['team'] });
    expect(drill.hops.map(({ hop }) => hop)).toEqual(hops);
    for (const { afterMs } of drill.hops) expect(afterMs).toBeGreaterThanOrEqual(0);
    expect(hook.received).toHaveLength(0);

    await vi.waitFor(async () => expect(await answer(running, 'skopos_drill_finding')).toEqual([]), patience);
    await vi.waitFor(async () => {
      const { items } = await running.api<AlertsJson>('alerts');
      expect(items.filter(({ name, state }) => name === 'SkoposDrill' && state !== 'resolved')).toEqual([]);
    }, patience);
    const after = await running.api<FindingsJson>('findings?status=open&limit=1');
    expect(after.total).toBe(before.total);
    expect(await running.api<FindingsJson>(`findings?status=all&q=drill`)).toMatchObject({ total: 0 });
    expect(
      await answer(running, '{__name__=~"skopos_finding|skopos_new_finding",name=~".*drill.*"}'),
    ).toEqual([]);
    expect(hook.received).toHaveLength(0);

    const named = await finished(running, await running.api<DrillJson>('drills', { receiver: 'team' }));
    expect(named).toMatchObject({ state: 'delivered', receiver: 'team' });
    expect(hook.json()[0]).toMatchObject({ status: 'firing', commonLabels: { skopos_drill: named.id } });
    expect(await running.metric('skopos_drills_total')).toEqual({
      '{outcome="delivered"}': 2,
      '{outcome="stopped"}': 0,
    });
  });

  it('to a receiver that does not answer end stopped, and say at which hop', async () => {
    const shop = workshop();
    const hook = await startWebhookServer(() => ({ status: 500 }));
    onTestFinished(() => hook.close());
    const alertmanager = shop.write('alertmanager.yml', routing(webhook('team', hook.url)));
    const running = await runSkopos({ folder: shop.folder, data: shop.data, alertmanager }, shop.dir);
    const drill = await finished(
      running,
      await running.api<DrillJson>('drills', { receiver: 'team', timeoutMs: 2000 }),
    );
    expect(drill).toMatchObject({ state: 'stopped', problem: expect.stringContaining('receipt') });
    expect(drill.hops.at(-1)).toMatchObject({ hop: 'receipt', note: expect.stringContaining('500') });
    expect(drill.hops.find(({ hop }) => hop === 'notify')?.afterMs).toBeDefined();
    await vi.waitFor(async () => expect(await answer(running, 'skopos_drill_finding')).toEqual([]), patience);
  });
});

describe('a cluster', () => {
  const deployment = (privileged: boolean): ServedObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'cart', namespace: 'shop' },
    spec: {
      selector: { matchLabels: { app: 'cart' } },
      template: {
        metadata: { labels: { app: 'cart' } },
        spec: { containers: [{ name: 'cart', image: 'cart:1', securityContext: { privileged } }] },
      },
    },
  });

  async function cluster() {
    const shop = workshop();
    const server = new KubeServer();
    await server.start();
    onTestFinished(() => server.stop());
    server.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    server.put(deployment(false));
    const start = () =>
      runSkopos({ kubeconfig: shop.write('kubeconfig', server.kubeconfig()), data: shop.data }, shop.dir);
    return { server, start };
  }

  it('turns a change there into a message, and its revert into another', async () => {
    const { server, start } = await cluster();
    const running = await start();
    expect(await running.api<OverviewJson>('overview')).toMatchObject({
      cluster: 'test',
      source: { kind: 'cluster', objects: 2 },
    });
    server.put(deployment(true));
    const firing = await message(running, 'firing');
    expect(firing).toMatchObject({ title: '[FIRING:1] SkoposNewHighFinding (shop)' });
    const rows = await story(running, ({ decision }) => decision === 'delivered');
    expect(new Set(rows.map(({ hop }) => hop))).toEqual(new Set(hops));
    server.put(deployment(false));
    await message(running, 'resolved');
    expect(server.requests.every(({ authorization }) => authorization === 'Bearer test-token')).toBe(true);
  });

  it('knows nothing of a kind that it may not read, says so, and goes on with the others', async () => {
    const { server, start } = await cluster();
    server.fail('rolebindings', { status: 403, reason: 'Forbidden', message: 'rolebindings is forbidden' });
    const running = await start();
    expect(await part(running, 'inventory')).toMatchObject({
      state: 'degraded',
      message: expect.stringContaining('RoleBinding'),
    });
    expect((await running.metric('skopos_inventory_unreadable_kinds'))['']).toBe(1);
    const { verdicts } = await running.api<OverviewJson>('overview');
    expect(verdicts.unknown).toBeGreaterThan(0);

    server.put(deployment(true));
    await message(running, 'firing');
  });
});

it('leaves its data behind for the next start: findings, ledger and inbox, and repeats no notification', async () => {
  const shop = workshop();
  const flags = { folder: shop.folder, data: shop.data };
  const first = await runSkopos(flags, shop.dir);
  shop.makePrivileged();
  await message(first, 'firing');
  const rows = (await story(first, ({ decision }) => decision === 'delivered')).length;
  await first.stop();
  expect(existsSync(`${shop.data}/skopos.db`)).toBe(true);

  const second = await runSkopos(flags, shop.dir);
  expect(await open(second, 'C-0057', '&namespace=shop')).toMatchObject([{ baseline: false }]);
  expect((await story(second, ({ decision }) => decision === 'delivered')).length).toBe(rows);
  await vi.waitFor(async () => {
    const { items } = await second.api<AlertsJson>('alerts');
    expect(items.filter(({ name }) => name === 'SkoposNewHighFinding')).toMatchObject([{ state: 'firing' }]);
  }, patience);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(await inbox(second)).toHaveLength(1);
  shop.revert();
  await message(second, 'resolved');
});
