import { expect, it, onTestFinished, vi } from 'vitest';
import { startWebhookServer } from '../../test/support/webhook-server.ts';
import { type Clock, systemClock, VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import type { LedgerEntry } from '../model/ledger.ts';
import { openDatabase } from '../store/open.ts';
import { Registry } from '../telemetry/registry.ts';
import { AlertRouter } from './alert-router.ts';
import { loadAlertingConfig } from './config/load-alerting-config.ts';
import { InboxStore } from './inbox-store.ts';

function run(text: string, clock: Clock = systemClock) {
  const database = openDatabase(':memory:');
  const inbox = new InboxStore(database);
  const rows: LedgerEntry[] = [];
  const successes: string[] = [];
  const router = new AlertRouter({
    config: loadAlertingConfig(text, { file: 'alertmanager.yml', baseDir: '/' }),
    database,
    inbox,
    clock,
    registry: new Registry(),
    log: silentLogger,
    ledger: (row) => void rows.push(row),
    externalURL: 'http://localhost:9600',
    lastSuccess: (part) => void successes.push(part),
  });
  const stop = new AbortController();
  const done = router.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    if (clock instanceof VirtualClock) await clock.advance(5000);
    await done;
    database.close();
  });
  const receipts = () => rows.filter(({ hop }) => hop === 'receipt').map(({ decision }) => decision);
  return { router, inbox, rows, receipts, successes, stop, done };
}

async function server(answer?: Parameters<typeof startWebhookServer>[0]) {
  const started = await startWebhookServer(answer);
  onTestFinished(() => started.close());
  return started;
}

const down = {
  labels: { alertname: 'Down', severity: 'critical' },
  annotations: { summary: 's', description: 'd' },
};

it('tries again after a failure that may pass, until it is delivered', async () => {
  const hook = await server((_request, count) => ({ status: count < 2 ? 503 : 200 }));
  const { router, receipts, rows, successes } = run(`
route: { receiver: hook, group_wait: 0s, group_interval: 5m }
receivers: [{ name: hook, webhook_configs: [{ url: '${hook.url}' }] }]`);
  router.receive([down]);
  await vi.waitFor(() => expect(receipts()).toEqual(['retrying', 'delivered']), 5000);
  expect(hook.received).toHaveLength(2);
  expect(successes).toEqual(['receiver:hook']);
  expect(rows.find(({ decision }) => decision === 'retrying')?.detail).toMatchObject({
    receiver: 'hook',
    status: 503,
    attempt: 1,
    problem: 'webhook answered 503',
  });
});

it('does not try again at once what was refused, and the alert stays', async () => {
  const hook = await server({ status: 404, body: 'gone' });
  const { router, receipts } = run(`
route: { receiver: hook, group_wait: 0s, group_interval: 1s }
receivers: [{ name: hook, webhook_configs: [{ url: '${hook.url}' }] }]`);
  router.receive([down]);
  await vi.waitFor(() => expect(receipts()).toEqual(['failed']), 2000);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(hook.received).toHaveLength(1);
  expect(router.alerts()[0]).toMatchObject({
    status: { state: 'active' },
    lastNotification: { outcome: 'failed' },
  });
});

it('does not let a receiver that hangs delay the others', async () => {
  const hangs = await server('hang');
  const works = await server();
  const { router } = run(`
route: { receiver: both, group_by: [alertname], group_wait: 0s, group_interval: 1s }
receivers:
- name: both
  webhook_configs: [{ url: '${hangs.url}' }, { url: '${works.url}' }]
  inbox_configs: [{}]`);
  router.receive([down]);
  await vi.waitFor(() => expect(works.received).toHaveLength(1), 2000);
  router.receive([{ labels: { alertname: 'Down', severity: 'warning' } }]);
  await vi.waitFor(() => expect(works.received).toHaveLength(2), 3000);
  expect(hangs.received).toHaveLength(1);
});

it('stops within seconds though a receiver hangs', async () => {
  const hangs = await server('hang');
  const { router, stop, done } = run(`
route: { receiver: hook, group_wait: 0s }
receivers: [{ name: hook, webhook_configs: [{ url: '${hangs.url}' }] }]`);
  router.receive([down]);
  await vi.waitFor(() => expect(hangs.received).toHaveLength(1), 2000);
  const from = Date.now();
  stop.abort();
  await done;
  expect(Date.now() - from).toBeLessThan(5000);
});

it('gives up an attempt that hangs after 15 s and tries again', async () => {
  const hangs = await server('hang');
  const clock = new VirtualClock(Date.now());
  const { router, receipts } = run(
    `
route: { receiver: hook, group_wait: 0s, group_interval: 5m }
receivers: [{ name: hook, webhook_configs: [{ url: '${hangs.url}' }] }]`,
    clock,
  );
  router.receive([down]);
  await vi.waitFor(() => expect(hangs.received).toHaveLength(1), 2000);
  await clock.advance(15_000);
  await vi.waitFor(() => expect(receipts()).toEqual(['retrying']), 2000);
  await clock.advance(1000);
  await vi.waitFor(() => expect(hangs.received).toHaveLength(2), 2000);
});

it('renders the Slack message of the walkthrough, firing and resolved', async () => {
  const slack = await server({ status: 200, body: 'ok' });
  const { router } = run(`global:
  resolve_timeout: 1m
  slack_api_url: '${slack.url}/services/T000/B000/EXAMPLE'
route:
  receiver: 'slack-notifications'
  group_wait: 0s
  group_interval: 1s
receivers:
- name: 'slack-notifications'
  slack_configs:
  - send_resolved: true
    channel: '#prometheus'
    title: >
      {{ if eq .Status "firing" }}
      {{ .Alerts.Firing | len }} {{ .CommonLabels.alertname }} firing
      {{ else }}
      {{ .CommonLabels.alertname }} resolved
      {{ end }}
    title_link: '{{ template "slack.default.titlelink" . }}'
    text: |
      {{ range .Alerts }}
      *Alert:* {{ .Annotations.summary }} {{ if .Labels.severity }}- \`{{ .Labels.severity }}\`{{ end }}
      *Details:*
      {{ range .Labels.SortedPairs }} • *{{ .Name }}:* {{ .Value }}
      {{ end }}
      {{ end }}
`);
  router.receive([down]);
  await vi.waitFor(() => expect(slack.received).toHaveLength(1), 2000);
  router.receive([{ ...down, endsAtMs: Date.now() }]);
  await vi.waitFor(() => expect(slack.received).toHaveLength(2), 3000);
  const [firing, resolved] = slack.json() as {
    attachments: { title: string; title_link: string; text: string; color: string }[];
  }[];
  const attachment = firing?.attachments[0];
  expect(attachment?.title.trim()).toBe('1 Down firing');
  expect(attachment?.title_link).toBe('http://localhost:9600/#/alerts?receiver=slack-notifications');
  expect(attachment?.text).toContain('*Alert:* s - `critical`\n');
  expect(attachment?.text).toContain(' • *alertname:* Down\n • *severity:* critical\n');
  expect(attachment?.color).toBe('danger');
  expect(resolved?.attachments[0]?.title.trim()).toBe('Down resolved');
  expect(resolved?.attachments[0]?.color).toBe('good');
});
