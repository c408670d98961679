import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sampleNotification, sampleResolved, sender, sendOnce } from '../../../test/support/notify.ts';
import { type Answer, type Received, startWebhookServer } from '../../../test/support/webhook-server.ts';
import { groupHash } from '../wire/group-hash.ts';

/** Services that are asked several things, or answer in a way of their own. */
async function server(answer: (request: Received, count: number) => Answer) {
  const started = await startWebhookServer(answer);
  onTestFinished(() => started.close());
  return started;
}

const ok = (body: unknown, status = 200): Answer => ({ status, body: JSON.stringify(body) });
const hash = groupHash(sampleNotification.groupKey);
const asked = ({ method, path }: Received) => `${method} ${path}`;
const read = ({ body }: Received) => JSON.parse(body === '' ? 'null' : body) as Record<string, unknown>;

describe('jira', () => {
  const entry = (url: string, more: object = {}) => ({
    api_url: `${url}/rest/api/2`,
    project: 'OPS',
    issue_type: 'Bug',
    ...more,
  });
  const issue = (category: string) => ({
    key: 'OPS-7',
    fields: { status: { name: 'x', statusCategory: { key: category } } },
  });
  const jira = (found: unknown[], transitions: unknown[] = []) =>
    server(({ method, path }) => {
      if (path.includes('/search')) return ok({ issues: found });
      if (method === 'GET') return ok({ transitions });
      return path.endsWith('/issue') ? ok({ key: 'OPS-8' }, 201) : { status: 204, body: '' };
    });

  it('looks for the open issue of the group, and makes one when there is none', async () => {
    const hook = await jira([]);
    const { receipt } = await sendOnce('jira', entry(hook.url));
    expect(hook.received.map(asked)).toEqual(['POST /rest/api/2/search', 'POST /rest/api/2/issue']);
    expect(read(hook.received[0] as Received)).toEqual({
      jql: `statusCategory != Done and project="OPS" and labels="ALERT{${hash}}" order by status ASC,resolutiondate DESC`,
      fields: ['status'],
      maxResults: 2,
    });
    expect(receipt.note).toBe('created issue OPS-8');
  });

  it('changes the issue that is there, but not what shall stay', async () => {
    const hook = await jira([issue('new')]);
    await sendOnce(
      'jira',
      entry(hook.url, {
        summary: { template: 's', enable_update: false },
        description: { enable_update: false },
      }),
    );
    expect(hook.received.map(asked)).toEqual(['POST /rest/api/2/search', 'PUT /rest/api/2/issue/OPS-7']);
    const { fields } = read(hook.received[1] as Received) as { fields: object };
    expect(fields).not.toHaveProperty('summary');
    expect(fields).not.toHaveProperty('description');
    expect(fields).toMatchObject({ labels: [`ALERT{${hash}}`], priority: { name: 'High' } });
  });

  it('resolves it by the transition of that name, and makes none for what is resolved already', async () => {
    const hook = await jira(
      [issue('new')],
      [
        { id: '1', name: 'Start' },
        { id: '2', name: 'Done' },
      ],
    );
    await sendOnce('jira', entry(hook.url, { resolve_transition: 'Done' }), { sent: sampleResolved });
    expect(hook.received.map(asked).slice(2)).toEqual([
      'GET /rest/api/2/issue/OPS-7/transitions',
      'POST /rest/api/2/issue/OPS-7/transitions',
    ]);
    expect(hook.received[2]?.headers['accept-language']).toBe('en');
    expect(read(hook.received[3] as Received)).toEqual({ transition: { id: '2' } });
    const none = await jira([]);
    await sendOnce('jira', entry(none.url), { sent: sampleResolved });
    expect(none.received).toHaveLength(1);
  });

  it('opens again what was resolved not long ago, unless it will not be fixed', async () => {
    const hook = await jira([issue('done')], [{ id: '3', name: 'Reopen' }]);
    await sendOnce(
      'jira',
      entry(hook.url, {
        reopen_transition: 'Reopen',
        reopen_duration: '2h',
        wont_fix_resolution: 'Won\'t "Do"',
      }),
    );
    expect(read(hook.received[0] as Received)['jql']).toBe(
      `(resolution is EMPTY or resolution != "Won't \\"Do\\"") and (resolutiondate is EMPTY OR resolutiondate >= -120m) and project="OPS" and labels="ALERT{${hash}}" order by status ASC,resolutiondate DESC`,
    );
    expect(read(hook.received[3] as Received)).toEqual({ transition: { id: '3' } });
  });

  it('says which transitions there are when the one that is asked for is not', async () => {
    const hook = await jira([issue('new')], [{ id: '1', name: 'Start' }]);
    await expect(
      sendOnce('jira', entry(hook.url, { resolve_transition: 'Done' }), { sent: sampleResolved }),
    ).rejects.toMatchObject({
      message: 'Jira has no transition "Done" for OPS-7; it has Start',
      retryable: false,
    });
  });

  it('searches Jira Cloud where it can be searched', async () => {
    const hook = await jira([]);
    await sendOnce('jira', entry(hook.url, { api_type: 'cloud' }));
    await sendOnce('jira', entry(hook.url, { api_type: 'datacenter', api_url: `${hook.url}/rest/api/3/` }));
    expect(hook.received.map(asked)).toEqual([
      'POST /rest/api/3/search/jql',
      'POST /rest/api/2/issue',
      'POST /rest/api/3/search',
      'POST /rest/api/3/issue',
    ]);
  });

  it('sends fields of one’s own as what their templates give', async () => {
    const hook = await jira([]);
    const fields = {
      customfield_1: { value: '{{ .CommonLabels.severity }}' },
      customfield_2: ['{{ .Alerts | len }}'],
    };
    await sendOnce('jira', entry(hook.url, { fields }));
    expect(read(hook.received[1] as Received)['fields']).toMatchObject({
      customfield_1: { value: 'critical' },
      customfield_2: [2],
    });
  });

  it('repeats what Jira says is wrong', async () => {
    const hook = await server(() =>
      ok({ errorMessages: ['no such project'], errors: { summary: 'too long' } }, 400),
    );
    await expect(sendOnce('jira', entry(hook.url))).rejects.toThrow(
      /^Jira answered 400: no such project; summary: too long$/,
    );
  });
});

describe('opsgenie', () => {
  const entry = (url: string, more: object = {}) => ({ api_url: url, api_key: 'k{{ .Status }}', ...more });

  it('makes an alert, updates its texts when told to, and closes it', async () => {
    const hook = await server(() => ok({}, 202));
    const send = sender('opsgenie', entry(hook.url, { update_alerts: true }));
    await send();
    await send({ sent: sampleResolved });
    expect(hook.received.map(asked)).toEqual([
      'POST /v2/alerts',
      `PUT /v2/alerts/${hash}/message?identifierType=alias`,
      `PUT /v2/alerts/${hash}/description?identifierType=alias`,
      `POST /v2/alerts/${hash}/close?identifierType=alias`,
    ]);
    const [made, message] = hook.received.map(read);
    expect(made).toMatchObject({ alias: hash, details: { alertname: 'Down', severity: 'critical' } });
    expect(message).toEqual({ message: made?.['message'] });
    expect(hook.received.map(({ headers }) => headers.authorization)).toEqual([
      ...Array(3).fill('GenieKey kfiring'),
      'GenieKey kresolved',
    ]);
  });

  it('names responders as they are, teams one by one, and none that a template left empty', async () => {
    const hook = await server(() => ok({}, 202));
    await sendOnce(
      'opsgenie',
      entry(hook.url, {
        tags: 'a,, b ',
        responders: [
          { name: 'one, two', type: 'teams' },
          { username: 'u', type: 'USER' },
          { name: '{{ .CommonLabels.nope }}', type: 'team' },
        ],
      }),
    );
    expect(read(hook.received[0] as Received)).toMatchObject({
      tags: ['a', 'b'],
      responders: [
        { name: 'one', type: 'team' },
        { name: 'two', type: 'team' },
        { username: 'u', type: 'user' },
      ],
    });
  });
});

describe('wechat', () => {
  const entry = (url: string) => ({ api_url: url, api_secret: 'hush-hush', corp_id: 'c', to_user: '@all' });

  it('asks for a token once, and again when it is said to have ended', async () => {
    let tokens = 0;
    let sent = 0;
    const hook = await server(({ path }) => {
      if (path.startsWith('/gettoken'))
        return ok({ errcode: 0, access_token: `tok${++tokens}`, expires_in: 7200 });
      return ++sent === 3 ? ok({ errcode: 42_001, errmsg: 'access_token expired' }) : ok({ errcode: 0 });
    });
    const send = sender('wechat', entry(hook.url));
    await send();
    await send();
    await expect(send()).rejects.toMatchObject({ retryable: true });
    await send();
    expect(tokens).toBe(2);
    expect(hook.received.map(({ path }) => path)).toEqual([
      '/gettoken?corpid=c&corpsecret=hush-hush',
      ...Array(3).fill('/message/send?access_token=tok1'),
      '/gettoken?corpid=c&corpsecret=hush-hush',
      '/message/send?access_token=tok2',
    ]);
  });

  it('gives up on what WeChat refuses, and shows neither secret nor token', async () => {
    const bad = await server(() => ok({ errcode: 40_001, errmsg: 'invalid hush-hush' }));
    await expect(sendOnce('wechat', entry(bad.url))).rejects.toMatchObject({
      message: 'WeChat gave no token: 40001 invalid <secret>',
      retryable: false,
    });
    const refused = await server(({ path }) =>
      path.startsWith('/gettoken')
        ? ok({ access_token: 'tokentoken' })
        : ok({ errcode: 81_013, errmsg: 'no user; tokentoken' }),
    );
    await expect(sendOnce('wechat', entry(refused.url))).rejects.toMatchObject({
      message: 'WeChat refused the message: 81013 no user; <secret>',
      retryable: false,
    });
  });
});

describe('telegram', () => {
  const entry = (url: string, more: object = {}) => ({
    api_url: url,
    bot_token: 'hush:hush',
    chat_id: -100,
    ...more,
  });
  const text = (request: Received | undefined) =>
    read(request as Received) as { text: string; parse_mode?: string };

  it('sends marked text as it is, plain text in its place where it is too long or cannot be read', async () => {
    const hook = await server((request) =>
      text(request).text.startsWith('<x')
        ? ok({ ok: false, description: "Bad Request: can't parse entities: unsupported start tag" }, 400)
        : ok({ ok: true }),
    );
    await sendOnce(
      'telegram',
      entry(hook.url, { message: '<b>{{ (index .Alerts 0).Annotations.summary }}</b>' }),
    );
    expect(hook.received[0]?.path).toBe('/bothush:hush/sendMessage');
    expect(text(hook.received[0])).toMatchObject({
      text: '<b>a is &lt;down&gt; &amp; out</b>',
      parse_mode: 'HTML',
    });
    await sendOnce('telegram', entry(hook.url, { message: `<b>${'x'.repeat(5000)}</b>` }));
    expect(text(hook.received[1])).not.toHaveProperty('parse_mode');
    expect(text(hook.received[1]).text).toContain('[FIRING:1] Down');
    await sendOnce('telegram', entry(hook.url, { message: '<x>bad' }));
    expect(hook.received).toHaveLength(4);
    expect(text(hook.received[3])).not.toHaveProperty('parse_mode');
    expect(text(hook.received[3]).text).toContain('instance: a');
  });

  it('waits as long as Telegram asks', async () => {
    const hook = await server(() =>
      ok({ ok: false, description: 'Too Many Requests', parameters: { retry_after: 7 } }, 429),
    );
    await expect(sendOnce('telegram', entry(hook.url))).rejects.toMatchObject({
      retryable: true,
      retryAfterMs: 7000,
    });
  });

  it('reads the chat from a file', async () => {
    const path = join(tmpdir(), `skopos-chat-${process.pid}`);
    writeFileSync(path, '-42\n');
    const hook = await server(() => ok({ ok: true }));
    await sendOnce('telegram', {
      api_url: hook.url,
      bot_token: 't',
      chat_id_file: path,
      message_thread_id: 3,
    });
    expect(read(hook.received[0] as Received)).toMatchObject({ chat_id: -42, message_thread_id: 3 });
    writeFileSync(path, 'nonsense');
    await expect(
      sendOnce('telegram', { api_url: hook.url, bot_token: 't', chat_id_file: path }),
    ).rejects.toThrow('does not hold the number of a chat');
  });
});

describe('sns', () => {
  const sigv4 = { region: 'eu-west-1', access_key: 'AKID', secret_key: 'hush-hush' };
  const form = (request: Received | undefined) => Object.fromEntries(new URLSearchParams(request?.body));

  it('signs what it publishes; a FIFO topic keeps a group in order and drops only what is sent twice', async () => {
    const hook = await server(() => ({ status: 200, body: '<R><MessageId>m-1</MessageId></R>' }));
    const send = sender('sns', { api_url: hook.url, topic_arn: 'arn:aws:sns:eu-west-1:1:a.fifo', sigv4 });
    const { receipt } = await send();
    await send();
    await send({ sent: sampleResolved });
    expect(receipt.note).toBe('published m-1');
    expect(hook.received[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/sns\/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=[0-9a-f]{64}$/,
    );
    const [one, again, over] = hook.received.map(form);
    expect(one?.['MessageGroupId']).toBe(hash);
    expect(again?.['MessageDeduplicationId']).toBe(one?.['MessageDeduplicationId']);
    expect(over?.['MessageDeduplicationId']).not.toBe(one?.['MessageDeduplicationId']);
  });

  it('cuts what is too long for a text message, and says so in an attribute', async () => {
    const hook = await server(() => ok({}));
    await sendOnce('sns', {
      api_url: hook.url,
      phone_number: '+49123',
      message: '😀'.repeat(2000),
      attributes: { a: 'b' },
      sigv4,
    });
    const sent = form(hook.received[0]);
    expect([...(sent['Message'] ?? '')]).toHaveLength(1600);
    expect(sent).toMatchObject({
      'MessageAttributes.entry.1.Name': 'a',
      'MessageAttributes.entry.2.Name': 'truncated',
      'MessageAttributes.entry.2.Value.StringValue': 'true',
    });
  });

  it('is tried again when AWS throttles, and shows no key', async () => {
    const error = (code: string) =>
      `<ErrorResponse><Error><Code>${code}</Code><Message>hush-hush</Message></Error></ErrorResponse>`;
    const hook = await server((_request, count) => ({
      status: 400,
      body: error(count === 1 ? 'Throttling' : 'InvalidParameter'),
    }));
    const send = sender('sns', { api_url: hook.url, target_arn: 'arn:x', sigv4 });
    await expect(send()).rejects.toMatchObject({
      message: 'SNS answered 400: Throttling: <secret>',
      retryable: true,
    });
    await expect(send()).rejects.toMatchObject({ retryable: false });
  });
});

describe('others', () => {
  it('msteams: a 200 that tells of a refusal behind the connector is none', async () => {
    const hook = await server((_request, count) => ({
      status: 200,
      body:
        count === 1
          ? 'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId x'
          : '1',
    }));
    await expect(sendOnce('msteams', { webhook_url: hook.url })).rejects.toMatchObject({
      status: 429,
      retryable: true,
    });
    await sendOnce('msteams', { webhook_url: hook.url });
  });

  it('rocketchat: {"success": false} is a refusal, and what is no JSON may pass', async () => {
    const hook = await server((_request, count) => ({
      status: 200,
      body: count === 1 ? '{"success":false,"error":"no room"}' : '<html>',
    }));
    const entry = { api_url: hook.url, token: 'tttt', token_id: 'iiii' };
    await expect(sendOnce('rocketchat', entry)).rejects.toMatchObject({
      message: 'Rocket.Chat refused the message: no room',
      retryable: false,
    });
    await expect(sendOnce('rocketchat', entry)).rejects.toMatchObject({ retryable: true });
    expect(hook.received[0]).toMatchObject({
      path: '/api/v1/chat.postMessage',
      headers: { 'x-auth-token': 'tttt', 'x-user-id': 'iiii' },
    });
  });

  it('pagerduty: version 1 is tried again on a 403 and not on a 429, and version 2 says what is wrong', async () => {
    const answers: Answer[] = [
      { status: 403 },
      { status: 429 },
      ok(
        { status: 'invalid event', message: 'Event object is invalid', errors: ['summary is missing'] },
        400,
      ),
    ];
    const hook = await server((_request, count) => answers[count - 1] ?? { status: 200 });
    const v1 = { url: `${hook.url}/create_event.json`, service_key: 'k' };
    await expect(sendOnce('pagerduty', v1)).rejects.toMatchObject({ status: 403, retryable: true });
    await expect(sendOnce('pagerduty', v1)).rejects.toMatchObject({ status: 429, retryable: false });
    await expect(sendOnce('pagerduty', { url: hook.url, routing_key: 'k' })).rejects.toThrow(
      'PagerDuty answered 400: Event object is invalid: summary is missing',
    );
  });

  it('pagerduty: details are what their templates give, beside the usual ones', async () => {
    const hook = await server(() => ok({}, 202));
    await sendOnce('pagerduty', {
      url: hook.url,
      routing_key: 'k',
      details: { num_firing: 'own', note: '{{ .CommonLabels | toJson }}' },
    });
    const { payload } = read(hook.received[0] as Received) as {
      payload: { custom_details: Record<string, unknown> };
    };
    expect(payload.custom_details).toMatchObject({
      num_firing: 'own',
      num_resolved: 1,
      note: { alertname: 'Down', severity: 'critical' },
    });
    expect(payload.custom_details['firing']).toMatchObject([{ status: 'firing', labels: { instance: 'a' } }]);
  });

  it('victorops: key and route are in the address, and what is resolved is a recovery', async () => {
    const hook = await server(() => ok({ result: 'success' }));
    const send = sender('victorops', {
      api_url: `${hook.url}/alert`,
      api_key: 'k/1',
      routing_key: '{{ .CommonLabels.severity }}',
    });
    await send();
    await send({ sent: sampleResolved });
    expect(hook.received.map(({ path }) => path)).toEqual(['/alert/k%2F1/critical', '/alert/k%2F1/critical']);
    expect(hook.received.map((request) => read(request)['message_type'])).toEqual(['CRITICAL', 'RECOVERY']);
  });

  it('incidentio: says how many alerts it left out', async () => {
    const hook = await server(() => ok({}, 202));
    await sendOnce('incidentio', { url: hook.url, alert_source_token: 'tok', max_alerts: 1 });
    expect(read(hook.received[0] as Received)).toMatchObject({
      truncatedAlerts: 1,
      alerts: [{ fingerprint: 'f1' }],
    });
    expect(hook.received[0]?.headers.authorization).toBe('Bearer tok');
  });
});
