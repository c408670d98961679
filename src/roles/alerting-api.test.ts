import { expect, it, vi } from 'vitest';
import { runCli } from '../../test/support/run-cli.ts';
import { type Running, runSkopos, workshop } from '../../test/support/run-skopos.ts';
import { startWebhookServer } from '../../test/support/webhook-server.ts';
import type {
  AlertGroupsJson,
  AlertsJson,
  NotificationsJson,
  ReceiversJson,
  RouteJson,
  RouteTestJson,
  SilenceJson,
  SilencePreviewJson,
  SilencesJson,
  TemplatePreviewJson,
  WhyJson,
} from '../api/skopos/contract.ts';
import { notifyCommand } from '../cli/notify.ts';
import { routeCommand } from '../cli/route.ts';
import { templateCommand } from '../cli/template.ts';
import { whyCommand } from '../cli/why.ts';

const patience = { timeout: 10_000, interval: 50 };

async function start(files: { readonly silences?: string } = {}) {
  const shop = workshop();
  const hook = await startWebhookServer(({ path }) =>
    path === '/broken' ? { status: 503, body: 'out of order' } : { status: 200 },
  );
  shop.write(
    'alertmanager.yml',
    `route:
  receiver: ops
  group_by: [alertname]
  group_wait: 0s
  routes:
    - matchers: [team="db"]
      receiver: dba
      group_wait: 1h
      mute_time_intervals: [always]
    - matchers: [severity="critical"]
      continue: true
      routes:
        - matchers: [env=~"prod|live"]
          receiver: broken
receivers:
  - name: ops
    webhook_configs: [{url: "${hook.url}/ops"}]
  - name: dba
    inbox_configs: [{}]
  - name: broken
    webhook_configs: [{url: "${hook.url}/broken"}]
    inbox_configs: [{}]
time_intervals:
  - name: always
    time_intervals: [{}]
`,
  );
  if (files.silences !== undefined) shop.write('silences.yaml', files.silences);
  const config = shop.write(
    'skopos.yaml',
    `source: {folder: shop}\nalerting: {config: alertmanager.yml${files.silences === undefined ? '' : ', silences: [silences.yaml]'}}\n`,
  );
  const running = await runSkopos({ config, data: shop.data }, shop.dir);
  const send = async (labels: Record<string, string>, more: object = {}) => {
    const reply = await fetch(`${running.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([
        { labels, annotations: { summary: `${labels['alertname']} of ${labels['host']}` }, ...more },
      ]),
    });
    expect(await reply.text()).toBe('');
  };
  return { running, send, hook, shop };
}

async function status(running: Running, path: string, body?: object): Promise<number> {
  const reply = await fetch(
    `${running.url}/api/skopos/v1/${path}`,
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  );
  await reply.arrayBuffer();
  return reply.status;
}

const cart = { matchers: ['host="a"'], createdBy: 'kim', reason: 'being mended', owner: 'team-shop' };
const hour = 3_600_000;

it('lists alerts by filter, receiver and state, with counts, and by group', async () => {
  const { running, send } = await start();
  const { api } = running;
  await send({ alertname: 'Down', host: 'a', severity: 'warning' });
  await send({ alertname: 'Down', host: 'b', severity: 'critical' });
  await send({ alertname: 'Slow', host: 'a', team: 'db' });
  expect(await api<AlertsJson>('alerts?filter=host%3D%22a%22')).toMatchObject({
    total: 2,
    items: [{ name: 'Down' }, { name: 'Slow', mutedBy: ['always'] }],
    facets: {
      receiver: [
        { value: 'dba', count: 1 },
        { value: 'ops', count: 1 },
      ],
    },
  });
  expect(await api<AlertsJson>('alerts?receiver=ops&limit=1&filter=host%3D~%22.%2B%22')).toMatchObject({
    total: 2,
    items: [{ labels: { host: 'b' } }],
  });
  expect((await api<AlertsJson>('alerts?state=silenced')).items).toMatchObject([{ name: 'Slow' }]);
  expect(await status(running, 'alerts?filter=%3D%3D')).toBe(400);
  expect(
    (await api<AlertGroupsJson>('alerts/groups?receiver=ops&filter=host%3D~%22.%2B%22')).items,
  ).toMatchObject([
    // By two routes, so in two groups.
    { receiver: 'ops', labels: { alertname: 'Down' }, total: 1, items: [{ labels: { host: 'a' } }] },
    { receiver: 'ops', labels: { alertname: 'Down' }, total: 1, items: [{ labels: { host: 'b' } }] },
  ]);
});

it('shows what a silence hides before it is saved, keeps who answers for it, and asks when it is very wide', async () => {
  const { running, send } = await start();
  const { api } = running;
  await send({ alertname: 'Down', host: 'a' });
  const endsAtMs = Date.now() + hour;
  const preview = await api<SilencePreviewJson>('silences/preview', { matchers: cart.matchers, endsAtMs });
  expect(preview).toMatchObject({
    total: 1,
    alerts: [{ name: 'Down', labels: { host: 'a' } }],
    warnings: [],
  });
  const windows = [
    {
      times: [{ start_time: '00:00', end_time: '24:00' }],
      weekdays: ['monday:friday', 'sunday'],
      location: 'Europe/Athens',
    },
    { weekdays: ['saturday'] },
  ];
  const { id } = await api<{ id: string }>('silences', { ...cart, endsAtMs, windows, noticeMs: hour });
  expect(await api<SilenceJson>(`silences/${id}`)).toMatchObject({
    matchers: ['host="a"'],
    state: 'active',
    owner: 'team-shop',
    createdBy: 'kim',
    reason: 'being mended',
    origin: 'person',
    windows,
    matches: 1,
    isEndless: false,
  });
  expect((await api<AlertsJson>('alerts?state=silenced')).total).toBe(1);

  expect(await status(running, 'silences', { ...cart, endsAtMs: null })).toBe(409);
  const wide = { ...cart, matchers: ['alertname=~".+"'], endsAtMs };
  expect(await status(running, 'silences', wide)).toBe(409);
  const all = await api<{ id: string }>('silences', { ...wide, endsAtMs: null, confirm: true });
  expect(await api<SilenceJson>(`silences/${all.id}`)).toMatchObject({ isEndless: true, state: 'active' });
  // As Alertmanager's clients see it.
  const v2 = (await (await fetch(`${running.url}/api/v2/silence/${all.id}`)).json()) as { endsAt: string };
  expect(v2.endsAt).toBe('9999-12-31T23:59:59.000Z');

  expect(await status(running, 'silences', { ...cart, matchers: ['host=~"("'], endsAtMs })).toBe(400);
  expect(await status(running, 'silences', { ...cart, endsAtMs, windows: [{ weekdays: ['someday'] }] })).toBe(
    400,
  );
  expect(await status(running, `silences/${id}/expire`, {})).toBe(200);
  expect(await status(running, `silences/${id}/expire`, {})).toBe(400);
  expect((await api<SilencesJson>('silences?state=expired&q=TEAM-shop')).items).toMatchObject([{ id }]);
});

it('keeps silences that files declare, tells before they end, and changes them with a reload', async () => {
  const soon = new Date(Date.now() + hour).toISOString();
  const text = (more: string) => `silences:
  - name: known
    matchers: [host="a"]
    owner: team-shop
    reason: known since yesterday
    ends_at: ${soon}
    notice: 2h
${more}`;
  const { running, send, shop } = await start({ silences: text('') });
  const { api } = running;
  await send({ alertname: 'Down', host: 'a' });
  expect((await api<SilencesJson>('silences')).items).toMatchObject([
    { id: 'file:known', origin: 'file', owner: 'team-shop', state: 'active', matches: 1 },
  ]);
  expect(await status(running, 'silences/file:known/expire', {})).toBe(400);
  const other =
    '  - {name: other, matchers: severity="none", owner: o, reason: r, ends_at: never, confirm: true}\n';
  shop.write('silences.yaml', text(other.replace(', confirm: true', '')));
  expect(await running.reload()).toBe(400);
  shop.write('silences.yaml', text(other));
  expect(await running.reload()).toBe(200);
  expect((await api<SilencesJson>('silences?state=active')).items.map(({ id }) => id)).toEqual([
    'file:known',
    'file:other',
  ]);
  shop.write('silences.yaml', 'silences: []');
  expect(await running.reload()).toBe(200);
  expect((await api<SilencesJson>('silences?state=active')).items).toEqual([]);
});

it('draws the routes and says where an alert would go, by which path, and what holds it back', async () => {
  const { running, send, shop } = await start();
  const { api, url } = running;
  await send({ alertname: 'Slow', team: 'db' });
  const root = await api<RouteJson>('routes');
  expect(root).toMatchObject({
    id: '0',
    matchers: '{}',
    receiver: 'ops',
    routes: [
      { id: '0.0', matchers: '{team="db"}', receiver: 'dba', mutedBy: ['always'], alerts: 1 },
      { id: '0.1', continue: true, routes: [{ id: '0.1.0', receiver: 'broken' }] },
    ],
  });
  const test = await api<RouteTestJson>('routes/test', { labels: 'severity="critical",env=live' });
  expect(test).toMatchObject({
    receivers: ['broken'],
    ends: [{ path: ['0', '0.1', '0.1.0'], matchers: ['{}', '{severity="critical"}', '{env=~"prod|live"}'] }],
  });
  const out = await runCli(
    routeCommand,
    ['route', 'test', '--url', url, 'team=db', 'severity=low'],
    shop.dir,
  );
  expect(out).toMatchObject({ exitCode: 0, out: expect.stringContaining('muted now by always') });
  expect((await runCli(routeCommand, ['route', 'show', '--url', url], shop.dir)).out).toContain(
    '└─ {severity="critical"} → ops',
  );
  expect(await status(running, 'routes/test', { labels: {} })).toBe(400);
});

it('tests a receiver end to end with the answers of its services, marked as a test', async () => {
  const { running, hook, shop } = await start();
  const { api, url } = running;
  const good = await runCli(
    notifyCommand,
    ['notify', 'test', 'ops', '--url', url, '--label', 'team=db'],
    shop.dir,
  );
  expect(good).toMatchObject({ exitCode: 0, out: expect.stringContaining('answered 200') });
  expect(hook.json()).toMatchObject([
    {
      receiver: 'ops',
      alerts: [{ labels: { alertname: 'SkoposTestNotification', skopos_test: 'true', team: 'db' } }],
    },
  ]);
  const bad = await runCli(notifyCommand, ['notify', 'test', 'broken', '--url', url], shop.dir);
  expect(bad).toMatchObject({
    exitCode: 1,
    out: expect.stringMatching(/✗ broken\/webhook\[0\] .*503: out of order/),
  });
  expect(bad.out).toContain('✓ broken/inbox[0]');
  expect((await runCli(notifyCommand, ['notify', 'test', 'obs', '--url', url], shop.dir)).err).toContain(
    'did you mean "ops"',
  );
  const { items } = await api<NotificationsJson>('notifications');
  expect(items).toHaveLength(3);
  expect(items.every(({ isTest }) => isTest)).toBe(true);
  expect((await api<NotificationsJson>('notifications?outcome=failed')).items).toMatchObject([
    { receiver: 'broken', answer: expect.stringContaining('out of order'), status: 503 },
  ]);
  const receivers = await api<ReceiversJson>('receivers');
  expect(receivers.items.map(({ name, health }) => [name, health])).toEqual([
    ['ops', 'ok'],
    ['dba', 'unused'],
    ['broken', expect.stringMatching('ok|failing')],
  ]);
});

it('previews a template on a real alert and on a sample, and says why it fails', async () => {
  const { running, send, shop } = await start();
  const { api, url } = running;
  await send({ alertname: 'Down', host: 'a' });
  const [alert] = (await api<AlertsJson>('alerts')).items;
  const args = ['template', 'preview', '--url', url];
  const text = '{{ .CommonLabels.host }} {{ .Receiver }} {{ .Status }}';
  const real = await runCli(templateCommand, [...args, text, '--alert', alert?.fingerprint ?? ''], shop.dir);
  expect(real).toMatchObject({ exitCode: 0, out: 'a ops firing\n' });
  expect(
    await api<TemplatePreviewJson>('templates/preview', {
      template: '{{ .Alerts | len }}',
      status: 'resolved',
    }),
  ).toEqual({
    text: '2',
    problem: '',
    isSample: true,
  });
  const bad = await runCli(templateCommand, [...args, '{{ .Nothing.There }}'], shop.dir);
  expect(bad).toMatchObject({ exitCode: 1, err: expect.stringContaining('Nothing') });
  expect(await status(running, 'templates/preview', { template: 'x', fingerprint: 'ffffffffffffffff' })).toBe(
    404,
  );
});

it('answers why by labels, name, fingerprint and cause, and why there was no page', async () => {
  const { running, send, shop } = await start();
  const { api, url } = running;
  await send({ alertname: 'Down', host: 'a' });
  await vi.waitFor(async () => {
    const { items } = await api<WhyJson>('why?alert=Down');
    expect(items[0]?.answer).toMatch(/^It was delivered to ops/);
  }, patience);
  const [alert] = (await api<WhyJson>('why?alert=Down')).items;
  const cause = alert?.ledger[0]?.cause ?? '';
  for (const text of ['host=a', '{host="a",alertname="Down"}', alert?.fingerprint ?? '', cause])
    expect((await api<WhyJson>(`why?alert=${encodeURIComponent(text)}`)).items).toMatchObject([
      { name: 'Down' },
    ]);
  expect(alert?.ledger.map(({ hop, decision }) => `${hop} ${decision}`)).toEqual([
    'alert firing',
    'route grouped',
    'notify sending',
    'receipt delivered',
  ]);
  const told = await runCli(whyCommand, ['why', 'Down', '--url', url], shop.dir);
  expect(told).toMatchObject({ exitCode: 0, out: expect.stringContaining('delivered to ops') });

  const absent = await runCli(
    whyCommand,
    ['why', 'alertname="SkoposNewHighFinding",severity="critical",env="prod"', '--url', url],
    shop.dir,
  );
  expect(absent.exitCode).toBe(1);
  expect(absent.out).toContain('its condition holds for nothing');
  expect(absent.out).toContain('would go to broken');
  expect((await api<WhyJson>('why?alert=Nonsense')).answer).toContain('No alerting rule is called Nonsense');

  const silence = await api<{ id: string }>('silences', { ...cart, endsAtMs: Date.now() + hour });
  await send({ alertname: 'Late', host: 'a' });
  await vi.waitFor(async () => {
    const { items } = await api<WhyJson>('why?alert=Late');
    expect(items[0]?.answer).toMatch(/^Nobody was told, because it is silenced by kim/);
    expect(items[0]?.ledger.at(-1)).toMatchObject({ decision: 'silenced', detail: { by: [silence.id] } });
  }, patience);
});
