import { AppError, messageOf } from '../kit/app-error.ts';
import { backoffMs } from '../kit/backoff.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import { sleep } from '../kit/sleep.ts';
import type { KubeObject } from '../model/object.ts';
import { apiVersionOf, type KubeResource, pathOf } from './discovery.ts';
import type { KubeClient } from './kube-client.ts';
import { KubeError } from './kube-error.ts';
import { PageSize } from './page-size.ts';
import { type TableJson, TableReader, tableType } from './table.ts';
import { type ReadLines, readWatchLines, type WatchEvent } from './watch-lines.ts';

export type { WatchEvent } from './watch-lines.ts';

/**
 * Who wants to know. Called in order, and waited for: no more is read from the server until a promise that is given ends, so that
 * a listener that cannot keep up slows the server down instead of filling our memory. Must neither throw nor reject.
 */
export interface ReflectorListener {
  /** Some of a list: these objects are there. */
  onPage(objects: readonly KubeObject[], atMs: number): void | Promise<void>;
  /** The list is complete: what was in none of its pages is gone. */
  onListed(atMs: number): void | Promise<void>;
  /** A new list begins; the pages of one that was broken off do not count. */
  onListing(): void | Promise<void>;
  onEvents(events: readonly WatchEvent[], atMs: number): void | Promise<void>;
  /** It works again, or (with the reason) it does not. Called on every success of a list or a watch, and on every failure. */
  onHealth(failure: ReflectorFailure | undefined, atMs: number): void;
  /** The server has answered a list or a watch, or has not. */
  onAsked?(verb: 'list' | 'watch', isAnswered: boolean): void;
}

export interface ReflectorFailure {
  readonly error: Error;
  /** How often it has failed in a row. */
  readonly attempts: number;
  /** Unix ms of the first failure in that row. */
  readonly sinceMs: number;
}

/** What a reflector did, for metrics; several may share one. */
export interface ReflectorCounts {
  /** Lists begun: the first, and those that were needed again. */
  lists: number;
  /** Watches begun. */
  watches: number;
  /** Times that the server had forgotten what we knew (410). */
  expired: number;
  /** Times that the server asked to wait (429). */
  throttled: number;
}

export interface ReflectorOptions {
  readonly client: KubeClient;
  readonly resource: KubeResource;
  readonly listener: ReflectorListener;
  readonly clock: Clock;
  /** Ask for `metadata` only. */
  readonly metadataOnly?: boolean;
  /** Ask for tables: `metadata`, and what the column `Type` says; see table.ts. */
  readonly asTable?: boolean;
  /** The most objects that are asked for at a time; 500 when left out. */
  readonly pageSize?: number;
  readonly counts?: ReflectorCounts;
  /** How long to wait after a refusal (401, 403, 404); a minute when left out. */
  readonly refusalRetryMs?: number;
  readonly random?: () => number;
}

/** The server ends a watch after this; each ends at a time of its own, so that they do not all come back at once. */
const watchSeconds = 290;

/** Asked for so that a quiet watch still proves to be alive; API servers send a bookmark about every minute. */
const silenceMs = (watchSeconds + 60) * 1000;

interface ListAnswer extends TableJson {
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
  /** Whether the last watch was refused; until one is accepted, a list alone is not well. */
  #isWatchRefused = false;
  #sinceMs = 0;
  /** How often in a row the server has forgotten what we knew, without anything working in between. */
  #expired = 0;
  /** How many watches in a row the server closed at once, without a word. */
  #quietCloses = 0;
  readonly #pageSize: PageSize;
  readonly #counts: ReflectorCounts;
  readonly #table: TableReader | undefined;

  constructor(options: ReflectorOptions) {
    this.#options = options;
    this.#pageSize = new PageSize(options.pageSize ?? 500);
    this.#counts = options.counts ?? { lists: 0, watches: 0, expired: 0, throttled: 0 };
    this.name = `reflector:${options.resource.plural}`;
    this.#table = options.asTable === true ? new TableReader() : undefined;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      let waitMs = 0;
      const verb = this.#version === undefined ? 'list' : 'watch';
      try {
        if (this.#version === undefined) await this.#list(signal);
        else waitMs = await this.#watch(this.#version, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#options.listener.onAsked?.(verb, false);
        if (verb === 'watch') this.#isWatchRefused = error instanceof KubeError && error.isRefusal;
        waitMs = this.#failed(error);
      }
      if (waitMs > 0) await sleep(waitMs, signal, clock);
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, resource, listener, clock } = this.#options;
    this.#counts.lists++;
    await listener.onListing();
    let from: string | undefined;
    let version: string | undefined;
    do {
      const limit = String(this.#pageSize.size);
      const { value, bytes } = await client.getSized<ListAnswer>({
        path: pathOf(resource),
        query: { limit, ...(from === undefined ? {} : { continue: from }), ...this.#tableQuery() },
        accept: this.#accept('PartialObjectMetadataList'),
        signal,
      });
      const items = this.#table?.read(value) ?? value?.items ?? [];
      this.#pageSize.saw(items.length, bytes);
      await listener.onPage(
        items.map((item) => this.#named(item)),
        clock.now(),
      );
      from = value.metadata?.continue === '' ? undefined : value.metadata?.continue;
      version = value.metadata?.resourceVersion;
    } while (from !== undefined);
    this.#version = version ?? '0';
    listener.onAsked?.('list', true);
    await listener.onListed(clock.now());
    // Who may list but not watch would else be well for a moment, again and again.
    if (!this.#isWatchRefused) this.#healthy();
  }

  /** @returns how long to wait before the next watch. */
  async #watch(version: string, signal: AbortSignal): Promise<number> {
    const { client, resource, listener, clock, random = Math.random } = this.#options;
    const startMs = clock.now();
    const seconds = Math.round(watchSeconds * (0.8 + 0.2 * random()));
    const asked = {
      path: pathOf(resource),
      query: {
        watch: '1',
        allowWatchBookmarks: 'true',
        resourceVersion: version,
        timeoutSeconds: String(seconds),
        ...this.#tableQuery(),
      },
      accept: this.#accept('PartialObjectMetadata'),
      signal,
    };
    let wasQuiet = true;
    this.#counts.watches++;
    let isAnswered = false;
    for await (const lines of client.lines(asked, silenceMs)) {
      if (!isAnswered) listener.onAsked?.('watch', true);
      isAnswered = true;
      if (lines.length > 0) wasQuiet = false;
      const atMs = clock.now();
      const said = readWatchLines(lines, resource.plural);
      if (said.version !== undefined) this.#version = said.version;
      if (said.events.length > 0)
        await listener.onEvents(
          said.events.flatMap((event) => this.#event(event)),
          atMs,
        );
      if (this.#ended(said)) return 0;
      this.#isWatchRefused = false;
      this.#healthy();
    }
    // Closed by the server. One that closes at once, every time, is not to be hammered.
    this.#quietCloses = !wasQuiet || clock.now() - startMs > 1000 ? 0 : this.#quietCloses + 1;
    if (this.#quietCloses === 0) return 0;
    return backoffMs(this.#quietCloses - 1, { initialMs: 100, maxMs: 10_000, random });
  }

  /** Whether a new list is needed. @throws what else ended the watch. */
  #ended({ error }: ReadLines): boolean {
    if (error === undefined) return false;
    if (!(error instanceof KubeError && error.isExpired)) throw error;
    this.#counts.expired++;
    this.#version = undefined;
    return true;
  }

  #event(event: WatchEvent): readonly WatchEvent[] {
    const objects = this.#table?.read(event.object as TableJson) ?? [event.object];
    return objects.map((object) => ({ ...event, object: this.#named(object) }));
  }

  #tableQuery(): Readonly<Record<string, string>> {
    return this.#table === undefined ? {} : { includeObject: 'Metadata' };
  }

  /** The form to ask for; `metadata` is how metadata alone is called. */
  #accept(metadata: string): string {
    if (this.#table !== undefined) return tableType;
    return this.#options.metadataOnly === true ? partial(metadata) : 'application/json';
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
      if (this.#version === undefined) this.#pageSize.tooSlow();
      this.#version = undefined;
      this.#expired += 1;
      this.#counts.expired++;
      if (this.#expired <= 2) return 0;
    }
    if (refusal?.status === 429) this.#counts.throttled++;
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

function partial(kind: string): string {
  return `application/json;as=${kind};g=meta.k8s.io;v=v1`;
}
