import { createHttpClient, type HttpClient } from '../http/client.ts';
import type { HttpClientConfig } from '../http/client-config.ts';
import { Mailer } from './mailer.ts';

/** Connections that notifiers share; closed together. */
export class Resources {
  readonly mailer = new Mailer();
  readonly #clients = new Map<HttpClientConfig, HttpClient>();

  /** One client for each settings object, which lives as long as the configuration that it is of. */
  http(config: HttpClientConfig): HttpClient {
    const known = this.#clients.get(config);
    if (known !== undefined) return known;
    const client = createHttpClient(config);
    this.#clients.set(config, client);
    return client;
  }

  async close(): Promise<void> {
    this.mailer.close();
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
    this.#clients.clear();
  }
}
