import { formatRef, type KubeObject, keyOf, refOf } from '../model/object.ts';
import type { ClusterView } from './control.ts';
import { selectionToken, type Token } from './engine-dependencies.ts';
import { existenceToken, keyToken } from './engine-index.ts';
import { imageFactsKind, type KnownImage } from './image-facts.ts';
import { type Labels, selectorOf } from './selector-kinds.ts';
import { selects } from './selectors.ts';
import { faultsIn } from './shapes.ts';
import { watched } from './watched.ts';

/** Lists are kept parsed for the rest of a batch up to this many objects in all, so that memory stays bounded. */
const mostKeptObjects = 2000;

/** What objects have which keys. */
export interface IndexReader {
  objectsOf(token: Token): readonly KubeObject[];
  hasAll(tokens: readonly Token[]): boolean;
}

/**
 * The cluster as one judgement sees it: what is asked is recorded, answers are kept for the rest of the batch, and
 * objects of drills are left out.
 */
export class RecordingView implements ClusterView {
  readonly #view: ClusterView;
  readonly #isHidden: (object: KubeObject) => boolean;
  /** Why a kind cannot be read. */
  readonly #unreadable: ReadonlyMap<string, string>;
  readonly #index: IndexReader;
  readonly #lists = new Map<Token, readonly KubeObject[]>();
  #keptObjects = 0;
  /** Objects that were looked at and are as they should be: one is asked for by many controls. */
  readonly #sound = new WeakSet<KubeObject>();
  readonly #asked = new Set<Token>();
  #problem: string | undefined;
  #fault: string | undefined;

  constructor(
    view: ClusterView,
    unreadable: ReadonlyMap<string, string>,
    isHidden: (object: KubeObject) => boolean,
    index: IndexReader,
  ) {
    this.#view = view;
    this.#index = index;
    this.#unreadable = unreadable;
    this.#isHidden = isHidden;
  }

  /** Starts the record of one unit. */
  begin(): void {
    this.#asked.clear();
    this.#problem = undefined;
    this.#fault = undefined;
  }

  /** What was asked since {@link begin}; good until it is called again. */
  get asked(): ReadonlySet<Token> {
    return this.#asked;
  }

  /** Why an answer since the last call could not be trusted, if one could not. */
  takeProblem(): string | undefined {
    const problem = this.#problem;
    this.#problem = undefined;
    return problem;
  }

  /** What was read since the last call that is not as it should be, first of all, if anything was. */
  takeFault(): string | undefined {
    const fault = this.#fault;
    this.#fault = undefined;
    return fault;
  }

  /** The object as a check should read it: where it is not as it should be, reading that is noted. */
  readable(object: KubeObject, isJudged = false): KubeObject {
    if (this.#sound.has(object)) return object;
    const faults = faultsIn(object);
    if (faults.size === 0) {
      this.#sound.add(object);
      return object;
    }
    const owner = isJudged ? '' : ` of ${formatRef(refOf(object))}`;
    return watched(object, faults, (path, fault) => {
      this.#fault ??= `it cannot be read: ${path}${owner} ${fault}`;
    });
  }

  /** Forgets answers: the cluster may be another from now on. */
  endBatch(): void {
    this.#lists.clear();
    this.#keptObjects = 0;
  }

  get(kind: string, namespace: string, name: string): KubeObject | undefined {
    const token = `${kind}|${namespace}|${name}`;
    this.#ask(token, kind);
    return this.#kept(token, () => {
      const object = this.#view.get(kind, namespace, name);
      return object === undefined ? [] : [object];
    })[0];
  }

  list(kind: string, namespace?: string): readonly KubeObject[] {
    const token = namespace === undefined ? kind : `${kind}|${namespace}`;
    this.#ask(token, kind);
    return this.#list(token, kind, namespace);
  }

  selecting(kind: string, namespace: string, labels: Labels): readonly KubeObject[] {
    this.#ask(selectionToken(kind, namespace, labels), kind);
    return this.#list(`${kind}|${namespace}`, kind, namespace).filter((object) =>
      selects(selectorOf(object), labels),
    );
  }

  indexed(kind: string, key: string): readonly KubeObject[] {
    const token = keyToken(kind, key);
    this.#ask(token, kind);
    return this.#kept(token, () => this.#index.objectsOf(token));
  }

  /** What comes to have all keys, or has them no more, got or lost one of them. */
  hasIndexed(kind: string, keys: readonly string[]): boolean {
    for (const key of keys) this.#ask(existenceToken(kind, key), kind);
    return this.#index.hasAll(keys.map((key) => keyToken(kind, key)));
  }

  imagesOf(workload: KubeObject, container: string, image: string): readonly KnownImage[] | undefined {
    const known = this.#view.imagesOf?.(workload, container, image);
    if (known !== undefined) this.#asked.add(keyToken(imageFactsKind, keyOf(refOf(workload))));
    return known;
  }

  /** Whether there is any object of the kind, or somebody tells what it would; asks less than a list does. */
  hasAny(kind: string): boolean {
    this.#asked.add(`${kind}?`);
    if (kind === imageFactsKind && this.#view.imagesOf !== undefined) return true;
    return this.#list(kind, kind, undefined).length > 0;
  }

  #list(token: Token, kind: string, namespace: string | undefined): readonly KubeObject[] {
    return this.#kept(token, () =>
      namespace === undefined ? this.#view.list(kind) : this.#view.list(kind, namespace),
    );
  }

  #kept(token: Token, find: () => readonly KubeObject[]): readonly KubeObject[] {
    const kept = this.#lists.get(token);
    if (kept !== undefined) return kept;
    const all = find();
    const shown = all.some(this.#isHidden) ? all.filter((object) => !this.#isHidden(object)) : all;
    const objects = shown.map((object) => this.readable(object));
    if (this.#keptObjects + objects.length > mostKeptObjects) this.endBatch();
    if (objects.length <= mostKeptObjects) {
      this.#lists.set(token, objects);
      this.#keptObjects += objects.length;
    }
    return objects;
  }

  #ask(token: Token, kind: string): void {
    this.#asked.add(token);
    const reason = this.#unreadable.get(kind);
    if (reason !== undefined)
      this.#problem ??= `it depends on ${kind} objects, which could not be read: ${reason}`;
  }
}
