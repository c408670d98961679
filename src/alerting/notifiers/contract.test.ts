import { readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { kindOf, sampleNotification, sampleResolved, sendOnce } from '../../../test/support/notify.ts';
import { type Answer, type Received, startWebhookServer } from '../../../test/support/webhook-server.ts';
import { messageOf } from '../../kit/app-error.ts';
import type { Globals } from '../config/global-schema.ts';
import { NotifyError } from '../notifier.ts';
import { notifiers } from './notifiers.ts';

const hush = 'hush-hush-token';
const hush2 = 'hush-hush-other';

interface Contract {
  /** The least settings, for an address; the secret stands where it should. */
  entry(url: string): Record<string, unknown>;
  /** The same with secrets in files. */
  files(url: string, file: (text: string) => string): Record<string, unknown>;
  readonly globals?: (url: string) => Record<string, unknown>;
  /** Statuses besides 5xx after which Alertmanager tries again. */
  readonly retryOn?: readonly number[];
  readonly sendResolved: boolean;
  /** What the service answers when it takes a message; `{}` when left out. */
  readonly success?: (request: Received) => Answer;
  readonly ownTimeout?: true;
  /** Has no address that may be set. */
  readonly fixedAddress?: true;
}

const ok = (body: unknown): Answer => ({
  status: 200,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

const webhookUrl = {
  entry: (url: string) => ({ webhook_url: `${url}/${hush}` }),
  files: (url: string, file: (text: string) => string) => ({ webhook_url_file: file(`${url}/${hush}`) }),
  sendResolved: true,
};

const jiraAnswers = ({ path }: Received): Answer =>
  path.endsWith('/search') ? ok({ issues: [] }) : ok({ key: 'OPS-1' });

/** Every kind that calls over HTTP. Retries: Alertmanager 0.34's; WeChat is tried again whatever the status is. */
const contracts: Readonly<Record<string, Contract>> = {
  discord: webhookUrl,
  incidentio: {
    entry: (url) => ({ url, alert_source_token: hush, timeout: '30s' }),
    files: (url, file) => ({ url_file: file(url), alert_source_token_file: file(hush) }),
    retryOn: [429],
    sendResolved: true,
    ownTimeout: true,
  },
  jira: {
    entry: (url) => ({
      api_url: `${url}/rest/api/2`,
      project: 'OPS',
      issue_type: 'Bug',
      http_config: { basic_auth: { username: 'u', password: hush } },
    }),
    files: (url, file) => ({
      api_url: `${url}/rest/api/2`,
      project: 'OPS',
      issue_type: 'Bug',
      http_config: { basic_auth: { username: 'u', password_file: file(hush) } },
    }),
    retryOn: [429],
    sendResolved: true,
    success: jiraAnswers,
  },
  mattermost: webhookUrl,
  msteams: webhookUrl,
  msteamsv2: webhookUrl,
  opsgenie: {
    entry: (url) => ({ api_url: url, api_key: hush }),
    files: (url, file) => ({ api_url: url, api_key_file: file(hush) }),
    retryOn: [429],
    sendResolved: true,
  },
  pagerduty: {
    entry: (url) => ({ url, routing_key: hush }),
    files: (url, file) => ({ url, routing_key_file: file(hush) }),
    retryOn: [429],
    sendResolved: true,
    ownTimeout: true,
  },
  rocketchat: {
    entry: (url) => ({ api_url: url, token: hush, token_id: hush2 }),
    files: (url, file) => ({ api_url: url, token_file: file(hush), token_id_file: file(hush2) }),
    sendResolved: false,
    success: () => ok({ success: true }),
  },
  slack: {
    entry: (url) => ({ api_url: `${url}/${hush}` }),
    files: (url, file) => ({ api_url_file: file(`${url}/${hush}`) }),
    sendResolved: false,
    success: () => ok('ok'),
    ownTimeout: true,
  },
  sns: {
    entry: (url) => ({
      api_url: url,
      topic_arn: 'arn:aws:sns:us-east-1:1:ops',
      sigv4: { region: 'us-east-1', access_key: 'AKID', secret_key: hush },
    }),
    files: (url, file) => ({
      api_url: url,
      topic_arn: 'arn:aws:sns:us-east-1:1:ops',
      sigv4: { region: 'us-east-1', access_key: 'AKID', secret_key: hush },
      http_config: { http_headers: { 'X-Own': { files: [file(hush)] } } },
    }),
    sendResolved: true,
  },
  telegram: {
    entry: (url) => ({ api_url: url, bot_token: hush, chat_id: 1 }),
    files: (url, file) => ({ api_url: url, bot_token_file: file(hush), chat_id_file: file('1') }),
    retryOn: [429],
    sendResolved: true,
    success: () => ok({ ok: true, result: {} }),
  },
  victorops: {
    entry: (url) => ({ api_url: url, api_key: hush, routing_key: 'team' }),
    files: (url, file) => ({ api_url: url, api_key_file: file(hush), routing_key: 'team' }),
    sendResolved: true,
  },
  webex: {
    entry: (url) => ({ api_url: url, room_id: 'r', http_config: { authorization: { credentials: hush } } }),
    files: (url, file) => ({
      api_url: url,
      room_id: 'r',
      http_config: { authorization: { credentials_file: file(hush) } },
    }),
    sendResolved: true,
  },
  webhook: {
    entry: (url) => ({ url: `${url}/${hush}` }),
    files: (url, file) => ({ url_file: file(`${url}/${hush}`) }),
    sendResolved: true,
    ownTimeout: true,
  },
  wechat: {
    entry: (url) => ({ api_url: url, api_secret: hush, corp_id: 'corp' }),
    files: (url, file) => ({ api_url: url, api_secret_file: file(hush), corp_id: 'corp' }),
    retryOn: [400, 403, 404, 429],
    sendResolved: false,
    success: ({ path }) =>
      path.startsWith('/gettoken')
        ? ok({ errcode: 0, access_token: hush2, expires_in: 7200 })
        : ok({ errcode: 0, errmsg: 'ok' }),
  },
};

async function server(answer: Parameters<typeof startWebhookServer>[0]) {
  const started = await startWebhookServer(answer);
  onTestFinished(() => started.close());
  return started;
}

function secretFile(text: string): string {
  const path = join(tmpdir(), `skopos-secret-${process.pid}-${Math.random()}`);
  writeFileSync(path, `${text}\n`);
  return path;
}

it('lists every file of the folder, in order of name', () => {
  const files = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.ts') && !file.includes('.test.') && file !== 'notifiers.ts')
    .map((file) => file.replace('.ts', ''));
  expect(notifiers.map(({ name }) => name)).toEqual(files.sort());
});

it('holds every kind to the contract, but those with one of their own', () => {
  const own = ['email', 'inbox', 'pushover'];
  expect([...Object.keys(contracts), ...own].sort()).toEqual(notifiers.map(({ name }) => name).sort());
});

const statuses = [400, 403, 404, 429, 500, 503];

describe.each(Object.entries(contracts))('%s', (name, contract) => {
  const takes = (request: Received): Answer => contract.success?.(request) ?? { status: 200, body: '{}' };

  it.each(statuses)(
    'on status %i, is tried again as upstream does, and no secret is shown',
    async (status) => {
      const { url } = await server(
        (request): Answer => ({
          status,
          body: `cannot serve ${request.path} ${JSON.stringify(request.headers)} ${request.body}`,
        }),
      );
      const failure = await sendOnce(name, contract.entry(url)).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(NotifyError);
      const retryable = status >= 500 || (contract.retryOn ?? []).includes(status);
      expect(failure).toMatchObject({ code: 'NOTIFY_FAILED', retryable, status });
      expect(messageOf(failure)).toContain(`answered ${status}`);
      expect(messageOf(failure)).not.toContain('hush');
    },
  );

  it('fails, naming the host alone, when nobody listens', async () => {
    const gone = await server({ status: 200 });
    gone.close();
    const failure = await sendOnce(name, contract.entry(gone.url)).catch((error: unknown) => error);
    expect(messageOf(failure)).toMatch(/^127\.0\.0\.1:\d+: connect ECONNREFUSED/);
    expect(messageOf(failure)).not.toContain('hush');
  });

  it('gives up when its signal aborts', async () => {
    const { url } = await server('hang');
    await expect(sendOnce(name, contract.entry(url), { signal: AbortSignal.timeout(100) })).rejects.toThrow(
      'no reply before the time-out',
    );
  });

  it.runIf(contract.ownTimeout)('gives up after its own time-out', async () => {
    const { url } = await server('hang');
    await expect(sendOnce(name, { ...contract.entry(url), timeout: '100ms' })).rejects.toThrow(
      'no reply before the time-out',
    );
  });

  it('sends with secrets from files as with secrets in place', async () => {
    const hook = await server(takes);
    await sendOnce(name, contract.entry(hook.url));
    const inPlace = hook.received.length;
    await sendOnce(name, contract.files(hook.url, secretFile));
    expect(hook.received).toHaveLength(2 * inPlace);
    const shape = ({ method, path, body }: Received) => ({ method, path, body });
    expect(hook.received.slice(inPlace).map(shape)).toEqual(hook.received.slice(0, inPlace).map(shape));
  });

  it('is tried again when a file with a secret cannot be read, and names the file', async () => {
    const hook = await server(takes);
    const failure = await sendOnce(
      name,
      contract.files(hook.url, () => '/nope/secret'),
    ).catch((error: unknown) => error);
    expect(messageOf(failure)).toMatch(/cannot read \S+ \/nope\/secret: ENOENT/);
    expect((failure as { retryable?: boolean }).retryable ?? true).toBe(true);
    expect(hook.received).toHaveLength(0);
  });

  it('sends to where http_config leads: headers, and a proxy', async () => {
    const proxy = await server(takes);
    const entry = contract.entry('http://service.invalid');
    await sendOnce(name, {
      ...entry,
      http_config: {
        ...(entry['http_config'] as object | undefined),
        proxy_url: proxy.url,
        http_headers: { 'X-Own': { values: ['1'], secrets: [hush] } },
      },
    }).catch(() => {});
    // A plain proxy is asked to connect to the service.
    expect(proxy.received.length + proxy.connects()).toBeGreaterThan(0);
    const hook = await server(takes);
    const direct = contract.entry(hook.url);
    await sendOnce(name, {
      ...direct,
      http_config: {
        ...(direct['http_config'] as object | undefined),
        http_headers: { 'X-Own': { values: ['1'], secrets: [hush] } },
      },
    });
    for (const { headers } of hook.received) expect(headers['x-own']).toBe(`1, ${hush}`);
  });

  it('sends all of it, though its templates fail, and says that they did', async () => {
    const hook = await server(takes);
    const kind = kindOf(name);
    const entry = contract.entry(hook.url);
    const broken = Object.fromEntries(
      ['title', 'text', 'message', 'description', 'state_message', 'summary', 'subject']
        .filter((key) => key in ((kind.schema as unknown as { shape: object }).shape ?? {}))
        .map((key) => [key, '{{ .Nope }}']),
    );
    const { problems } = await sendOnce(name, { ...entry, ...broken });
    const said = hook.received.map(({ body }) => decodeURIComponent(body.replaceAll('+', ' '))).join('\n');
    expect(said).toContain('Down');
    if (Object.keys(broken).length === 0) return;
    expect(problems.length).toBeGreaterThan(0);
    expect(said).toMatch(/template failed|template_error/);
  });

  it('sends what is resolved', async () => {
    const hook = await server(takes);
    const { receipt } = await sendOnce(name, contract.entry(hook.url), { sent: sampleResolved });
    expect(receipt.note).not.toBe('');
    expect(hook.received.length).toBeGreaterThan(0);
  });

  it('has upstream’s default of send_resolved, and shows no secret in its settings', () => {
    const kind = kindOf(name);
    expect(kind.sendResolved).toBe(contract.sendResolved);
    const settings = kind.resolve(kind.schema.parse(contract.entry('http://x')), {} as Globals);
    expect(JSON.stringify(settings)).not.toContain('hush');
  });

  it('takes what Alertmanager takes whose alerts are many', async () => {
    const hook = await server(takes);
    const [first] = sampleNotification.alerts;
    if (first === undefined) throw new Error('no alert');
    const alerts = Array.from({ length: 500 }, (_, i) => ({
      ...first,
      labels: { ...first.labels, instance: `host-${i}` },
      annotations: { summary: 'é'.repeat(200) },
    }));
    await sendOnce(name, contract.entry(hook.url), { sent: { ...sampleNotification, alerts } });
    expect(hook.received.length).toBeGreaterThan(0);
  });
});
