import { expect, it, onTestFinished } from 'vitest';
import { sampleNotification, sampleResolved, sender, sendOnce } from '../../../test/support/notify.ts';
import { type Answer, startWebhookServer } from '../../../test/support/webhook-server.ts';
import { passingMemory } from '../receiver-memory.ts';

const hush = 'hush-hush-token';

async function server(answer: Parameters<typeof startWebhookServer>[0] = { status: 200, body: 'ok' }) {
  const started = await startWebhookServer(answer);
  onTestFinished(() => started.close());
  return started;
}

it('a template that fails costs its field alone, and the message says so', async () => {
  const slack = await server();
  await sendOnce('slack', { api_url: slack.url, title: '{{ .Nope }}', text: '{{ .Nope }}', channel: '#ops' });
  const [message] = slack.json() as [{ channel: string; attachments: [{ title: string; text: string }] }];
  expect(message.channel).toBe('#ops');
  expect(message.attachments[0].title).toBe('[FIRING:1] Down');
  expect(message.attachments[0].text).toContain('instance: a');
  expect(message.attachments[0].text).toContain('summary: a is <down> & out');
  expect(message.attachments[0].text).toMatch(/template failed, .*title: .*Nope.*; text: .*Nope.*\]$/s);
});

it('sends every field, and truncates the title', async () => {
  const slack = await server();
  await sendOnce('slack', {
    api_url: slack.url,
    channel: '#ops',
    username: 'skopos',
    icon_url: 'http://icon',
    icon_emoji: ':fire:',
    link_names: true,
    message_text: 'hello',
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
      { title: 'one', value: '{{ .Status }}' },
      { title: 'two', value: '2', short: false },
    ],
    actions: [
      {
        type: 'button',
        text: 'Go',
        url: 'http://go',
        style: 'primary',
        name: 'dropped',
        confirm: { text: 'x' },
      },
      { type: 'button', text: 'Ack', name: 'ack', value: 'v', confirm: { text: 'Sure?', ok_text: 'yes' } },
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
      text: 'hello',
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
            { title: 'one', value: 'firing', short: true },
            { title: 'two', value: '2', short: false },
          ],
          actions: [
            { type: 'button', text: 'Go', url: 'http://go', style: 'primary' },
            {
              type: 'button',
              text: 'Ack',
              name: 'ack',
              value: 'v',
              confirm: { text: 'Sure?', ok_text: 'yes' },
            },
          ],
          mrkdwn_in: ['text'],
        },
      ],
    },
  ]);
});

it('sends a bot token as a header, and takes {"ok": false} as a refusal', async () => {
  const slack = await server((_request, count) => ({
    status: 200,
    body: ['{"ok":true}', '{"ok":false,"error":"channel_not_found"}', '{"ok":false,"error":"ratelimited"}'][
      count - 1
    ] as string,
  }));
  const entry = { app_token: hush, app_url: slack.url, channel: '#ops' };
  await sendOnce('slack', entry);
  expect(slack.received[0]?.headers.authorization).toBe(`Bearer ${hush}`);
  await expect(sendOnce('slack', entry)).rejects.toMatchObject({
    message: 'Slack refused the message: channel_not_found',
    retryable: false,
  });
  await expect(sendOnce('slack', entry)).rejects.toMatchObject({ retryable: true });
});

it('takes another text than ok for a refusal, for good', async () => {
  const slack = await server({ status: 200, body: '<html>please log in</html>' });
  await expect(sendOnce('slack', { api_url: slack.url })).rejects.toMatchObject({
    message: 'Slack refused the message: <html>please log in</html>',
    retryable: false,
  });
});

const accepted: Answer = { status: 200, body: '{"ok":true,"ts":"17.1","channel":"C1"}' };

it('update_message changes the message that the group has, and begins another when the group begins anew', async () => {
  const slack = await server(accepted);
  const memory = passingMemory();
  const send = sender('slack', {
    app_token: hush,
    app_url: `${slack.url}/api/chat.postMessage`,
    channel: '#ops',
    update_message: true,
  });
  await send({ memory });
  await send({ memory, sent: { ...sampleNotification, reason: 'new alerts added' } });
  await send({ memory, sent: sampleResolved });
  await send({ memory });
  expect(slack.received.map(({ path }) => path)).toEqual([
    '/api/chat.postMessage',
    '/api/chat.update',
    '/api/chat.update',
    '/api/chat.postMessage',
  ]);
  expect(slack.json()[1]).toMatchObject({ channel: 'C1', ts: '17.1' });
  expect(slack.json()[3]).toMatchObject({ channel: '#ops' });
});

it('posts a new message where the old one can no longer be changed', async () => {
  const slack = await server(({ path }) =>
    path.endsWith('update') ? { status: 200, body: '{"ok":false,"error":"message_not_found"}' } : accepted,
  );
  const memory = passingMemory();
  memory.set('ts', '1');
  memory.set('channel', 'C0');
  const sent = { ...sampleNotification, reason: 'new alerts added' as const };
  await sendOnce(
    'slack',
    {
      api_url: `${slack.url}/chat.postMessage`,
      http_config: { authorization: { credentials: hush } },
      update_message: true,
    },
    { memory, sent },
  );
  expect(slack.received.map(({ path }) => path)).toEqual(['/chat.update', '/chat.postMessage']);
  expect(memory.get('ts')).toBe('17.1');
});

it('uses the token of the globals only where the entry has no address and no authorization of its own', async () => {
  const slack = await server({ status: 200, body: '{"ok":true}' });
  const globals = { slack_app_token: hush, slack_app_url: slack.url };
  await sendOnce('slack', {}, { globals });
  await sendOnce('slack', { api_url: slack.url }, { globals });
  await sendOnce('slack', { http_config: { authorization: { credentials: 'own-token' } } }, { globals });
  expect(slack.received.map(({ headers }) => headers.authorization)).toEqual([
    `Bearer ${hush}`,
    undefined,
    'Bearer own-token',
  ]);
});
