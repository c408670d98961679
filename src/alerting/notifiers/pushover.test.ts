import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it, onTestFinished } from 'vitest';
import { sampleNotification, sampleResolved, sendOnce } from '../../../test/support/notify.ts';
import { receiverSchemas } from '../../../test/support/receiver-schemas.ts';
import { type Answer, startWebhookServer } from '../../../test/support/webhook-server.ts';
import { createHttpClient } from '../../http/client.ts';
import { messageOf } from '../../kit/app-error.ts';
import type { Globals } from '../config/global-schema.ts';
import { ConfiguredTemplates } from '../configured-templates.ts';
import type { Notification } from '../notification.ts';
import { Renderer } from '../renderer.ts';
import { pushover, sendTo } from './pushover.ts';

const hush = 'hush-hush-token';
const ajv = new Ajv2020({ strict: false });

async function send(
  entry: object,
  sent: Notification = sampleNotification,
  answer: Answer = { status: 200 },
) {
  const hook = await startWebhookServer(answer);
  const client = createHttpClient();
  onTestFinished(async () => {
    hook.close();
    await client.close();
  });
  const settings = pushover.resolve(
    pushover.schema.parse({ token: hush, user_key: 'user', ...entry }),
    {} as Globals,
  );
  const templates = new ConfiguredTemplates([], 'http://localhost:9600', { now: () => 0 });
  const render = new Renderer(templates.engineFor(sent));
  const receipt = await sendTo(
    `${hook.url}/1/messages.json`,
    sent,
    settings as Parameters<typeof sendTo>[2],
    { client, render },
    AbortSignal.timeout(5000),
  );
  const [request] = hook.received;
  return { receipt, request, form: Object.fromEntries(new URLSearchParams(request?.body)) };
}

it.each([
  [{}, sampleNotification],
  [{}, sampleResolved],
  [{ html: true, ttl: '1h', device: 'd', sound: 's', url_title: 'x'.repeat(200) }, sampleNotification],
  [{ monospace: true, priority: '{{ if eq .Status "firing" }}1{{ end }}' }, sampleNotification],
  [
    { message: '😀'.repeat(3000), title: '😀'.repeat(3000), url: 'http://x/'.repeat(100) },
    sampleNotification,
  ],
  [{ message: ' ', title: '' }, sampleNotification],
])('posts a form as Pushover documents it, and no secret in the address: %j', async (entry, sent) => {
  const { form, request } = await send(entry, sent);
  const validate = ajv.compile(receiverSchemas['pushover'] ?? {});
  expect(validate(form) ? [] : validate.errors).toEqual([]);
  expect(request?.path).toBe('/1/messages.json');
  expect(form).toMatchObject({ token: hush, user: 'user' });
});

it('repeats an emergency within what Pushover allows, and only an emergency', async () => {
  expect((await send({})).form).toMatchObject({ priority: '2', retry: '60', expire: '3600' });
  expect((await send({ retry: '5s', expire: '24h' })).form).toMatchObject({ retry: '30', expire: '10800' });
  expect((await send({}, sampleResolved)).form).toMatchObject({ priority: '0' });
  expect((await send({ priority: '1' })).form).not.toHaveProperty('retry');
});

it('says something where the message is empty, and escapes values in HTML', async () => {
  expect((await send({ message: '' })).form['message']).toBe('(no details)');
  const html = { html: true, message: '<b>{{ (index .Alerts 0).Annotations.summary }}</b>' };
  expect((await send(html)).form).toMatchObject({ html: '1', message: '<b>a is &lt;down&gt; &amp; out</b>' });
});

it('sends plain words, not HTML, when the template of the message fails', async () => {
  const { form } = await send({ html: true, message: '<b>{{ .Nope }}</b>' });
  expect(form).not.toHaveProperty('html');
  expect(form['message']).toContain('instance: a');
  expect(form['message']).toContain('template failed');
});

it.each([
  [400, false],
  [403, false],
  [429, false],
  [500, true],
  [503, true],
])('on status %i, retryable is %s, and no secret is shown', async (status, retryable) => {
  const body = `{"token":"${hush} is invalid","status":0}`;
  const failure = await send({}, sampleNotification, { status, body }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'NOTIFY_FAILED', retryable, status });
  expect(messageOf(failure)).not.toContain(hush);
});

it('takes keys from files, and renders them', async () => {
  const path = join(tmpdir(), `skopos-pushover-${process.pid}`);
  writeFileSync(path, 'from-file\n');
  const entry = { token: undefined, token_file: path, user_key: 'u-{{ .CommonLabels.severity }}' };
  expect((await send(entry)).form).toMatchObject({ token: 'from-file', user: 'u-critical' });
  await expect(send({ token: undefined, token_file: '/nope' })).rejects.toThrow(
    'cannot read token_file /nope: ENOENT',
  );
  await expect(send({ user_key: '{{ .CommonLabels.nope }}' })).rejects.toThrow(
    'the user_key template gave no key',
  );
});

it('goes to Pushover’s own address, by way of the proxy that is set', async () => {
  const proxy = await startWebhookServer();
  onTestFinished(() => proxy.close());
  const failure = await sendOnce('pushover', {
    token: hush,
    user_key: 'u',
    http_config: { proxy_url: proxy.url },
  }).catch((error: unknown) => error);
  expect(proxy.asked).toEqual(['api.pushover.net:443']);
  expect(messageOf(failure)).toMatch(/^api\.pushover\.net: /);
});

it.each([
  [{}, 'one of user_key & user_key_file must be set'],
  [{ user_key: 'u' }, 'one of token & token_file must be set'],
  [{ user_key: 'u', token: 't', token_file: 'f' }, 'at most one of token & token_file may be set'],
  [{ user_key: 'u', token: 't', html: true, monospace: true }, 'at most one of monospace & html'],
])('refuses %j', (entry, problem) => {
  expect(() => pushover.resolve(pushover.schema.parse(entry), {} as Globals)).toThrow(problem);
});
