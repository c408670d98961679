import type { HttpClient } from '../client.ts';
import { type AwsAccess, AwsCredentialSource } from './credentials.ts';
import { signV4 } from './sign-v4.ts';

/** What is signed when no service is named: Amazon's managed Prometheus, as Prometheus does. */
const usualService = 'aps';

export interface SigningSettings extends AwsAccess {
  readonly service_name?: string | null | undefined;
}

/** Signs requests as `sigv4` of the standard files asks for. */
export class RequestSigner {
  readonly #settings: SigningSettings;
  readonly #credentials: AwsCredentialSource;
  readonly #now: () => number;

  constructor(settings: SigningSettings, client: HttpClient, now: () => number) {
    this.#settings = settings;
    this.#credentials = new AwsCredentialSource(settings, { client, now });
    this.#now = now;
  }

  /** All headers that the request must be sent with. @throws {HttpError} when there are no credentials. */
  async headers(
    request: {
      readonly url: string;
      readonly body: string | Uint8Array;
      readonly headers: Readonly<Record<string, string>>;
    },
    signal: AbortSignal,
  ): Promise<Record<string, string>> {
    const credentials = await this.#credentials.get(signal);
    const region = await this.#credentials.region();
    const service = this.#settings.service_name || usualService;
    return signV4({ method: 'POST', ...request }, credentials, { region, service, atMs: this.#now() });
  }
}
