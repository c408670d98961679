import { readdirSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { type Answer, startWebhookServer } from '../../../test/support/webhook-server.ts';
import { messageOf } from '../../kit/app-error.ts';
import { openDatabase } from '../../store/open.ts';
import type { Globals } from '../config/global-schema.ts';
import { InboxStore } from '../inbox-store.ts';
import type { Notification } from '../notification.ts';
import { NotifyError } from '../notifier.ts';
import { passingMemory } from '../receiver-memory.ts';
import { Renderer, type TemplateEngine } from '../renderer.ts';
import { Resources } from '../resources.ts';
import { notifiers } from './notifiers.ts';

const notification: Notification = {
  id: 'n1',
  groupKey: '{}:{alertname="Down"}',
  receiver: 'ops',
  status: 'firing',
  reason: 'first notification',
  alerts: [
    {
      fingerprint: 'f1',
      status: 'firing',
      labels: { alertname: 'Down', instance: 'a' },
      annotations: { summary: 'a is down' },
      startsAtMs: Date.UTC(2026, 0, 5),
      endsAtMs: 0,
      generatorURL: 'http://localhost/graph',
    },
    {
      fingerprint: 'f2',
      status: 'resolved',
      labels: { alertname: 'Down', instance: 'b' },
      annotations: {},
      startsAtMs: Date.UTC(2026, 0, 5),
      endsAtMs: Date.UTC(2026, 0, 6),
      generatorURL: '',
    },
  ],
  groupLabels: { alertname: 'Down' },
  commonLabels: { alertname: 'Down' },
  commonAnnotations: {},
  routeLabels: {},
  externalURL: 'http://localhost:9600',
  atMs: Date.UTC(2026, 0, 5),
  drill: false,
};

/** Text as it is, except that `{{ fail }}` fails. */
const engine: TemplateEngine = {
  text(template) {
    if (template.includes('fail')) throw new Error('no such function');
    return template;
  },
  html: (template) => engine.text(template, ''),
};

const hush = 'hush-hush-token';

/** The kinds that post, with the least settings for an address. */
const posting = {
  slack: (url: string) => ({ api_url: `${url}/${hush}` }),
  webhook: (url: string) => ({ url: `${url}/${hush}` }),
} as const;

async function send(
  name: string,
  entry: Record<string, unknown>,
  options: { signal?: AbortSignal; sent?: Notification } = {},
) {
  const kind = notifiers.find((found) => found.name === name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  const resources = new Resources();
  const database = openDatabase(':memory:');
  onTestFinished(async () => {
    await resources.close();
    database.close();
  });
  const inbox = new InboxStore(database);
  const settings = kind.resolve(kind.schema.parse(entry), {} as Globals);
  const receipt = await kind.send(
    options.sent ?? notification,
    settings,
    {
      http: (config) => resources.http(config),
      mailer: resources.mailer,
      inbox,
      render: new Renderer(engine),
      memory: passingMemory(),
    },
    options.signal ?? AbortSignal.timeout(5000),
  );
  return { receipt, inbox };
}

async function server(answer: Parameters<typeof startWebhookServer>[0]) {
  const started = await startWebhookServer(answer);
  onTestFinished(() => started.close());
  return started;
}

it('lists every file of the folder, in order of name', () => {
  const files = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.ts') && !file.includes('.test.') && file !== 'notifiers.ts')
    .map((file) => file.replace('.ts', ''));
  expect(notifiers.map(({ name }) => name)).toEqual(files.sort());
});

const kinds = Object.entries(posting);
const statuses = [
  [400, false],
  [403, false],
  [404, false],
  [429, false],
  [500, true],
  [503, true],
] as const;

it.each(kinds.flatMap(([name, entry]) => statuses.map((status) => [name, ...status, entry] as const)))(
  '%s: on status %i, retryable is %s, and the address is never shown',
  async (name, status, retryable, entry) => {
    const { url } = await server(({ path }): Answer => ({ status, body: `cannot serve ${path}` }));
    const failure = await send(name, entry(url)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NotifyError);
    expect(failure).toMatchObject({ code: 'NOTIFY_FAILED', retryable, status });
    expect(messageOf(failure)).toContain(`answered ${status}`);
    expect(messageOf(failure)).not.toContain(hush);
  },
);

it.each(kinds)('%s: fails, naming the host alone, when nobody listens', async (name, entry) => {
  const gone = await server({ status: 200 });
  gone.close();
  const failure = await send(name, entry(gone.url)).catch((error: unknown) => error);
  expect(messageOf(failure)).toMatch(/^127\.0\.0\.1:\d+: connect ECONNREFUSED/);
  expect(messageOf(failure)).not.toContain(hush);
});

it.each(kinds)('%s: gives up when its signal aborts', async (name, entry) => {
  const { url } = await server('hang');
  await expect(send(name, entry(url), { signal: AbortSignal.timeout(100) })).rejects.toThrow(
    'no reply before the time-out',
  );
});

it.each(kinds)('%s: gives up after its own time-out', async (name, entry) => {
  const { url } = await server('hang');
  await expect(send(name, { ...entry(url), timeout: '100ms' })).rejects.toThrow(
    'no reply before the time-out',
  );
});

it('slack: a template that fails costs its field alone, and the message says so', async () => {
  const slack = await server({ status: 200, body: 'ok' });
  await send('slack', { api_url: slack.url, title: '{{ fail }}', text: '{{ fail }}', channel: '#ops' });
  const [message] = slack.json() as [{ channel: string; attachments: [{ title: string; text: string }] }];
  expect(message.channel).toBe('#ops');
  expect(message.attachments[0].title).toBe('[FIRING:1] Down');
  expect(message.attachments[0].text).toContain('instance: a');
  expect(message.attachments[0].text).toContain('summary: a is down');
  expect(message.attachments[0].text).toMatch(
    /template failed, .*title: no such function; text: no such function\]$/,
  );
});

it('slack: sends every field, and truncates the title', async () => {
  const slack = await server({ status: 200, body: 'ok' });
  await send('slack', {
    api_url: slack.url,
    channel: '#ops',
    username: 'skopos',
    icon_url: 'http://icon',
    icon_emoji: ':fire:',
    link_names: true,
    title: 't'.repeat(2000),
    title_link: 'http://link',
    pretext: 'before',
    text: 'body',
    fallback: 'plain',
    callback_id: 'cb',
    footer: 'foot',
    color: 'danger',
    image_url: 'http://image',
    thumb_url: 'http://thumb',
    short_fields: true,
    fields: [
      { title: 'one', value: '1' },
      { title: 'two', value: '2', short: false },
    ],
    actions: [
      { type: 'button', text: 'Go', url: 'http://go', style: 'primary' },
      { type: 'button', text: 'Ack', name: 'ack', value: 'v', confirm: { text: 'Sure?' } },
    ],
    mrkdwn_in: ['text'],
  });
  expect(slack.json()).toEqual([
    {
      channel: '#ops',
      username: 'skopos',
      icon_url: 'http://icon',
      icon_emoji: ':fire:',
      link_names: true,
      attachments: [
        {
          title: `${'t'.repeat(1023)}…`,
          title_link: 'http://link',
          pretext: 'before',
          text: 'body',
          fallback: 'plain',
          callback_id: 'cb',
          footer: 'foot',
          color: 'danger',
          image_url: 'http://image',
          thumb_url: 'http://thumb',
          fields: [
            { title: 'one', value: '1', short: true },
            { title: 'two', value: '2', short: false },
          ],
          actions: [
            { type: 'button', text: 'Go', url: 'http://go', style: 'primary' },
            { type: 'button', text: 'Ack', name: 'ack', value: 'v', confirm: { text: 'Sure?' } },
          ],
          mrkdwn_in: ['text'],
        },
      ],
    },
  ]);
});

it('slack: sends a bot token as a header, and takes {"ok": false} as a refusal', async () => {
  const slack = await server((_request, count) => ({
    status: 200,
    body: count === 1 ? '{"ok":true}' : '{"ok":false,"error":"channel_not_found"}',
    headers: { 'content-type': 'application/json' },
  }));
  const entry = { app_token: hush, app_url: slack.url, channel: '#ops' };
  await send('slack', entry);
  expect(slack.received[0]?.headers.authorization).toBe(`Bearer ${hush}`);
  await expect(send('slack', entry)).rejects.toMatchObject({
    message: 'Slack refused the message: channel_not_found',
    retryable: false,
  });
});

it('webhook: posts format 4', async () => {
  const hook = await server({ status: 200 });
  await send('webhook', { url: `${hook.url}/x?y=1`, max_alerts: 1 });
  expect(hook.received[0]).toMatchObject({ method: 'POST', path: '/x?y=1' });
  expect(hook.received[0]?.headers['content-type']).toBe('application/json');
  expect(hook.json()).toEqual([
    {
      version: '4',
      groupKey: '{}:{alertname="Down"}',
      truncatedAlerts: 1,
      receiver: 'ops',
      status: 'firing',
      notification_reason: 'first notification',
      alerts: [
        {
          status: 'firing',
          labels: { alertname: 'Down', instance: 'a' },
          annotations: { summary: 'a is down' },
          startsAt: '2026-01-05T00:00:00.000Z',
          endsAt: '0001-01-01T00:00:00Z',
          generatorURL: 'http://localhost/graph',
          fingerprint: 'f1',
        },
      ],
      groupLabels: { alertname: 'Down' },
      commonLabels: { alertname: 'Down', instance: 'a' },
      commonAnnotations: { summary: 'a is down' },
      routeLabels: {},
      externalURL: 'http://localhost:9600',
    },
  ]);
});

it('inbox: keeps what was sent once, newest first, within its bound', async () => {
  const database = openDatabase(':memory:');
  onTestFinished(() => database.close());
  const inbox = new InboxStore(database, { maxMessages: 3 });
  const heard: number[] = [];
  inbox.subscribe(({ id }) => heard.push(id));
  const message = (title: string) => ({
    atMs: 1,
    receiver: 'ops',
    status: 'firing' as const,
    title,
    text: '',
    severity: '',
    alerts: [],
    drill: false,
  });
  for (const title of ['a', 'b', 'b', 'c', 'd']) inbox.add(title, message(title));
  expect(inbox.list().items.map(({ title }) => title)).toEqual(['d', 'c', 'b']);
  expect(inbox.list({ offset: 1, limit: 1 })).toMatchObject({ total: 3, unread: 3, items: [{ title: 'c' }] });
  expect(heard).toHaveLength(4);
  const id = inbox.list().items[0]?.id ?? 0;
  expect(inbox.markRead(id)).toBe(1);
  expect(inbox.get(id)?.read).toBe(true);
  expect(inbox.list().unread).toBe(2);
  expect(inbox.markRead('all')).toBe(2);
  expect(inbox.get(99_999)).toBeUndefined();
});
