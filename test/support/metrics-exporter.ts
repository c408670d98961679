import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface MetricsExporter {
  /** `127.0.0.1:<port>`, as a target is written. */
  readonly address: string;
  readonly port: number;
  /** What `/metrics` says. */
  text: string;
  /** How often it was scraped. */
  readonly scrapes: number;
  /** Refuses connections from now on, as a pod that was deleted. */
  close(): Promise<void>;
}

/** A target on loopback whose metrics a test sets. @param port a free one when left out */
export async function startExporter(text: string, port = 0): Promise<MetricsExporter> {
  const state = { text, scrapes: 0 };
  const server = createServer((_request, response) => {
    state.scrapes++;
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(state.text);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: bound } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${bound}`,
    port: bound,
    get text() {
      return state.text;
    },
    set text(next) {
      state.text = next;
    },
    get scrapes() {
      return state.scrapes;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
