import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One alert of a notification. */
export interface Paged {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  /** `performance.now()` at the receipt of the request's last byte. */
  readonly atMs: number;
}

/** A receiver of webhook notifications on loopback; each path has a listener of its own. */
export class Webhook {
  readonly #server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const atMs = performance.now();
      response.end();
      const body = JSON.parse(Buffer.concat(parts).toString()) as { alerts: Omit<Paged, 'atMs'>[] };
      const listener = this.#listeners.get(request.url ?? '');
      for (const { status, labels } of body.alerts) listener?.({ status, labels, atMs });
    });
  });
  readonly #listeners = new Map<string, (paged: Paged) => void>();

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** @returns the address to send to. */
  on(path: string, listener: (paged: Paged) => void): string {
    this.#listeners.set(path, listener);
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** An `alertmanager.yml` that sends each alert by itself and at once. */
export function alertmanagerYaml(url: string): string {
  return `route:
  receiver: bench
  group_by: ['...']
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 4h
receivers:
  - name: bench
    webhook_configs:
      - url: ${url}
        send_resolved: true
`;
}
