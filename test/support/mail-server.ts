import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body as sent. */
  readonly source: string;
  readonly user: string;
  readonly secure: boolean;
  readonly hello: string;
}

export interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly received: readonly ReceivedMail[];
  /** How clients logged in. */
  readonly methods: readonly string[];
  /** Connections so far. */
  connections(): number;
  close(): void;
}

export interface MailServerOptions {
  /** Name and password that must be given; no login is offered without. */
  readonly login?: { readonly user: string; readonly password: string };
  /** Ways to log in; PLAIN and LOGIN when left out. */
  readonly methods?: readonly string[];
  readonly starttls?: boolean;
  /** TLS from the first byte. */
  readonly secure?: boolean;
  /** The code to refuse recipients with. */
  readonly refuseWith?: number;
}

/** A real SMTP server on loopback, with a self-signed certificate for `localhost`. */
export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  const methods: string[] = [];
  let connections = 0;
  const { login, starttls = false, secure = false, refuseWith } = options;
  const server = new SMTPServer({
    secure,
    authOptional: login === undefined,
    allowInsecureAuth: true,
    authMethods: [...(options.methods ?? ['PLAIN', 'LOGIN'])],
    disabledCommands: [...(login === undefined ? ['AUTH'] : []), ...(starttls ? [] : ['STARTTLS'])],
    onConnect(_session, done) {
      connections++;
      done();
    },
    onAuth(auth, _session, done) {
      const { method, username, password } = auth;
      methods.push(method);
      const isRight =
        method === 'CRAM-MD5' ? auth.validatePassword(login?.password ?? '') : password === login?.password;
      if (username === login?.user && isRight) done(null, { user: username });
      else done(Object.assign(new Error(`bad login ${password}`), { responseCode: 535 }));
    },
    onRcptTo(_address, _session, done) {
      done(
        refuseWith === undefined ? null : Object.assign(new Error('not here'), { responseCode: refuseWith }),
      );
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          source: Buffer.concat(chunks).toString('utf8'),
          user: String(session.user ?? ''),
          secure: session.secure,
          hello: session.hostNameAppearsAs,
        });
        done();
      });
    },
  });
  server.on('error', () => {});
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  return {
    host: '127.0.0.1',
    port: (listening.address() as AddressInfo).port,
    received,
    connections: () => connections,
    methods,
    close: () => void server.close(() => {}),
  };
}
