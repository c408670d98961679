import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { createHttpClient, type StreamingHttpClient } from '../../http/client.ts';
import type { HttpClientConfig } from '../../http/client-config.ts';
import { AppError, BadInputError, NotFoundError, UnavailableError } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import { revealingJson } from '../../kit/secret.ts';
import type { AnalysisSettings } from '../config.ts';
import { checkedBlob, sha256Of } from '../digest.ts';
import { ImageError } from '../image-error.ts';
import { formatReference, type ImageReference } from '../reference.ts';
import type { OpenedImage } from '../sources/image-source.ts';
import { maxConfigBytes, maxManifestBytes } from '../sources/manifest.ts';
import { manifestTypes } from '../sources/media-types.ts';
import { type ImageStore, openManifest } from '../sources/open-manifest.ts';
import { blobStream } from './blob-stream.ts';
import { ConfiguredLogins } from './configured-logins.ts';
import { type CredentialSource, firstOf } from './credentials.ts';
import { type Endpoint, endpointsFor } from './endpoints.ts';
import { listPages } from './list-pages.ts';
import { type Ask, RegistryClient } from './registry-client.ts';
import { headerOf, wholeBody } from './replies.ts';

export interface RegistryAccessOptions {
  readonly settings: AnalysisSettings;
  readonly clock: Clock;
}

export interface RegistryAsk {
  readonly signal: AbortSignal;
  readonly credentials: CredentialSource | undefined;
}

const accept = Object.values(manifestTypes).join(', ');

/** Images of registries, as the configuration says: mirrors, logins, certificates. */
export class RegistryAccess {
  readonly #settings: AnalysisSettings;
  readonly #clock: Clock;
  readonly #cloudClient: StreamingHttpClient;
  readonly #configured: ConfiguredLogins;
  readonly #clients = new Map<string, Promise<RegistryClient>>();

  constructor({ settings, clock }: RegistryAccessOptions) {
    this.#settings = settings;
    this.#clock = clock;
    this.#cloudClient = createHttpClient({ proxy_from_environment: true });
    this.#configured = new ConfiguredLogins(settings, this.#cloudClient, clock);
  }

  /** @throws {AppError} when it is not there, may not be read, or is no image. */
  open(
    reference: ImageReference,
    options: RegistryAsk & { readonly platform: string },
  ): Promise<OpenedImage> {
    return this.#eachEndpoint(reference, (endpoint, others) =>
      this.#openAt(endpoint, others, reference, options),
    );
  }

  /** The digest that a reference leads to now; of an image for several platforms, that of its index. */
  digestOf(reference: ImageReference, options: RegistryAsk): Promise<string> {
    return this.#eachEndpoint(reference, async (endpoint) => {
      const { digest } = await this.#manifest(endpoint, reference, 'HEAD', options);
      if (digest !== '') return digest;
      return sha256Of((await this.#manifest(endpoint, reference, 'GET', options)).bytes);
    });
  }

  async *repositories(registry: string, options: RegistryAsk): AsyncGenerator<string> {
    const [endpoint] = endpointsFor({ registry, repository: '' }, this.#settings).slice(-1);
    if (endpoint === undefined) throw new BadInputError('', `${registry} is no registry`);
    yield* this.#list(endpoint, '/v2/_catalog?n=100', 'repositories', 'registry:catalog:*', options);
  }

  async *tags(reference: ImageReference, options: RegistryAsk): AsyncGenerator<string> {
    const [endpoint] = endpointsFor(reference, this.#settings).slice(-1);
    if (endpoint === undefined) throw new BadInputError('', `${formatReference(reference)} is nowhere`);
    const path = `/v2/${endpoint.repository}/tags/list?n=100`;
    yield* this.#list(endpoint, path, 'tags', pullOf(endpoint), options);
  }

  async close(): Promise<void> {
    const clients = await Promise.all(
      [...this.#clients.values()].map((client) => client.catch(() => undefined)),
    );
    await Promise.all([this.#cloudClient.close(), ...clients.map((client) => client?.close())]);
  }

  /** Asks one place after the other; what the last one says counts when none has it. */
  async #eachEndpoint<Result>(
    reference: ImageReference,
    ask: (endpoint: Endpoint, others: readonly Endpoint[]) => Promise<Result>,
  ): Promise<Result> {
    const endpoints = endpointsFor(reference, this.#settings);
    let failure: unknown;
    for (const endpoint of endpoints) {
      try {
        return await ask(
          endpoint,
          endpoints.filter((other) => other !== endpoint),
        );
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        failure = error;
      }
    }
    throw failure ?? new NotFoundError(`${formatReference(reference)} is nowhere`);
  }

  async #openAt(
    endpoint: Endpoint,
    others: readonly Endpoint[],
    reference: ImageReference,
    options: RegistryAsk & { readonly platform: string },
  ): Promise<OpenedImage> {
    const { bytes, digest } = await this.#manifest(endpoint, reference, 'GET', options);
    const found = reference.digest ?? sha256Of(bytes);
    if (digest.startsWith('sha256:') && found.startsWith('sha256:') && digest !== found)
      throw new ImageError(
        `${endpoint.origin} says that ${formatReference(reference)} is ${digest}, and sends ${found}`,
      );
    return openManifest({
      store: this.#store(endpoint, others, options),
      reference: formatReference(reference),
      digest: found,
      bytes,
      platform: options.platform,
      signal: options.signal,
      repository: `${reference.registry}/${reference.repository}`,
    });
  }

  #store(endpoint: Endpoint, others: readonly Endpoint[], options: RegistryAsk): ImageStore {
    const { clock } = { clock: this.#clock };
    const blob = (at: Endpoint, digest: string, signal: AbortSignal) =>
      this.#blob(at, digest, { ...options, signal });
    return {
      manifest: async (digest, signal) => {
        const { repository, registry } = endpoint;
        const asked = { registry, repository, digest };
        return (await this.#manifest(endpoint, asked, 'GET', { ...options, signal })).bytes;
      },
      config: async (digest, sizeBytes, signal) => {
        if (sizeBytes > maxConfigBytes)
          throw new ImageError(
            `its configuration ${digest} has ${sizeBytes} bytes, which is too much for one`,
          );
        const client = await this.#client(endpoint);
        const { stream, release } = await client.ask(this.#blobAsk(endpoint, digest, options), signal);
        try {
          return await wholeBody(stream, `the configuration ${digest}`, maxConfigBytes, clock, signal);
        } finally {
          release();
        }
      },
      async *layer({ digest, sizeBytes }, signal) {
        yield* checkedBlob(
          firstThatHas([endpoint, ...others], (at) => blob(at, digest, signal)),
          digest,
          sizeBytes,
        );
      },
    };
  }

  async *#blob(endpoint: Endpoint, digest: string, options: RegistryAsk): AsyncGenerator<Uint8Array> {
    const client = await this.#client(endpoint);
    yield* blobStream(client, this.#blobAsk(endpoint, digest, options), this.#clock, options.signal);
  }

  #blobAsk(endpoint: Endpoint, digest: string, { credentials }: RegistryAsk): Ask {
    return {
      path: `/v2/${endpoint.repository}/blobs/${digest}`,
      scope: pullOf(endpoint),
      logins: this.#logins(endpoint, credentials),
      what: `the blob ${digest} of ${endpoint.repository}`,
    };
  }

  async #manifest(
    endpoint: Endpoint,
    reference: ImageReference,
    method: 'GET' | 'HEAD',
    { signal, credentials }: RegistryAsk,
  ): Promise<{ bytes: Uint8Array; digest: string }> {
    const { repository } = endpoint;
    const client = await this.#client(endpoint);
    const what = formatReference({ ...reference, registry: endpoint.registry, repository });
    const { stream, release } = await client.ask(
      {
        method,
        path: `/v2/${repository}/manifests/${reference.digest ?? reference.tag ?? 'latest'}`,
        headers: { accept },
        scope: pullOf(endpoint),
        logins: this.#logins(endpoint, credentials),
        what,
      },
      signal,
    );
    try {
      const bytes = await wholeBody(stream, `the manifest of ${what}`, maxManifestBytes, this.#clock, signal);
      return { bytes, digest: headerOf(stream.headers['docker-content-digest']) };
    } finally {
      release();
    }
  }

  async *#list(
    endpoint: Endpoint,
    path: string,
    key: 'repositories' | 'tags',
    scope: string,
    { signal, credentials }: RegistryAsk,
  ): AsyncGenerator<string> {
    const client = await this.#client(endpoint);
    const what = `the list of ${key} of ${endpoint.registry}${key === 'tags' ? `/${endpoint.repository}` : ''}`;
    const ask = { path, scope, logins: this.#logins(endpoint, credentials), what };
    yield* listPages(client, ask, key, this.#clock, signal);
  }

  #logins({ registry, repository }: Endpoint, given: CredentialSource | undefined): Ask['logins'] {
    const sources = firstOf(given === undefined ? [this.#configured] : [given, this.#configured]);
    return (signal) => sources.find(registry, repository, signal);
  }

  #client({ origin, tls, maxConcurrent }: Endpoint): Promise<RegistryClient> {
    const key = `${origin} ${revealingJson(tls)}`;
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const made = configOf(tls).then(
      (config) =>
        new RegistryClient({
          origin,
          maxConcurrent,
          clock: this.#clock,
          connect: (mayConnect) => createHttpClient(config, mayConnect === undefined ? {} : { mayConnect }),
        }),
    );
    this.#clients.set(key, made);
    made.catch(() => this.#clients.delete(key));
    return made;
  }
}

function pullOf({ repository }: Endpoint): string {
  return `repository:${repository}:pull`;
}

/** Certificates that are given are trusted beside those of the system: storage that a registry redirects to has its own. */
async function configOf(tls: Endpoint['tls']): Promise<HttpClientConfig> {
  const config: HttpClientConfig = { proxy_from_environment: true, follow_redirects: false };
  if (tls === undefined) return config;
  const { ca_file: file, ...rest } = tls;
  const own = tls.ca ?? (file ? await readCertificates(file) : undefined);
  if (own === undefined) return { ...config, tls_config: rest };
  return { ...config, tls_config: { ...rest, ca: [...rootCertificates, own].join('\n') } };
}

async function readCertificates(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UnavailableError(`cannot read ca_file ${file}: ${(error as NodeJS.ErrnoException).code ?? ''}`);
  }
}

/** A blob of the first place that has it; once bytes came of one, it is that one. */
async function* firstThatHas(
  endpoints: readonly Endpoint[],
  open: (endpoint: Endpoint) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for (const [i, endpoint] of endpoints.entries()) {
    let hasBegun = false;
    try {
      for await (const piece of open(endpoint)) {
        hasBegun = true;
        yield piece;
      }
      return;
    } catch (error) {
      if (hasBegun || i === endpoints.length - 1 || !(error instanceof AppError)) throw error;
    }
  }
}
