import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface WebhookServer {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  readonly received: readonly Received[];
  /** The bodies, read as JSON. */
  json(): unknown[];
  /** How often it was asked, as a proxy, to connect somewhere; it never does. */
  connects(): number;
  /** Where to, `host:port`. */
  readonly asked: readonly string[];
  close(): void;
}

/** A real HTTP receiver on loopback. `answer` may be one answer, one for each request, or 'hang' for none at all. */
export async function startWebhookServer(
  answer: Answer | 'hang' | ((request: Received, count: number) => Answer | 'hang') = { status: 200 },
): Promise<WebhookServer> {
  const received: Received[] = [];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') };
      received.push(one);
      const found = typeof answer === 'function' ? answer(one, received.length) : answer;
      if (found !== 'hang') response.writeHead(found.status, found.headers).end(found.body ?? '');
    });
  });
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    asked,
    connects: () => asked.length,
    json: () => received.map(({ body }) => JSON.parse(body) as unknown),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
