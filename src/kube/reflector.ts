import { AppError, messageOf } from '../kit/app-error.ts';
import { backoffMs } from '../kit/backoff.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import { sleep } from '../kit/sleep.ts';
import type { KubeObject } from '../model/object.ts';
import { apiVersionOf, type KubeResource, pathOf } from './discovery.ts';
import type { KubeClient } from './kube-client.ts';
import { KubeError } from './kube-error.ts';

export interface WatchEvent {
  readonly type: 'put' | 'delete';
  readonly object: KubeObject;
}

/** Who wants to know. Called in order; must not throw. */
export interface ReflectorListener {
  /** Some of a list: these objects are there. */
  onPage(objects: readonly KubeObject[], atMs: number): void;
  /** The list is complete: what was in none of its pages is gone. */
  onListed(atMs: number): void;
  /** A new list begins; the pages of one that was broken off do not count. */
  onListing(): void;
  onEvents(events: readonly WatchEvent[], atMs: number): void;
  /** It works again, or (with the reason) it does not. Called on every success of a list or a watch, and on every failure. */
  onHealth(failure: ReflectorFailure | undefined, atMs: number): void;
}

export interface ReflectorFailure {
  readonly error: Error;
  /** How often it has failed in a row. */
  readonly attempts: number;
  /** Unix ms of the first failure in that row. */
  readonly sinceMs: number;
}

export interface ReflectorOptions {
  readonly client: KubeClient;
  readonly resource: KubeResource;
  readonly listener: ReflectorListener;
  readonly clock: Clock;
  /** Ask for `metadata` only. */
  readonly metadataOnly?: boolean;
  readonly pageSize?: number;
  /** How long to wait after a refusal (401, 403, 404); a minute when left out. */
  readonly refusalRetryMs?: number;
  readonly random?: () => number;
}

/** The server ends a watch after this; each ends at a time of its own, so that they do not all come back at once. */
const watchSeconds = 290;

/** Asked for so that a quiet watch still proves to be alive; API servers send a bookmark about every minute. */
const silenceMs = (watchSeconds + 60) * 1000;

interface ListAnswer {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: readonly KubeObject[];
}

/**
 * Keeps up with all objects of one kind: lists in pages, then watches from where the list ended, through closed
 * watches, bookmarks, lost connections and expired versions. Lists again only when it must.
 *
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export class Reflector implements Component {
  readonly name: string;
  readonly #options: ReflectorOptions;
  /** Where to watch from; undefined when a list is needed. */
  #version: string | undefined;
  #attempts = 0;
  #sinceMs = 0;
  /** How often in a row the server has forgotten what we knew, without anything working in between. */
  #expired = 0;
  /** How many watches in a row the server closed at once, without a word. */
  #quietCloses = 0;

  constructor(options: ReflectorOptions) {
    this.#options = options;
    this.name = `reflector:${options.resource.plural}`;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      let waitMs = 0;
      try {
        if (this.#version === undefined) await this.#list(signal);
        else waitMs = await this.#watch(this.#version, signal);
      } catch (error) {
        if (signal.aborted) return;
        waitMs = this.#failed(error);
      }
      if (waitMs > 0) await sleep(waitMs, signal, clock);
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, resource, listener, clock, pageSize = 500, metadataOnly = false } = this.#options;
    listener.onListing();
    let from: string | undefined;
    let version: string | undefined;
    do {
      const answer = await client.get<ListAnswer>({
        path: pathOf(resource),
        query: { limit: String(pageSize), ...(from === undefined ? {} : { continue: from }) },
        accept: metadataOnly ? partial('PartialObjectMetadataList') : 'application/json',
        signal,
      });
      listener.onPage(
        (answer.items ?? []).map((item) => this.#named(item)),
        clock.now(),
      );
      from = answer.metadata?.continue === '' ? undefined : answer.metadata?.continue;
      version = answer.metadata?.resourceVersion;
    } while (from !== undefined);
    this.#version = version ?? '0';
    listener.onListed(clock.now());
    this.#healthy();
  }

  /** @returns how long to wait before the next watch. */
  async #watch(version: string, signal: AbortSignal): Promise<number> {
    const { client, resource, listener, clock, metadataOnly = false, random = Math.random } = this.#options;
    const startMs = clock.now();
    const seconds = Math.round(watchSeconds * (0.8 + 0.2 * random()));
    const asked = {
      path: pathOf(resource),
      query: {
        watch: '1',
        allowWatchBookmarks: 'true',
        resourceVersion: version,
        timeoutSeconds: String(seconds),
      },
      accept: metadataOnly ? partial('PartialObjectMetadata') : 'application/json',
      signal,
    };
    let wasQuiet = true;
    for await (const lines of client.lines(asked, silenceMs)) {
      if (lines.length > 0) wasQuiet = false;
      const atMs = clock.now();
      const events = this.#read(lines);
      if (events.length > 0) listener.onEvents(events, atMs);
      if (this.#version === undefined) return 0;
      this.#healthy();
    }
    // Closed by the server. One that closes at once, every time, is not to be hammered.
    this.#quietCloses = !wasQuiet || clock.now() - startMs > 1000 ? 0 : this.#quietCloses + 1;
    if (this.#quietCloses === 0) return 0;
    return backoffMs(this.#quietCloses - 1, { initialMs: 100, maxMs: 10_000, random });
  }

  #read(lines: readonly string[]): readonly WatchEvent[] {
    const events: WatchEvent[] = [];
    for (const line of lines) {
      const { type, object } = JSON.parse(line) as { readonly type: string; readonly object: KubeObject };
      if (type === 'ERROR') {
        const { code = 500, reason = '', message = 'no explanation' } = object as unknown as StatusJson;
        const error = new KubeError(
          code,
          reason,
          `the watch of ${this.#options.resource.plural} failed: ${message}`,
        );
        if (!error.isExpired) throw error;
        this.#version = undefined;
        return events;
      }
      const version = object.metadata.resourceVersion;
      if (version !== undefined) this.#version = version;
      if (type === 'ADDED' || type === 'MODIFIED') events.push({ type: 'put', object: this.#named(object) });
      else if (type === 'DELETED') events.push({ type: 'delete', object: this.#named(object) });
    }
    return events;
  }

  /** Members of a list have no kind of their own, and metadata alone has another. */
  #named(object: KubeObject): KubeObject {
    const { resource } = this.#options;
    return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind };
  }

  #healthy(): void {
    this.#attempts = 0;
    this.#expired = 0;
    this.#options.listener.onHealth(undefined, this.#options.clock.now());
  }

  /** @returns how long to wait before trying again. */
  #failed(error: unknown): number {
    const { listener, clock, refusalRetryMs = 60_000, random = Math.random } = this.#options;
    const refusal = error instanceof KubeError ? error : undefined;
    if (refusal?.isExpired === true) {
      // Of a watch, or of a continue token: nothing is wrong, but a new list is needed.
      this.#version = undefined;
      this.#expired += 1;
      if (this.#expired <= 2) return 0;
    }
    if (this.#attempts === 0) this.#sinceMs = clock.now();
    this.#attempts += 1;
    const failure = error instanceof AppError ? error : new Error(messageOf(error), { cause: error });
    listener.onHealth({ error: failure, attempts: this.#attempts, sinceMs: this.#sinceMs }, clock.now());
    if (refusal?.isRefusal === true) {
      this.#version = undefined;
      return backoffMs(0, { initialMs: refusalRetryMs, maxMs: refusalRetryMs, random });
    }
    const waitMs = backoffMs(this.#attempts - 1, { initialMs: 500, maxMs: 30_000, random });
    return Math.max(waitMs, refusal?.retryAfterMs ?? 0);
  }
}

interface StatusJson {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
}

function partial(kind: string): string {
  return `application/json;as=${kind};g=meta.k8s.io;v=v1`;
}
