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
  readonly user: string;
  readonly password: string;
  /** `CRAM-MD5` when only a shared secret is known; otherwise what the server offers. */
  readonly method: 'CRAM-MD5' | undefined;
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
      const said = scrub(messageOf(error), [server.password]).slice(0, 300);
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
      ...(server.user === '' ? {} : { auth: { user: server.user, pass: server.password } }),
      ...(server.method === undefined ? {} : { authMethod: server.method }),
    } as SMTPPool.Options);
    // A pool reports idle connections that fail as an event; the next mail opens another.
    pool.on('error', () => {});
    this.#pools.set(key, pool);
    return pool;
  }
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
