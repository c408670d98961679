import type { KubeObject } from '../model/object.ts';
import type { ClusterView } from './control.ts';
import { selectionToken, type Token } from './engine-dependencies.ts';
import { type Labels, selectorOf } from './selector-kinds.ts';
import { selects } from './selectors.ts';

/** Lists are kept parsed for the rest of a batch up to this many objects in all, so that memory stays bounded. */
const mostKeptObjects = 2000;

/**
 * The cluster as one judgement sees it: what is asked is recorded, answers are kept for the rest of the batch, and
 * objects of drills are left out.
 */
export class RecordingView implements ClusterView {
  readonly #view: ClusterView;
  readonly #isHidden: (object: KubeObject) => boolean;
  /** Why a kind cannot be read. */
  readonly #unreadable: ReadonlyMap<string, string>;
  readonly #lists = new Map<Token, readonly KubeObject[]>();
  #kept = 0;
  #asked = new Set<Token>();
  #problem: string | undefined;

  constructor(
    view: ClusterView,
    unreadable: ReadonlyMap<string, string>,
    isHidden: (object: KubeObject) => boolean,
  ) {
    this.#view = view;
    this.#unreadable = unreadable;
    this.#isHidden = isHidden;
  }

  /** Starts the record of one unit. */
  begin(): void {
    this.#asked = new Set();
    this.#problem = undefined;
  }

  /** What was asked since {@link begin}. */
  get asked(): ReadonlySet<Token> {
    return this.#asked;
  }

  /** Why an answer since the last call could not be trusted, if one could not. */
  takeProblem(): string | undefined {
    const problem = this.#problem;
    this.#problem = undefined;
    return problem;
  }

  /** Forgets answers: the cluster may be another from now on. */
  endBatch(): void {
    this.#lists.clear();
    this.#kept = 0;
  }

  get(kind: string, namespace: string, name: string): KubeObject | undefined {
    this.#ask(`${kind}|${namespace}|${name}`, kind);
    const object = this.#view.get(kind, namespace, name);
    return object === undefined || this.#isHidden(object) ? undefined : object;
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

  /** Whether there is any object of the kind; asks less than a list does. */
  hasAny(kind: string): boolean {
    this.#asked.add(`${kind}?`);
    return this.#list(kind, kind, undefined).length > 0;
  }

  #list(token: Token, kind: string, namespace: string | undefined): readonly KubeObject[] {
    const kept = this.#lists.get(token);
    if (kept !== undefined) return kept;
    const all = namespace === undefined ? this.#view.list(kind) : this.#view.list(kind, namespace);
    const objects = all.some(this.#isHidden) ? all.filter((object) => !this.#isHidden(object)) : all;
    if (this.#kept + objects.length > mostKeptObjects) this.endBatch();
    if (objects.length <= mostKeptObjects) {
      this.#lists.set(token, objects);
      this.#kept += objects.length;
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
