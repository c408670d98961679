import { LRUCache } from 'lru-cache';
import { messageOf } from '../kit/app-error.ts';
import { newCause } from '../kit/cause.ts';
import type { Clock } from '../kit/clock.ts';
import type { Logger } from '../log/logger.ts';
import type { ObjectChange, Origin, Unreadable } from '../model/change.ts';
import { type KubeObject, keyOf, type ObjectRef, refOf } from '../model/object.ts';
import { InventoryIndex } from './index/inventory-index.ts';
import { digest, type Packed, pack, unpack } from './packed.ts';
import type { BatchInfo, SourceChange } from './source.ts';

export interface InventoryOptions {
  /** The cluster's name, as findings carry it. */
  readonly cluster: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** How many objects are kept parsed besides; 256 when left out. */
  readonly parsedObjects?: number;
}

export type ChangeListener = (changes: readonly ObjectChange[], info: BatchInfo) => void;

interface Entry {
  readonly ref: ObjectRef;
  readonly key: string;
  packed: Packed;
  digest: number;
  origin: Origin;
}

/**
 * All objects of one cluster, held compactly (deflated JSON outside of the heap, parsed when asked for), and the news
 * of them. Sources call {@link apply}; everything else asks and subscribes. An object is reported as changed only when
 * its content is other than before; see project.ts for what counts.
 *
 * It is a `ClusterView` of the posture room: kinds are asked for by name alone.
 */
export class Inventory {
  readonly cluster: string;
  /** Owners, selectors, namespaces and RBAC; up to date whenever a listener runs. */
  readonly index: InventoryIndex;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #entries = new Map<string, Entry>();
  /** Kind, then namespace, then name. */
  readonly #byKind = new Map<string, Map<string, Map<string, Entry>>>();
  readonly #parsed: LRUCache<string, KubeObject>;
  readonly #listeners = new Set<ChangeListener>();
  readonly #unreadable = new Map<string, readonly Unreadable[]>();
  readonly #unreadableListeners = new Set<(unreadable: readonly Unreadable[]) => void>();
  /** Source name to whether it has been read once completely. */
  readonly #sources = new Map<string, boolean>();
  readonly #readyListeners = new Set<() => void>();

  constructor(options: InventoryOptions) {
    this.cluster = options.cluster;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#parsed = new LRUCache({ max: options.parsedObjects ?? 256 });
    this.index = new InventoryIndex((key) => this.object(key));
  }

  /** How many objects are held. */
  get size(): number {
    return this.#entries.size;
  }

  /** Whether every source that announced itself has been read once completely. False before any did. */
  get ready(): boolean {
    return this.#sources.size > 0 && [...this.#sources.values()].every(Boolean);
  }

  /** Calls `listener` once ready; at once (synchronously) when it is already. Returns the cancel function. */
  onReady(listener: () => void): () => void {
    if (this.ready) listener();
    else this.#readyListeners.add(listener);
    return () => void this.#readyListeners.delete(listener);
  }

  /** A source says that it will report; until it calls {@link synced}, the inventory is not ready. */
  announce(source: string): void {
    if (!this.#sources.has(source)) this.#sources.set(source, false);
  }

  /** A source says that it has been read once completely. */
  synced(source: string): void {
    if (this.#sources.get(source) === true) return;
    this.#sources.set(source, true);
    if (!this.ready) return;
    const waiting = [...this.#readyListeners];
    this.#readyListeners.clear();
    for (const listener of waiting) this.#call('ready', listener);
  }

  /**
   * Takes in what a source saw, in order, and tells the listeners what has changed by it, as one batch. Objects must
   * have been through `project` already. Deletes of objects that another source has put since are ignored.
   *
   * @returns the changes that were reported.
   */
  apply(
    source: string,
    changes: readonly SourceChange[],
    options: { readonly initial?: boolean } = {},
  ): readonly ObjectChange[] {
    const reported: ObjectChange[] = [];
    for (const change of changes) {
      const report = change.type === 'delete' ? this.#delete(source, change) : this.#put(change);
      if (report !== undefined) reported.push(report);
    }
    this.#tell(reported, { source, initial: options.initial ?? false });
    return reported;
  }

  /** Puts one object, as a drill does. @returns the change, or undefined when the same object was there already. */
  inject(
    object: KubeObject,
    origin: Origin = { source: 'drill' },
    atMs: number = this.#clock.now(),
  ): ObjectChange | undefined {
    return this.apply(origin.source, [{ type: 'put', object, origin, atMs }])[0];
  }

  /** Takes one object away, whoever put it. @returns the change, or undefined when there was none. */
  remove(key: string, atMs: number = this.#clock.now()): ObjectChange | undefined {
    const source = this.#entries.get(key)?.origin.source ?? '';
    return this.apply(source, [{ type: 'delete', key, atMs }])[0];
  }

  /** Calls `listener` with each batch from now on. Returns the cancel function. */
  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  keys(): IterableIterator<string> {
    return this.#entries.keys();
  }

  /** Keys of the objects of a kind that the source has put. */
  keysOf(source: string, group: string, kind: string): readonly string[] {
    const found: string[] = [];
    for (const names of this.#byKind.get(kind)?.values() ?? [])
      for (const { key, ref, origin } of names.values())
        if (origin.source === source && ref.group === group) found.push(key);
    return found;
  }

  ref(key: string): ObjectRef | undefined {
    return this.#entries.get(key)?.ref;
  }

  origin(key: string): Origin | undefined {
    return this.#entries.get(key)?.origin;
  }

  object(key: string): KubeObject | undefined {
    const entry = this.#entries.get(key);
    return entry === undefined ? undefined : this.#open(entry);
  }

  get(kind: string, namespace: string, name: string): KubeObject | undefined {
    const entry = this.#byKind.get(kind)?.get(namespace)?.get(name);
    return entry === undefined ? undefined : this.#open(entry);
  }

  /** All objects of a kind, parsed, at once: for a large kind without a namespace use {@link each}. */
  list(kind: string, namespace?: string): readonly KubeObject[] {
    return [...this.each(kind, namespace)];
  }

  /** As {@link list}, one parsed at a time, so that going through all objects needs no memory for all. */
  *each(kind: string, namespace?: string): IterableIterator<KubeObject> {
    const namespaces = this.#byKind.get(kind);
    if (namespaces === undefined) return;
    const wanted = namespace === undefined ? [...namespaces.values()] : [namespaces.get(namespace)];
    for (const names of wanted) for (const entry of names?.values() ?? []) yield this.#open(entry);
  }

  /** How many objects of each kind there are. */
  counts(): ReadonlyMap<string, number> {
    return new Map(
      [...this.#byKind].map(([kind, namespaces]) => [
        kind,
        [...namespaces.values()].reduce((sum, names) => sum + names.size, 0),
      ]),
    );
  }

  /** Kinds that could not be read, of all sources. */
  unreadable(): readonly Unreadable[] {
    return [...this.#unreadable.values()].flat();
  }

  /** A source says which kinds it cannot read now; an empty list when it can read all. */
  setUnreadable(source: string, kinds: readonly Unreadable[]): void {
    if (JSON.stringify(this.#unreadable.get(source) ?? []) === JSON.stringify(kinds)) return;
    this.#unreadable.set(source, kinds);
    const all = this.unreadable();
    for (const listener of this.#unreadableListeners) this.#call('unreadable', () => listener(all));
  }

  /** Calls `listener` with all unreadable kinds whenever they change. Returns the cancel function. */
  subscribeUnreadable(listener: (unreadable: readonly Unreadable[]) => void): () => void {
    this.#unreadableListeners.add(listener);
    return () => void this.#unreadableListeners.delete(listener);
  }

  /** A source says of objects it holds that their file moved on or no longer parses. Reported to nobody. */
  setOrigin(key: string, origin: Origin): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) entry.origin = origin;
  }

  #put(change: Exclude<SourceChange, { type: 'delete' }>): ObjectChange | undefined {
    const { origin, atMs } = change;
    const isText = change.type === 'put-json';
    const json = isText ? change.json : JSON.stringify(change.object);
    const key = isText ? change.key : keyOf(refOf(change.object));
    const mark = digest(json);
    const held = this.#entries.get(key);
    if (held?.digest === mark) {
      held.origin = origin;
      return undefined;
    }
    const object = isText ? (JSON.parse(json) as KubeObject) : change.object;
    const ref = held?.ref ?? refOf(object);
    const packed = pack(json);
    this.#parsed.set(key, object);
    if (held !== undefined) Object.assign(held, { packed, digest: mark, origin });
    else this.#insert({ ref, key, packed, digest: mark, origin });
    this.index.put(key, ref, object);
    return { cause: newCause(this.#clock.now()), atMs, key, ref, object, origin };
  }

  #delete(source: string, change: Extract<SourceChange, { type: 'delete' }>): ObjectChange | undefined {
    const entry = this.#entries.get(change.key);
    if (entry === undefined || entry.origin.source !== source) return undefined;
    this.#entries.delete(entry.key);
    this.#parsed.delete(entry.key);
    const { kind, namespace, name } = entry.ref;
    const names = this.#byKind.get(kind)?.get(namespace);
    if (names?.get(name) === entry) names.delete(name);
    if (names?.size === 0) this.#byKind.get(kind)?.delete(namespace);
    this.index.delete(entry.key);
    const { atMs } = change;
    const cause = newCause(this.#clock.now());
    return { cause, atMs, key: entry.key, ref: entry.ref, origin: entry.origin };
  }

  #insert(entry: Entry): void {
    const { kind, namespace, name } = entry.ref;
    this.#entries.set(entry.key, entry);
    const namespaces = this.#byKind.get(kind) ?? new Map<string, Map<string, Entry>>();
    this.#byKind.set(kind, namespaces);
    const names = namespaces.get(namespace) ?? new Map<string, Entry>();
    namespaces.set(namespace, names);
    names.set(name, entry);
  }

  #open(entry: Entry): KubeObject {
    const parsed = this.#parsed.get(entry.key);
    if (parsed !== undefined) return parsed;
    const object = unpack(entry.packed);
    this.#parsed.set(entry.key, object);
    return object;
  }

  #tell(changes: readonly ObjectChange[], info: BatchInfo): void {
    if (changes.length === 0) return;
    for (const listener of this.#listeners) this.#call('change', () => listener(changes, info));
  }

  #call(what: string, listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#log.error({ what, err: messageOf(error) }, 'inventory listener failed');
    }
  }
}
