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
import { groupHash } from '../wire/group-hash.ts';
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

it.each([
  [['LOGIN'], { auth_password: 'hush-hush' }, 'LOGIN'],
  [['PLAIN', 'LOGIN'], { auth_password: 'hush-hush', auth_identity: 'other' }, 'PLAIN'],
  [['CRAM-MD5'], { auth_secret: 'hush-hush' }, 'CRAM-MD5'],
  [['PLAIN', 'CRAM-MD5'], { auth_secret: 'hush-hush', auth_password: 'x' }, 'CRAM-MD5'],
  [['PLAIN', 'CRAM-MD5'], { auth_password: 'hush-hush' }, 'PLAIN'],
])('logs in to a server that offers %j', async (methods, login, expected) => {
  const server = await mailServer({ methods, login: { user: 'me', password: 'hush-hush' } });
  await sender()({ smarthost: server.smarthost, require_tls: false, auth_username: 'me', ...login });
  expect(server.methods).toEqual([expected]);
  expect(server.received[0]?.user).toBe('me');
});

it('says what it would need to log in', async () => {
  const server = await mailServer({ methods: ['CRAM-MD5'], login: { user: 'me', password: 'p' } });
  const entry = {
    smarthost: server.smarthost,
    require_tls: false,
    auth_username: 'me',
    auth_password: 'hush-hush',
  };
  const failure = await sender()(entry).catch((error: unknown) => error);
  expect(messageOf(failure)).toContain(
    'the server offers CRAM-MD5; PLAIN and LOGIN need auth_password, CRAM-MD5 needs auth_secret',
  );
  expect(messageOf(failure)).not.toContain('hush-hush');
});

it('threads the mails of a group, by the day or for ever, and no others', async () => {
  const server = await mailServer();
  const send = sender();
  const entry = { smarthost: server.smarthost, require_tls: false };
  await send({ ...entry, threading: { enabled: true, thread_by_date: 'daily' } });
  await send({ ...entry, threading: { enabled: true, thread_by_date: 'none' } });
  await send({ ...entry, threading: { enabled: false } });
  const mails = await Promise.all(server.received.map(({ source }) => PostalMime.parse(source)));
  const group = groupHash(notification.groupKey).slice(0, 16);
  expect(mails.map(({ inReplyTo, references }) => [inReplyTo, references])).toEqual([
    [`<alert-${group}-1970-01-01@alertmanager>`, `<alert-${group}-1970-01-01@alertmanager>`],
    [`<alert-${group}-@alertmanager>`, `<alert-${group}-@alertmanager>`],
    [undefined, undefined],
  ]);
});

it('sends text and HTML as two forms of one mail, and the alerts in plain text where the HTML fails', async () => {
  const server = await mailServer();
  const send = sender();
  const entry = { smarthost: server.smarthost, require_tls: false };
  await send({ ...entry, text: 'T {{ .Status }}', html: '<p>H {{ .Status }}</p>' });
  await send({ ...entry, html: '<p>{{ .Nope }}</p>' });
  const [both, plain] = await Promise.all(server.received.map(({ source }) => PostalMime.parse(source)));
  expect(server.received[0]?.source).toContain('multipart/alternative');
  expect(both?.text?.trim()).toBe('T firing');
  expect(both?.html?.trim()).toBe('<p>H firing</p>');
  expect(plain?.html).toBeUndefined();
  expect(plain?.text).toContain('summary: it is down');
  expect(plain?.text).toMatch(/template failed, .*html: /);
});

it('uses a Message-Id of one\u2019s own', async () => {
  const server = await mailServer();
  await sender()({
    smarthost: server.smarthost,
    require_tls: false,
    headers: { 'Message-Id': '<own-{{ .Status }}@x>', 'Reply-To': 'r@example.org' },
  });
  const mail = await PostalMime.parse(server.received[0]?.source ?? '');
  expect(mail.messageId).toBe('<own-firing@x>');
  expect(mail.replyTo?.[0]?.address).toBe('r@example.org');
});

it.each([
  [{ from: 'a@x, b@x' }, 'there must be exactly one sender, got 2'],
  [{ to: '{{ .CommonLabels.nope }}' }, 'the to template gave no address'],
])('refuses %j for good', async (entry, problem) => {
  const server = await mailServer();
  await expect(sender()({ smarthost: server.smarthost, require_tls: false, ...entry })).rejects.toMatchObject(
    {
      message: problem,
      retryable: false,
    },
  );
});

it.each([
  [{ threading: { enabled: true } }, "expected 'none' or 'daily'"],
  [
    { threading: { enabled: true, thread_by_date: 'none' }, headers: { References: 'x' } },
    'threading sets the header references',
  ],
  [{ headers: { 'X-A': '1', 'x-a': '2' } }, 'duplicate header "x-a"'],
  [{ smarthost: 'nowhere' }, 'expected host:port'],
  [{ auth_password: 'p', auth_password_file: 'f' }, 'at most one of auth_password & auth_password_file'],
])('does not take %j', (entry, problem) => {
  const read = email.schema.parse({ to: 'a@x', from: 'b@x', smarthost: 'h:25', ...entry });
  expect(() => email.resolve(read, {} as Globals)).toThrow(problem);
});
