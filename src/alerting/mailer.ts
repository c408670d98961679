import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';
import { createTransport, type Transporter } from 'nodemailer';
import type SMTPPool from 'nodemailer/lib/smtp-pool/index.js';
import type { TlsOptions } from '../http/client.ts';
import { messageOf } from '../kit/app-error.ts';
import { NotifyError, scrub } from './notifier.ts';

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte, as on port 465. */
  readonly implicitTls: boolean;
  /** Otherwise: STARTTLS, refused when the server has none; or plain text. */
  readonly requireTls: boolean;
  readonly hello: string;
  readonly tls: TlsOptions;
  /** '' for no login. */
  readonly user: string;
  /** For the methods PLAIN and LOGIN. */
  readonly password: string;
  /** For CRAM-MD5. */
  readonly secret: string;
  /** Who to act as, with PLAIN. */
  readonly identity: string;
}

export interface Mail {
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly html: string;
  readonly text: string;
  readonly messageId: string;
  /** The id that `References` and `In-Reply-To` name. */
  readonly thread: string | undefined;
}

/** Sends mail over connections that are kept and shared by receivers with the same server and login. */
export class Mailer {
  readonly #pools = new Map<string, Transporter<SMTPPool.SentMessageInfo, SMTPPool.Options>>();

  /**
   * Returns what the server said.
   *
   * @throws {NotifyError} retryable unless the server refused for good (5xx).
   */
  async send(server: SmtpServer, mail: Mail, signal: AbortSignal): Promise<string> {
    const pool = this.#poolFor(server);
    try {
      const sent = await orAbort(
        pool.sendMail({
          envelope: { from: mail.envelope.from, to: [...mail.envelope.to] },
          from: mail.from,
          to: mail.to,
          subject: mail.subject,
          messageId: mail.messageId,
          ...(mail.thread === undefined ? {} : { inReplyTo: mail.thread, references: mail.thread }),
          headers: { ...mail.headers },
          ...(mail.html === '' ? {} : { html: mail.html }),
          ...(mail.text === '' && mail.html !== '' ? {} : { text: mail.text }),
        }),
        signal,
      );
      return sent.response;
    } catch (error) {
      if (error instanceof NotifyError) throw error;
      const code = (error as { responseCode?: number }).responseCode;
      const said = scrub(messageOf(error), [server.password, server.secret]).slice(0, 300);
      throw new NotifyError(`SMTP server ${server.host}:${server.port}: ${said}`, {
        retryable: code === undefined || code < 500,
        ...(code === undefined ? {} : { status: code }),
      });
    }
  }

  close(): void {
    for (const pool of this.#pools.values()) pool.close();
    this.#pools.clear();
  }

  #poolFor(server: SmtpServer): Transporter<SMTPPool.SentMessageInfo, SMTPPool.Options> {
    const key = JSON.stringify(server);
    const known = this.#pools.get(key);
    if (known !== undefined) return known;
    if (this.#pools.size >= maxPools) this.close();
    const pool = createTransport({
      pool: true,
      maxConnections: 2,
      host: server.host,
      port: server.port,
      name: server.hello,
      secure: server.implicitTls,
      requireTLS: server.requireTls && !server.implicitTls,
      ignoreTLS: !server.requireTls && !server.implicitTls,
      // TLS knows server names, not addresses.
      tls: { ...(isIP(server.host) === 0 ? { servername: server.host } : {}), ...server.tls },
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 30_000,
      disableFileAccess: true,
      disableUrlAccess: true,
      ...(server.user === ''
        ? {}
        : {
            auth: { user: server.user, pass: server.password || server.secret },
            authMethod: ownMethod,
            customAuth: { [ownMethod]: (login: Login) => logIn(server, login) },
          }),
    } as SMTPPool.Options);
    // A pool reports idle connections that fail as an event; the next mail opens another.
    pool.on('error', () => {});
    this.#pools.set(key, pool);
    return pool;
  }
}

/** The name under which nodemailer calls {@link logIn}; no server has it. */
const ownMethod = 'SKOPOS-CHOOSES';

interface Login {
  readonly authMethods: readonly string[];
  sendCommand(command: string): Promise<{ readonly status: number; readonly text: string }>;
}

/** Logs in by a method that the server has and we have what it takes for: CRAM-MD5, PLAIN, LOGIN. */
async function logIn(
  { user, password, secret, identity }: SmtpServer,
  { authMethods, sendCommand }: Login,
): Promise<void> {
  const say = async (command: string, expected: number): Promise<string> => {
    const { status, text } = await sendCommand(command);
    if (status !== expected)
      throw Object.assign(new Error(`login refused: ${text}`), { responseCode: status });
    return text;
  };
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  if (authMethods.includes('CRAM-MD5') && secret !== '') {
    const challenge = Buffer.from(await say('AUTH CRAM-MD5', 334), 'base64');
    const digest = createHmac('md5', secret).update(challenge).digest('hex');
    await say(base64(`${user} ${digest}`), 235);
  } else if (authMethods.includes('PLAIN') && password !== '') {
    await say(`AUTH PLAIN ${base64(`${identity}\0${user}\0${password}`)}`, 235);
  } else if (authMethods.includes('LOGIN') && password !== '') {
    await say('AUTH LOGIN', 334);
    await say(base64(user), 334);
    await say(base64(password), 235);
  } else
    throw new Error(
      `no way to log in: the server offers ${authMethods.join(', ') || 'none'}; PLAIN and LOGIN need auth_password, CRAM-MD5 needs auth_secret`,
    );
}

/** Renewed passwords and certificates make new pools; more than this and all are made anew. */
const maxPools = 50;

function orAbort<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new NotifyError('no reply before the time-out', { retryable: true }));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
