import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { expect, it, onTestFinished } from 'vitest';
import { type MailServerOptions, startMailServer } from '../../../test/support/mail-server.ts';
import { messageOf } from '../../kit/app-error.ts';
import { systemClock } from '../../kit/clock.ts';
import { type Globals, globalSchema } from '../config/global-schema.ts';
import { ConfiguredTemplates } from '../configured-templates.ts';
import type { InboxStore } from '../inbox-store.ts';
import type { Notification } from '../notification.ts';
import { passingMemory } from '../receiver-memory.ts';
import { Renderer } from '../renderer.ts';
import { Resources } from '../resources.ts';
import { email } from './email.ts';

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
      labels: { alertname: 'Down', instance: '<b>a</b>' },
      annotations: { summary: 'it is down' },
      startsAtMs: 0,
      endsAtMs: 0,
      generatorURL: 'http://localhost/graph',
    },
  ],
  groupLabels: { alertname: 'Down' },
  commonLabels: { alertname: 'Down', instance: '<b>a</b>' },
  commonAnnotations: { summary: 'it is down' },
  routeLabels: {},
  externalURL: 'http://localhost:9600',
  atMs: 0,
  drill: false,
};

const insecure = { insecure_skip_verify: true };

async function mailServer(options: MailServerOptions = {}) {
  const server = await startMailServer(options);
  onTestFinished(() => server.close());
  return { ...server, smarthost: `${server.host}:${server.port}` };
}

function sender() {
  const resources = new Resources();
  onTestFinished(() => resources.close());
  const templates = new ConfiguredTemplates([], 'http://localhost:9600', systemClock);
  return (entry: Record<string, unknown>, globals: Record<string, unknown> = {}) => {
    const settings = email.resolve(
      email.schema.parse({ to: 'ops@example.org', from: 'skopos@example.org', ...entry }),
      globalSchema.parse(globals) as Globals,
    );
    return email.send(
      notification,
      settings,
      {
        http: (config) => resources.http(config),
        mailer: resources.mailer,
        inbox: undefined as unknown as InboxStore,
        render: new Renderer(templates.engineFor(notification)),
        memory: passingMemory(),
      },
      AbortSignal.timeout(10_000),
    );
  };
}

it('sends the default subject and page, escaped, with the same message id each time', async () => {
  const server = await mailServer();
  const send = sender();
  await send({ smarthost: server.smarthost, require_tls: false });
  await send({ smarthost: server.smarthost, require_tls: false });
  expect(server.received).toHaveLength(2);
  expect(server.connections()).toBe(1);
  const [mail] = server.received;
  expect(mail).toMatchObject({
    from: 'skopos@example.org',
    to: ['ops@example.org'],
    user: '',
    secure: false,
  });
  expect(mail?.hello).toBe('localhost');
  const [one, two] = await Promise.all(server.received.map(({ source }) => PostalMime.parse(source)));
  expect(one?.subject).toContain('[FIRING:1] Down');
  expect(one?.html).toContain('&lt;b&gt;a&lt;/b&gt;');
  expect(one?.html).not.toContain('<b>a</b>');
  expect(one?.messageId).toMatch(/^<[0-9a-f]{32}@example\.org>$/);
  expect(two?.messageId).toBe(one?.messageId);
});

it('renders headers and text, to every address, and no header can begin another', async () => {
  const server = await mailServer();
  await sender()({
    smarthost: server.smarthost,
    require_tls: false,
    to: 'Ops <a@example.org>, b@example.org',
    hello: 'skopos.example.org',
    html: '',
    text: '{{ .CommonAnnotations.summary }}',
    headers: { Subject: 'S {{ .Status }}\r\nBcc: x@example.org', 'X-Team': '{{ .GroupLabels.alertname }}' },
  });
  const [mail] = server.received;
  expect(mail?.to).toEqual(['a@example.org', 'b@example.org']);
  expect(mail?.hello).toBe('skopos.example.org');
  const read = await PostalMime.parse(mail?.source ?? '');
  expect(read.subject).toBe('S firing Bcc: x@example.org');
  expect(read.bcc).toBeUndefined();
  expect(read.text?.trim()).toBe('it is down');
  expect(read.headers.find(({ key }) => key === 'x-team')?.value).toBe('Down');
});

it('logs in over STARTTLS, with a password from the globals, a file, or its own', async () => {
  const server = await mailServer({ starttls: true, login: { user: 'me', password: 'hush-hush' } });
  const file = join(tmpdir(), `skopos-password-${process.pid}`);
  writeFileSync(file, 'hush-hush\n');
  const globals = { smtp_smarthost: server.smarthost, smtp_auth_username: 'me', smtp_tls_config: insecure };
  const send = sender();
  await send({}, { ...globals, smtp_auth_password: 'hush-hush' });
  await send({ auth_password_file: file }, { ...globals, smtp_auth_password: 'wrong' });
  expect(server.received).toMatchObject([
    { user: 'me', secure: true },
    { user: 'me', secure: true },
  ]);
});

it('speaks TLS from the start where told to', async () => {
  const server = await mailServer({ secure: true });
  await sender()({ smarthost: server.smarthost, force_implicit_tls: true, tls_config: insecure });
  expect(server.received).toMatchObject([{ secure: true }]);
});

it.each([
  ['a server without STARTTLS when TLS is required', {}, { require_tls: true }, false, /STARTTLS/],
  ['a certificate that nobody vouches for', { starttls: true }, {}, true, /certificate/],
  ['a recipient it does not know', { refuseWith: 550 }, { require_tls: false }, false, /not here/],
  ['a server that is busy', { refuseWith: 451 }, { require_tls: false }, true, /not here/],
  [
    'a wrong password',
    { login: { user: 'me', password: 'x' } },
    { require_tls: false, auth_username: 'me', auth_password: 'hush-hush' },
    false,
    /bad login <secret>/,
  ],
] as const)(
  'says why it fails and whether to retry: %s',
  async (_what, options, entry, retryable, message) => {
    const server = await mailServer(options);
    const failure = await sender()({ smarthost: server.smarthost, ...entry }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'NOTIFY_FAILED', retryable });
    expect(messageOf(failure)).toMatch(message);
    expect(messageOf(failure)).not.toContain('hush');
    expect(server.received).toHaveLength(0);
  },
);

it('sends the alerts in plain text when a template fails, and says so', async () => {
  const server = await mailServer();
  await sender()({ smarthost: server.smarthost, require_tls: false, html: '{{ template "none" . }}' });
  const read = await PostalMime.parse(server.received[0]?.source ?? '');
  expect(read.text).toContain('summary: it is down');
  expect(read.text).toContain('The notification template failed');
});
