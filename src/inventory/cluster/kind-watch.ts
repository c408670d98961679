import { messageOf } from '../../kit/app-error.ts';
import type { KubeResource } from '../../kube/discovery.ts';
import { KubeError } from '../../kube/kube-error.ts';
import type { ReflectorFailure, ReflectorListener, WatchEvent } from '../../kube/reflector.ts';
import type { Unreadable } from '../../model/change.ts';
import { type KubeObject, keyOf, refOf } from '../../model/object.ts';
import type { Inventory } from '../inventory.ts';
import { project } from '../project.ts';
import type { SourceChange } from '../source.ts';
import { inSlices } from './in-slices.ts';
import type { Intake } from './intake.ts';
import type { ObjectTap } from './object-tap.ts';

export interface KindWatchOptions {
  readonly source: string;
  readonly resource: KubeResource;
  readonly inventory: Inventory;
  /** Where changes wait for their turn. */
  readonly intake: Intake;
  readonly configMapValues: boolean;
  readonly addresses?: boolean;
  /** What the inventory keeps; all that it keeps of any object when left out. */
  readonly keep?: 'metadata' | 'nothing';
  readonly tap?: ObjectTap;
  /** How long it may be out of reach before what is held of it counts as unknown; a minute when left out. */
  readonly blindAfterMs?: number;
  /** A cluster may well not have it. */
  readonly isOptional?: boolean;
  /** Something of its state changed. */
  readonly onState: () => void;
}

/** A kind that was never read is unknown after this many attempts. */
const firstAttempts = 3;

/** Takes what the reflector of one kind says into the inventory. */
export class KindWatch implements ReflectorListener {
  readonly #options: KindWatchOptions;
  #seen = new Set<string>();
  #listed = false;
  /** Whether the last that was heard is that it works. */
  #isHealthy = false;
  #lastSuccessMs: number | undefined;
  #failure: ReflectorFailure | undefined;

  constructor(options: KindWatchOptions) {
    this.#options = options;
  }

  /** Whether it has been listed once, or is known not to be. */
  isSettled(nowMs: number): boolean {
    return this.#listed || this.unreadable(nowMs) !== undefined;
  }

  get #stream(): string {
    const { group, kind } = this.#options.resource;
    return `${group}/${kind}`;
  }

  get #graceMs(): number {
    return this.#options.blindAfterMs ?? 60_000;
  }

  get isListed(): boolean {
    return this.#listed;
  }

  get lastSuccessMs(): number | undefined {
    return this.#lastSuccessMs;
  }

  get failure(): ReflectorFailure | undefined {
    return this.#failure;
  }

  /** When (Unix ms) the failure makes it unreadable by itself; undefined when it does not, or has already. */
  get unreadableAtMs(): number | undefined {
    return this.#failure === undefined || !this.#listed ? undefined : this.#failure.sinceMs + this.#graceMs;
  }

  /** Set when nothing can be said of the kind now. */
  unreadable(nowMs: number): Unreadable | undefined {
    if (this.#failure === undefined) return undefined;
    const { error, attempts, sinceMs } = this.#failure;
    const refused = error instanceof KubeError && error.isRefusal;
    if (refused && error.status === 404 && this.#options.isOptional === true) return undefined;
    const lost = this.#listed ? nowMs - sinceMs >= this.#graceMs : attempts >= firstAttempts;
    if (!refused && !lost) return undefined;
    const { group, kind } = this.#options.resource;
    return { group, kind, reason: reasonOf(error, this.#options.resource), sinceMs };
  }

  /** A list is newer than what waits, and must not be undone by it. */
  async onListing(): Promise<void> {
    this.#seen = new Set();
    await this.#options.intake.settled(this.#stream);
  }

  async onPage(objects: readonly KubeObject[], atMs: number): Promise<void> {
    for (const object of objects) this.#seen.add(keyOf(refOf(object)));
    const { inventory, source, keep, tap, resource } = this.#options;
    const initial = !this.#listed;
    await inSlices(objects, (some) => {
      tap?.onChanges(
        resource,
        some.map((object) => ({ type: 'put', object })),
        { atMs, initial },
      );
      if (keep === 'nothing') return;
      const changes = some.map((object) => this.#put(object, atMs));
      inventory.apply(source, changes, { initial });
    });
  }

  onListed(atMs: number): void {
    const { inventory, source, resource } = this.#options;
    const gone = inventory
      .keysOf(source, resource.group, resource.kind)
      .filter((key) => !this.#seen.has(key))
      .map((key): SourceChange => ({ type: 'delete', key, atMs }));
    inventory.apply(source, gone);
    this.#options.tap?.onListed(resource, this.#seen, atMs);
    this.#seen = new Set();
    this.#listed = true;
  }

  onEvents(events: readonly WatchEvent[], atMs: number): void | Promise<void> {
    const { tap, resource } = this.#options;
    tap?.onChanges(
      resource,
      events.map(({ type, object }) =>
        type === 'put' ? { type, object } : { type, key: keyOf(refOf(object)) },
      ),
      { atMs, initial: false },
    );
    if (this.#options.keep === 'nothing') return undefined;
    return this.#options.intake.push(
      events.map(({ type, object, bytes }) => {
        const key = keyOf(refOf(object));
        const change = (at: number): SourceChange =>
          type === 'put' ? this.#put(object, at) : { type, key, atMs: at };
        return { key, stream: this.#stream, atMs, bytes, change };
      }),
    );
  }

  onAsked(verb: 'list' | 'watch', isAnswered: boolean): void {
    this.#options.tap?.onAsked(this.#options.resource, verb, isAnswered);
  }

  onHealth(failure: ReflectorFailure | undefined, atMs: number): void {
    if (failure === undefined) this.#lastSuccessMs = atMs;
    if (failure === undefined && this.#isHealthy) return;
    this.#isHealthy = failure === undefined;
    this.#failure = failure;
    this.#options.onState();
  }

  #put(object: KubeObject, atMs: number): SourceChange {
    const { source, configMapValues, addresses = false, keep } = this.#options;
    const { apiVersion, kind, metadata } = object;
    const kept = keep === 'metadata' ? { apiVersion, kind, metadata } : object;
    return { type: 'put', object: project(kept, { configMapValues, addresses }), origin: { source }, atMs };
  }
}

function reasonOf(error: Error, { plural, group }: KubeResource): string {
  if (!(error instanceof KubeError)) return messageOf(error);
  const named = group === '' ? plural : `${plural}.${group}`;
  switch (error.status) {
    case 401:
      return `401: the API server does not accept our credentials; renew them`;
    case 403:
      return `403: we may not list and watch ${named}; grant it in the role of the service account or user (${error.message})`;
    case 404:
    case 405:
      return `${error.status}: the cluster has no ${named}`;
    default:
      return error.message;
  }
}
