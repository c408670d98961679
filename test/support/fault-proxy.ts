import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A request that went through the proxy. */
export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly authorization: string;
  readonly atMs: number;
  readonly isWatch: boolean;
}

/** What to do to a request instead of passing it on as it is. */
export interface Fault {
  /** Answer this instead. */
  readonly status?: number;
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Wait before passing it on. */
  readonly delayMs?: number;
  /** Break the connection after so many bytes of the answer. */
  readonly truncateAt?: number;
  /** End the answer after so long, in good order. */
  readonly closeAfterMs?: number;
  /** Replaces headers of the answer. */
  readonly answerHeaders?: Readonly<Record<string, string>>;
}

/**
 * Stands between a client and a real API server, on loopback and without TLS: keeps what was asked, and makes the server misbehave in
 * ways that the real one cannot be made to.
 */
export class FaultProxy {
  readonly requests: ProxiedRequest[] = [];
  /** Asked for each request; nothing is done to it when it gives nothing. */
  fault: (request: ProxiedRequest) => Fault | undefined = () => undefined;
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  readonly #watches = new Map<ServerResponse, ProxiedRequest>();
  readonly #target: URL;

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((incoming, answer) => void this.#take(incoming, answer));
  }

  static async start(target: string, port = 0): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(port, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Watches that are open now of what the path ends with. */
  watching(plural: string): number {
    return this.#of(plural).length;
  }

  /** Writes these lines into all watches of what the path ends with, as if the server had said them. @returns whether all were taken at once. */
  inject(plural: string, lines: readonly object[]): boolean {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    return this.#of(plural).every((answer) => answer.write(text));
  }

  /** Ends all watches of what the path ends with, or all. */
  closeWatches(plural = ''): void {
    for (const answer of this.#of(plural)) answer.end();
  }

  /** Breaks off everything that is under way, and refuses what comes. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    this.#agent.destroy();
  }

  #of(plural: string): readonly ServerResponse[] {
    return [...this.#watches].filter(([, { path }]) => path.endsWith(plural)).map(([answer]) => answer);
  }

  async #take(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', this.#target);
    const seen: ProxiedRequest = {
      method: incoming.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      accept: incoming.headers.accept ?? '',
      authorization: incoming.headers.authorization ?? '',
      atMs: Date.now(),
      isWatch: url.searchParams.get('watch') !== null,
    };
    this.requests.push(seen);
    const fault = this.fault(seen) ?? {};
    if (fault.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    if (fault.status !== undefined) refuse(answer, fault.status, fault);
    else this.#pass(incoming, answer, { url, seen, fault });
  }

  #pass(
    incoming: IncomingMessage,
    answer: ServerResponse,
    { url, seen, fault }: { readonly url: URL; readonly seen: ProxiedRequest; readonly fault: Fault },
  ): void {
    const { host: _host, connection: _connection, ...headers } = incoming.headers;
    // Whole texts, so that they can be cut.
    const sent = request(
      url,
      { method: seen.method, agent: this.#agent, headers: { ...headers, 'accept-encoding': 'identity' } },
      (reply) => {
        answer.writeHead(reply.statusCode ?? 502, { ...reply.headers, ...fault.answerHeaders });
        answer.flushHeaders();
        if (seen.isWatch) this.#watches.set(answer, seen);
        let left = fault.truncateAt ?? Number.POSITIVE_INFINITY;
        reply.on('data', (piece: Buffer) => {
          if (answer.writableEnded) return;
          answer.write(left < piece.length ? piece.subarray(0, left) : piece);
          left -= piece.length;
          if (left <= 0) setTimeout(() => answer.destroy(), 20);
        });
        reply.on('end', () => answer.end());
        reply.on('error', () => answer.destroy());
        if (fault.closeAfterMs !== undefined) setTimeout(() => answer.end(), fault.closeAfterMs);
      },
    );
    sent.on('error', () => answer.destroy());
    answer.on('close', () => {
      this.#watches.delete(answer);
      sent.destroy();
    });
    incoming.pipe(sent);
  }
}

function refuse(answer: ServerResponse, status: number, { reason = '', headers = {} }: Fault): void {
  answer.writeHead(status, { 'content-type': 'application/json', ...headers });
  answer.end(
    JSON.stringify({
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      code: status,
      reason,
      message: `planned ${status}`,
    }),
  );
}
