import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sampleNotification, sampleResolved, sendOnce } from '../../../test/support/notify.ts';
import { atlassianDocument, pagerdutyV1, receiverSchemas } from '../../../test/support/receiver-schemas.ts';
import { type Answer, type Received, startWebhookServer } from '../../../test/support/webhook-server.ts';
import type { Notification } from '../notification.ts';
import { byteLength } from '../wire/truncate.ts';

const ajv = new Ajv2020({ strict: false, allErrors: true });
(addFormats as unknown as (to: Ajv2020) => void)(ajv);

const ok = (body: unknown): Answer => ({ status: 200, body: JSON.stringify(body) });

/** Answers as each service does when it takes what it gets. */
function answer({ path }: Received): Answer {
  if (path.includes('/search')) return ok({ issues: [] });
  if (path.startsWith('/gettoken')) return ok({ errcode: 0, access_token: 'tok', expires_in: 7200 });
  if (path.startsWith('/message/send')) return ok({ errcode: 0 });
  if (path.endsWith('chat.postMessage') && path.startsWith('/api/v1')) return ok({ success: true });
  return ok({ ok: true, key: 'OPS-1' });
}

async function bodyOf(name: string, entry: (url: string) => object, sent: Notification): Promise<unknown> {
  const hook = await startWebhookServer(answer);
  onTestFinished(() => hook.close());
  await sendOnce(name, entry(hook.url) as Record<string, unknown>, { sent });
  const last = hook.received.at(-1);
  const isForm = String(last?.headers['content-type']).includes('urlencoded');
  const body = last?.body ?? '';
  return isForm ? Object.fromEntries(new URLSearchParams(body)) : (JSON.parse(body) as unknown);
}

function problems(schema: object, body: unknown): unknown {
  const validate = ajv.compile(schema);
  return validate(body) ? [] : validate.errors;
}

const hook = (url: string) => ({ webhook_url: url });
const aws = { region: 'eu-west-1', access_key: 'A', secret_key: 'S' };

/** The least, and all that can be said. */
const entries: Readonly<Record<string, readonly ((url: string) => object)[]>> = {
  discord: [hook, (url) => ({ ...hook(url), content: 'c', username: 'u', avatar_url: 'https://x/a.png' })],
  incidentio: [(url) => ({ url, alert_source_token: 't' })],
  jira: [
    (url) => ({ api_url: `${url}/rest/api/2`, project: 'OPS', issue_type: 'Bug' }),
    (url) => ({
      api_url: `${url}/rest/api/2/`,
      project: 'OPS',
      issue_type: 'Bug',
      labels: ['a', '{{ .Status }}'],
    }),
  ],
  mattermost: [
    hook,
    (url) => ({
      ...hook(url),
      channel: 'c',
      text: 'x',
      fields: [{ title: 't', value: 'v', short: true }],
      props: { card: 'c' },
      priority: { priority: 'Urgent', requested_ack: true, persistent_notifications: true },
    }),
    (url) => ({
      ...hook(url),
      attachments: [{ title: 'a', fields: [{ title: 't', value: '{{ .Status }}' }] }, { text: 'b' }],
      priority: { priority: 'nonsense', requested_ack: true },
    }),
  ],
  msteams: [hook],
  msteamsv2: [hook],
  opsgenie: [
    (url) => ({ api_url: url, api_key: 'k' }),
    (url) => ({
      api_url: url,
      api_key: 'k',
      tags: 'a, b,,c',
      actions: 'x,y',
      note: 'n',
      entity: 'e',
      priority: 'P1',
      details: { more: '{{ .Status }}' },
      responders: [
        { name: 'a,b', type: 'teams' },
        { username: 'u@x', type: 'User' },
        { name: '{{ .CommonLabels.nope }}', type: 'team' },
      ],
    }),
  ],
  pagerduty: [
    (url) => ({ url, routing_key: 'k' }),
    (url) => ({
      url,
      routing_key: 'k',
      severity: '{{ .CommonLabels.severity }}',
      class: 'c',
      component: 'co',
      group: 'g',
      source: 's',
      details: { own: { deep: ['{{ .Status }}'] } },
      images: [
        { src: 'https://x/i.png', alt: 'a', href: 'https://x' },
        { src: '{{ .CommonLabels.nope }}', alt: 'none' },
      ],
      links: [{ href: 'https://x/l', text: 't' }, { href: '' }],
    }),
    (url) => ({ url, routing_key: 'k', severity: 'page' }),
  ],
  rocketchat: [
    (url) => ({ api_url: url, token: 't', token_id: 'i' }),
    (url) => ({
      api_url: url,
      token: 't',
      token_id: 'i',
      channel: '#c',
      short_fields: true,
      fields: [{ title: 't', value: 'v' }],
      actions: [{ text: 'go', url: 'https://x', msg: 'm' }],
    }),
  ],
  slack: [
    (url) => ({ api_url: url }),
    (url) => ({ api_url: url, message_text: 'm', fields: [{ title: 't', value: 'v' }] }),
  ],
  sns: [
    (url) => ({ api_url: url, topic_arn: 'arn:aws:sns:eu-west-1:1:a', sigv4: aws }),
    (url) => ({
      api_url: url,
      topic_arn: 'arn:aws:sns:eu-west-1:1:a.fifo',
      subject: 'a\nb',
      attributes: { severity: '{{ .CommonLabels.severity }}', none: '' },
      sigv4: aws,
    }),
    (url) => ({ api_url: url, phone_number: '+4912345', subject: '', sigv4: aws }),
    (url) => ({ api_url: url, target_arn: 'arn:aws:sns:eu-west-1:1:b', sigv4: aws }),
  ],
  telegram: [
    (url) => ({ api_url: url, bot_token: 't', chat_id: -5 }),
    (url) => ({
      api_url: url,
      bot_token: 't',
      chat_id: 5,
      message_thread_id: 7,
      parse_mode: '',
      disable_notifications: true,
    }),
    (url) => ({ api_url: url, bot_token: 't', chat_id: 5, parse_mode: 'MarkdownV2', message: 'x' }),
  ],
  victorops: [
    (url) => ({ api_url: url, api_key: 'k', routing_key: 'r' }),
    (url) => ({
      api_url: url,
      api_key: 'k',
      routing_key: 'r',
      message_type: 'nonsense',
      custom_fields: { team: '{{ .Status }}' },
    }),
  ],
  webex: [(url) => ({ api_url: url, room_id: 'r', http_config: { authorization: { credentials: 'c' } } })],
  webhook: [(url) => ({ url }), (url) => ({ url, max_alerts: 1 })],
  wechat: [
    (url) => ({ api_url: url, api_secret: 's', corp_id: 'c' }),
    (url) => ({
      api_url: url,
      api_secret: 's',
      corp_id: 'c',
      message_type: 'markdown',
      agent_id: '7',
      to_user: '@all',
    }),
  ],
};

const [first] = sampleNotification.alerts;
if (first === undefined) throw new Error('no alert');
const oneAlert = first;
/** Far beyond every limit. */
const huge: Notification = {
  ...sampleNotification,
  groupLabels: { alertname: 'Ünïcode😀'.repeat(300) },
  commonLabels: { alertname: 'Ünïcode😀'.repeat(300), severity: 'critical' },
  commonAnnotations: { description: 'é\u{1f600}'.repeat(10_000) },
  alerts: Array.from({ length: 110 }, (_, i) => ({
    ...oneAlert,
    labels: { ...oneAlert.labels, instance: `host-${i}` },
    annotations: { description: 'é\u{1f600}'.repeat(1000) },
  })),
};

const all = Object.entries(entries).flatMap(([name, variants]) =>
  variants.map((entry, i) => [name, i + 1, entry] as const),
);

it('has a schema for every kind that posts', () => {
  // Pushover has one address; its test has its schema.
  expect(Object.keys(entries)).toEqual(Object.keys(receiverSchemas).filter((name) => name !== 'pushover'));
});

describe.each(all)('%s, variant %i, is as the service documents it', (name, _i, entry) => {
  const schema = receiverSchemas[name] ?? {};

  it('firing', async () => {
    expect(problems(schema, await bodyOf(name, entry, sampleNotification))).toEqual([]);
  });

  // OpsGenie closes and Jira looks for an issue that is not there: other requests, tested by themselves.
  it.skipIf(['opsgenie', 'jira'].includes(name))('resolved', async () => {
    expect(problems(schema, await bodyOf(name, entry, sampleResolved))).toEqual([]);
  });

  it('far too much of everything', async () => {
    expect(problems(schema, await bodyOf(name, entry, huge))).toEqual([]);
  });
});

it('the schemas refuse what the services would', () => {
  expect(
    problems(receiverSchemas['discord'] ?? {}, { embeds: [{ title: 'x'.repeat(257), description: '' }] }),
  ).toHaveLength(1);
  expect(
    problems(receiverSchemas['pushover'] ?? {}, { token: 'a', user: 'b', message: 'c', priority: '2' }),
  ).not.toEqual([]);
  expect(
    problems(receiverSchemas['sns'] ?? {}, { Action: 'Publish', Version: '2010-03-31', Message: 'm' }),
  ).not.toEqual([]);
});

it.each([
  ['webex', entries['webex']?.[0], 7439, (body: unknown) => (body as { markdown: string }).markdown],
  [
    'wechat',
    entries['wechat']?.[0],
    2048,
    (body: unknown) => (body as { text: { content: string } }).text.content,
  ],
  [
    'wechat',
    entries['wechat']?.[1],
    4096,
    (body: unknown) => (body as { markdown: { content: string } }).markdown.content,
  ],
  ['sns', entries['sns']?.[0], 262_144, (body: unknown) => (body as { Message: string }).Message],
  ['msteams', entries['msteams']?.[0], 28_672, (body: unknown) => JSON.stringify(body)],
  ['msteamsv2', entries['msteamsv2']?.[0], 28_672, (body: unknown) => JSON.stringify(body)],
  ['pagerduty', entries['pagerduty']?.[0], 512_000, (body: unknown) => JSON.stringify(body)],
  ['incidentio', entries['incidentio']?.[0], 524_288, (body: unknown) => JSON.stringify(body)],
] as const)(
  '%s: at most as many bytes as the service takes, and most of them used',
  async (name, entry, max, of) => {
    if (entry === undefined) throw new Error('no entry');
    const shown = of(await bodyOf(name, entry, huge));
    expect(byteLength(shown)).toBeLessThanOrEqual(max);
    // A PagerDuty event and a payload for incident.io lose what is too much in one piece.
    if (!['pagerduty', 'incidentio'].includes(name)) expect(byteLength(shown)).toBeGreaterThan(max * 0.95);
  },
);

it('pagerduty: says that details were left out; a service key speaks version 1', async () => {
  const event = await bodyOf('pagerduty', (url) => ({ url, routing_key: 'k' }), huge);
  expect((event as { payload: { custom_details: object } }).payload.custom_details).toEqual({
    error: 'details were left out: with them the event is larger than 512000 bytes',
  });
  const v1 = (url: string) => ({ url: `${url}/generic/2010-04-15/create_event.json`, service_key: 'k' });
  for (const sent of [sampleNotification, sampleResolved, huge])
    expect(problems(pagerdutyV1, await bodyOf('pagerduty', v1, sent))).toEqual([]);
});

it('jira: version 3 gets a document, made of the text or given by the template', async () => {
  const entry = (description?: string) => (url: string) => ({
    api_url: `${url}/rest/api/3`,
    project: 'OPS',
    issue_type: 'Bug',
    ...(description === undefined ? {} : { description }),
  });
  const documentOf = async (template?: string) =>
    ((await bodyOf('jira', entry(template), sampleNotification)) as { fields: { description: unknown } })
      .fields.description;
  expect(problems(atlassianDocument, await documentOf())).toEqual([]);
  const own = { type: 'doc', version: 1, content: [] };
  expect(await documentOf(JSON.stringify(own))).toEqual(own);
});
