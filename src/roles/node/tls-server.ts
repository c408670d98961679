import { readFileSync, statSync } from 'node:fs';
import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:https';
import { messageOf, UnavailableError } from '../../kit/app-error.ts';
import type { LineLog } from '../../log/line-log.ts';
import type { NodeSettings } from './node-settings.ts';

type TlsSettings = NonNullable<NodeSettings['tls']>;

/** How often it is looked whether the certificate has been renewed. */
const lookEveryMs = 60_000;

/**
 * A server of https that takes up a renewed certificate without a restart.
 *
 * @throws {UnavailableError} when a file cannot be read or is not what it should be.
 */
export function createTlsServer(tls: TlsSettings, log: LineLog, listener: RequestListener): Server {
  let stamp = stampOf(tls);
  const server = createServer({ ...contextOf(tls), minVersion: 'TLSv1.2' }, listener);
  const timer = setInterval(() => {
    try {
      const now = stampOf(tls);
      if (now === stamp) return;
      server.setSecureContext({ ...contextOf(tls), minVersion: 'TLSv1.2' });
      stamp = now;
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'certificate cannot be read, the last one stays');
    }
  }, lookEveryMs);
  timer.unref();
  server.once('close', () => clearInterval(timer));
  return server;
}

function contextOf({ certFile, keyFile, clientCaFile }: TlsSettings) {
  try {
    return {
      cert: readFileSync(certFile),
      key: readFileSync(keyFile),
      ...(clientCaFile === undefined
        ? {}
        : { ca: readFileSync(clientCaFile), requestCert: true, rejectUnauthorized: true }),
    };
  } catch (error) {
    throw new UnavailableError(`a file of TLS cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function stampOf({ certFile, keyFile, clientCaFile = certFile }: TlsSettings): string {
  try {
    return [certFile, keyFile, clientCaFile].map((file) => statSync(file).mtimeMs).join();
  } catch (error) {
    throw new UnavailableError(`a file of TLS cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
