import { Buffer } from 'node:buffer';
import { createHttpClient, type HttpStream, type StreamingHttpClient } from '../../http/client.ts';
import { AppError, BadInputError, NotFoundError } from '../../kit/app-error.ts';
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
import { type AttachedSbom, findAttachedSbom } from './attached-sbom.ts';
import type { AttachmentStore } from './attachments.ts';
import { blobStream } from './blob-stream.ts';
import { clientSettings } from './client-settings.ts';
import { ConfiguredLogins } from './configured-logins.ts';
import { type CredentialSource, firstOf } from './credentials.ts';
import { type Endpoint, endpointsFor } from './endpoints.ts';
import { firstThatHas } from './first-that-has.ts';
import { HeadDigests } from './head-digests.ts';
import { listPages } from './list-pages.ts';
import { type Ask, RegistryClient } from './registry-client.ts';
import { headerOf, wholeBody } from './replies.ts';
import type { SigningKey } from './signing-key.ts';

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
  readonly #heads: HeadDigests;

  constructor({ settings, clock }: RegistryAccessOptions) {
    this.#settings = settings;
    this.#clock = clock;
    this.#heads = new HeadDigests(clock);
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

  /**
   * The digest that a reference leads to now, by HEAD; of an image for several platforms, that of its index.
   *
   * @returns undefined where the registry does not tell it so, see {@link HeadDigests}.
   */
  digestOf(reference: ImageReference, options: RegistryAsk): Promise<string | undefined> {
    return this.#eachEndpoint(reference, (endpoint) =>
      this.#heads.of(
        endpoint.origin,
        async () => (await this.#manifest(endpoint, reference, 'HEAD', options)).digest,
      ),
    );
  }

  /** The SBOM that is attached to an image, and the image; see {@link findAttachedSbom}. */
  attachedSbom(
    reference: ImageReference,
    options: RegistryAsk & { readonly platform: string; readonly key?: SigningKey | undefined },
  ): Promise<{ readonly image: OpenedImage; readonly sbom: AttachedSbom | undefined }> {
    return this.#eachEndpoint(reference, async (endpoint, others) => {
      const image = await this.#openAt(endpoint, others, reference, options);
      const digests = new Set([image.digest, ...image.repoDigests.map((one) => one.split('@').at(-1) ?? '')]);
      const about = { reference: image.reference, digests: [...digests] };
      return {
        image,
        sbom: await findAttachedSbom(about, this.#attachments(endpoint, options), options.key),
      };
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
        const ask = this.#blobAsk(endpoint, digest, options);
        const what = `the configuration ${digest}`;
        return (await this.#small(endpoint, ask, { signal, what, maxBytes: maxConfigBytes })).bytes;
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

  #attachments(endpoint: Endpoint, options: RegistryAsk): AttachmentStore {
    const { registry, repository } = endpoint;
    const { signal } = options;
    return {
      manifest: async (wanted) =>
        (await this.#manifest(endpoint, { registry, repository, ...wanted }, 'GET', options)).bytes,
      referrers: async (digest) => {
        const what = `the list of what is attached to ${digest} of ${repository}`;
        const ask: Ask = {
          path: `/v2/${repository}/referrers/${digest}`,
          headers: { accept: manifestTypes.ociIndex },
          scope: pullOf(endpoint),
          logins: this.#logins(endpoint, options.credentials),
          what,
        };
        return (await this.#small(endpoint, ask, { signal, what, maxBytes: maxManifestBytes })).bytes;
      },
      blob: async (digest, sizeBytes) => {
        const pieces: Uint8Array[] = [];
        const blob = this.#blob(endpoint, digest, { ...options, signal });
        for await (const piece of checkedBlob(blob, digest, sizeBytes)) pieces.push(piece);
        return Buffer.concat(pieces);
      },
    };
  }

  /** A document that is small enough to be read at once. */
  async #small(
    endpoint: Endpoint,
    ask: Ask,
    {
      signal,
      what,
      maxBytes,
    }: { readonly signal: AbortSignal; readonly what: string; readonly maxBytes: number },
  ): Promise<{ readonly bytes: Uint8Array; readonly headers: HttpStream['headers'] }> {
    const client = await this.#client(endpoint);
    const { stream, release } = await client.ask(ask, signal);
    try {
      return {
        bytes: await wholeBody(stream, what, maxBytes, this.#clock, signal),
        headers: stream.headers,
      };
    } finally {
      release();
    }
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
    const what = formatReference({ ...reference, registry: endpoint.registry, repository });
    const ask: Ask = {
      method,
      path: `/v2/${repository}/manifests/${reference.digest ?? reference.tag ?? 'latest'}`,
      headers: { accept },
      scope: pullOf(endpoint),
      logins: this.#logins(endpoint, credentials),
      what,
    };
    const bounds = { signal, what: `the manifest of ${what}`, maxBytes: maxManifestBytes };
    const { bytes, headers } = await this.#small(endpoint, ask, bounds);
    return { bytes, digest: headerOf(headers['docker-content-digest']) };
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
    const made = clientSettings(tls).then(
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
