import { createHash } from 'node:crypto';
import { z } from 'zod';
import { tlsOptions } from '../../http/client.ts';
import { type TlsConfig, tlsConfigSchema } from '../../http/client-config.ts';
import { BadInputError } from '../../kit/app-error.ts';
import { flag, optionalFlag, optionalSecret, optionalText, text, textMap } from '../config/fields.ts';
import type { Globals } from '../config/global-schema.ts';
import { defineNotifier } from '../notifier.ts';
import { plainBody, plainTitle } from '../renderer.ts';
import { revealSecret, type SecretSource } from '../secret-source.ts';

const schema = z.strictObject({
  send_resolved: optionalFlag,
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
  html: optionalText,
  text: optionalText,
  threading: z.unknown().optional(),
});

type Entry = z.output<typeof schema>;

interface Settings {
  readonly to: string;
  readonly from: string;
  readonly host: string;
  readonly port: number;
  readonly hello: string;
  readonly user: string;
  readonly password: SecretSource;
  readonly secret: SecretSource;
  readonly requireTls: boolean;
  readonly implicitTls: boolean;
  readonly tls: TlsConfig | undefined;
  /** Names in lower case to templates. */
  readonly headers: Readonly<Record<string, string>>;
  readonly html: string;
  readonly text: string;
}

const maxSubjectChars = 500;

/** https://prometheus.io/docs/alerting/latest/configuration/#email_config */
export const email = defineNotifier<typeof schema, Settings>({
  name: 'email',
  sendResolved: false,
  schema,

  resolve(entry, globals) {
    if (entry.threading !== undefined && entry.threading !== null)
      throw new BadInputError('threading', 'threading is not supported yet; leave it out');
    if (entry.to.trim() === '') throw new BadInputError('to', 'missing to address');
    const from = entry.from || globals.smtp_from;
    if (!from) throw new BadInputError('', 'no sender: give from here or smtp_from under global');
    const { host, port } = smarthostOf(entry.smarthost || globals.smtp_smarthost);
    return {
      to: entry.to,
      from,
      host,
      port,
      hello: entry.hello || globals.smtp_hello || 'localhost',
      ...loginOf(entry, globals),
      requireTls: entry.require_tls ?? globals.smtp_require_tls ?? true,
      implicitTls: entry.force_implicit_tls ?? globals.smtp_force_implicit_tls ?? port === 465,
      tls: entry.tls_config ?? globals.smtp_tls_config ?? undefined,
      headers: headersOf(entry.headers),
      html: entry.html ?? '{{ template "email.default.html" . }}',
      text: entry.text ?? '',
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
    const { subject, from: fromHeader, to: toHeader, ...headers } = settings.headers;
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
        password: password || secret,
        method: password === '' && secret !== '' ? 'CRAM-MD5' : undefined,
      },
      {
        envelope: { from: addressesOf(from)[0] ?? from, to: addressesOf(to) },
        from: fromHeader === undefined ? from : render.text('from', fromHeader, from),
        to: toHeader === undefined ? to : render.text('to', toHeader, to),
        subject: oneLine(subjectText).slice(0, maxSubjectChars),
        headers: rendered,
        html,
        text: body,
        messageId: messageId(notification.id, from),
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

/** A password of the entry's own wins over the globals', file or not. */
function loginOf(entry: Entry, globals: Globals): Pick<Settings, 'user' | 'password' | 'secret'> {
  for (const key of ['auth_password', 'auth_secret'] as const) {
    if (entry[key] && entry[`${key}_file`])
      throw new BadInputError(`${key}_file`, `at most one of ${key} & ${key}_file may be set`);
  }
  const pick = (key: 'auth_password' | 'auth_secret'): SecretSource => {
    if (entry[key] || entry[`${key}_file`])
      return { value: entry[key], file: entry[`${key}_file`] || undefined };
    return { value: globals[`smtp_${key}`], file: globals[`smtp_${key}_file`] || undefined };
  };
  return {
    user: entry.auth_username ?? globals.smtp_auth_username ?? '',
    password: pick('auth_password'),
    secret: pick('auth_secret'),
  };
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

/** A header cannot be made to end and another begin. */
function oneLine(value: string): string {
  return value.replace(/[\r\n]+/g, ' ').trim();
}

/** The same for the same notification, so that a mail sent twice shows once. */
function messageId(id: string, from: string): string {
  const domain = /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? 'localhost';
  return `<${createHash('sha256').update(id).digest('hex').slice(0, 32)}@${domain}>`;
}
