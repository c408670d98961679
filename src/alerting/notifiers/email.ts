import { createHash } from 'node:crypto';
import { z } from 'zod';
import { tlsOptions } from '../../http/client.ts';
import { type TlsConfig, tlsConfigSchema } from '../../http/client-config.ts';
import { BadInputError } from '../../kit/app-error.ts';
import {
  flag,
  optionalFlag,
  optionalSecret,
  optionalText,
  templated,
  text,
  textMap,
} from '../config/fields.ts';
import { common, inheritSource, sourceOf } from '../config/receiver-fields.ts';
import type { Notification } from '../notification.ts';
import { defineNotifier, NotifyError } from '../notifier.ts';
import { plainBody, plainTitle } from '../renderer.ts';
import { revealSecret, type SecretSource } from '../secret-source.ts';
import { groupHash } from '../wire/group-hash.ts';
import { truncate } from '../wire/truncate.ts';

const threadingSchema = z.strictObject({
  enabled: optionalFlag,
  thread_by_date: optionalText,
});

const schema = z.strictObject({
  ...common,
  to: text,
  from: optionalText,
  hello: optionalText,
  smarthost: optionalText,
  auth_username: optionalText,
  auth_password: optionalSecret,
  auth_password_file: optionalText,
  auth_secret: optionalSecret,
  auth_secret_file: optionalText,
  auth_identity: optionalText,
  require_tls: optionalFlag,
  force_implicit_tls: flag.nullish(),
  tls_config: tlsConfigSchema.nullish(),
  headers: textMap,
  html: templated('{{ template "email.default.html" . }}'),
  text: templated(),
  threading: threadingSchema.nullish(),
});

type Entry = z.output<typeof schema>;

interface Settings {
  readonly to: string;
  readonly from: string;
  readonly host: string;
  readonly port: number;
  readonly hello: string;
  readonly user: string;
  readonly identity: string;
  readonly password: SecretSource;
  readonly secret: SecretSource;
  readonly requireTls: boolean;
  readonly implicitTls: boolean;
  readonly tls: TlsConfig | undefined;
  /** Names in lower case to templates. */
  readonly headers: Readonly<Record<string, string>>;
  readonly html: string;
  readonly text: string;
  readonly threading: 'none' | 'daily' | undefined;
}

const maxSubjectChars = 500;

/** https://prometheus.io/docs/alerting/latest/configuration/#email_config */
export const email = defineNotifier<typeof schema, Settings>({
  name: 'email',
  sendResolved: false,
  schema,

  inherit: (entry, globals) => ({
    ...entry,
    from: entry.from || globals.smtp_from,
    hello: entry.hello || globals.smtp_hello,
    smarthost: entry.smarthost || globals.smtp_smarthost,
    auth_username: entry.auth_username || globals.smtp_auth_username,
    auth_identity: entry.auth_identity || globals.smtp_auth_identity,
    ...inheritSource(entry, 'auth_password', globals, { globalKey: 'smtp_auth_password' }),
    ...inheritSource(entry, 'auth_secret', globals, { globalKey: 'smtp_auth_secret' }),
    require_tls: entry.require_tls ?? globals.smtp_require_tls,
    force_implicit_tls: entry.force_implicit_tls ?? globals.smtp_force_implicit_tls,
    tls_config: entry.tls_config ?? globals.smtp_tls_config,
  }),

  resolve(entry) {
    if (entry.to.trim() === '') throw new BadInputError('to', 'missing to address');
    if (!entry.from) throw new BadInputError('', 'no sender: give from here or smtp_from under global');
    const { host, port } = smarthostOf(entry.smarthost);
    const headers = headersOf(entry.headers);
    return {
      to: entry.to,
      from: entry.from,
      host,
      port,
      hello: entry.hello || 'localhost',
      user: entry.auth_username ?? '',
      identity: entry.auth_identity ?? '',
      password: sourceOf(entry, 'auth_password'),
      secret: sourceOf(entry, 'auth_secret'),
      requireTls: entry.require_tls ?? true,
      implicitTls: entry.force_implicit_tls ?? port === 465,
      tls: entry.tls_config ?? undefined,
      headers,
      html: entry.html,
      text: entry.text,
      threading: threadingOf(entry, headers),
    };
  },

  templates: ({ to, from, headers, html, text: plain }) =>
    [
      { path: 'to', template: to },
      { path: 'from', template: from },
      ...Object.entries(headers).map(([name, template]) => ({ path: `headers.${name}`, template })),
      { path: 'html', template: html, html: true },
      { path: 'text', template: plain },
    ].filter(({ template }) => template.includes('{{')),

  async send(notification, settings, { mailer, render }, signal) {
    const { subject, from: fromHeader, to: toHeader, 'message-id': ownId, ...headers } = settings.headers;
    const to = render.text('to', settings.to);
    const from = render.text('from', settings.from);
    const title = plainTitle(notification);
    const html = settings.html === '' ? '' : render.html('html', settings.html);
    const plain = render.text('text', settings.text);
    const rendered = Object.fromEntries(
      Object.entries(headers).map(([name, template]) => [
        name,
        oneLine(render.text(`headers.${name}`, template)),
      ]),
    );
    const subjectText = render.text('subject', subject ?? '', title);
    const notice = render.notice();
    // Where the body's template failed, or something else did, the alerts go out in plain text beside what is left.
    const body = notice === '' ? plain : `${plain === '' ? plainBody(notification) : plain}${notice}`;
    const [user, password, secret] = [
      settings.user,
      await revealSecret(settings.password, 'auth_password_file'),
      await revealSecret(settings.secret, 'auth_secret_file'),
    ];
    const response = await mailer.send(
      {
        host: settings.host,
        port: settings.port,
        hello: settings.hello,
        requireTls: settings.requireTls,
        implicitTls: settings.implicitTls,
        tls: await tlsOptions(settings.tls),
        user,
        password,
        secret,
        identity: settings.identity,
      },
      {
        envelope: envelopeOf(from, to),
        from: fromHeader === undefined ? from : render.text('from', fromHeader, from),
        to: toHeader === undefined ? to : render.text('to', toHeader, to),
        subject: truncate(oneLine(subjectText), maxSubjectChars),
        headers: rendered,
        html,
        text: body,
        messageId:
          ownId === undefined ? messageId(notification.id, from) : oneLine(render.text('message-id', ownId)),
        thread: threadOf(settings.threading, notification),
      },
      signal,
    );
    return { note: `mail accepted: ${response.slice(0, 100)}` };
  },
});

function smarthostOf(smarthost: string | null | undefined): { host: string; port: number } {
  if (!smarthost)
    throw new BadInputError('', 'no mail server: give smarthost here or smtp_smarthost under global');
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5}|smtps?|submissions?)$/.exec(smarthost);
  if (match === null)
    throw new BadInputError(
      'smarthost',
      `expected host:port such as smtp.example.org:587, got "${smarthost}"`,
    );
  const named: Readonly<Record<string, number>> = { smtp: 25, smtps: 465, submission: 587, submissions: 465 };
  const port = named[match[3] ?? ''] ?? Number(match[3]);
  return { host: match[1] ?? (match[2] || 'localhost'), port };
}

function threadingOf({ threading }: Entry, headers: Readonly<Record<string, string>>): Settings['threading'] {
  if (!threading?.enabled) return undefined;
  for (const header of ['references', 'in-reply-to']) {
    if (header in headers)
      throw new BadInputError(
        'headers',
        `threading sets the header ${header} itself: take it out of headers`,
      );
  }
  const by = threading.thread_by_date;
  if (by === 'none' || by === 'daily') return by;
  throw new BadInputError('threading.thread_by_date', "expected 'none' or 'daily'");
}

function headersOf(given: Readonly<Record<string, string>>): Record<string, string> {
  const headers: Record<string, string> = { subject: '{{ template "email.default.subject" . }}' };
  const seen = new Set<string>();
  for (const [name, template] of Object.entries(given)) {
    const lower = name.toLowerCase();
    if (seen.has(lower)) throw new BadInputError('headers', `duplicate header "${name}"`);
    seen.add(lower);
    headers[lower] = template;
  }
  return headers;
}

/** Bare addresses of a list such as `Ops <ops@example.org>, b@example.org`. */
function addressesOf(addresses: string): string[] {
  return addresses
    .split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .map((address) => (/<([^<>]+)>\s*$/.exec(address)?.[1] ?? address).trim())
    .filter((address) => address !== '');
}

/** @throws {NotifyError} when there is not one sender and at least one recipient. */
function envelopeOf(from: string, to: string): { readonly from: string; readonly to: readonly string[] } {
  const [senders, recipients] = [addressesOf(from), addressesOf(to)];
  const [sender] = senders;
  if (sender === undefined || senders.length > 1)
    throw new NotifyError(`there must be exactly one sender, got ${senders.length}`, { retryable: false });
  if (recipients.length === 0) throw new NotifyError('the to template gave no address', { retryable: false });
  return { from: sender, to: recipients };
}

/** A header cannot be made to end and another begin. */
function oneLine(value: string): string {
  return value.replace(/[\r\n]+/g, ' ').trim();
}

/**
 * The id of a mail that is never sent, which all mails of a group, or of a group and a day, answer: mail readers then show them
 * together. Alertmanager's is the same.
 */
function threadOf(threading: Settings['threading'], { groupKey, atMs }: Notification): string | undefined {
  if (threading === undefined) return undefined;
  const day = threading === 'daily' ? new Date(atMs).toISOString().slice(0, 10) : '';
  return `<alert-${groupHash(groupKey).slice(0, 16)}-${day}@alertmanager>`;
}

/** The same for the same notification, so that a mail sent twice shows once. */
function messageId(id: string, from: string): string {
  const domain = /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? 'localhost';
  return `<${createHash('sha256').update(id).digest('hex').slice(0, 32)}@${domain}>`;
}
