import { type KubeObject, keyOf, refOf } from '../../model/object.ts';
import { textAt } from './fields.ts';
import { type Rendered, render } from './rendered.ts';
import type { SelectedResource } from './select-families.ts';

/** A resource, and which objects become it. */
export interface RenderedKind {
  readonly group: string;
  readonly kind: string;
  readonly resource: SelectedResource;
}

/** One object as series. */
export interface StateObject {
  readonly key: string;
  readonly resource: SelectedResource;
  readonly rendered: Rendered;
  /** What the store calls each series, in order; filled in by whoever writes them. */
  readonly handles: number[];
}

/** Hears of each series that is other than before. */
export interface SeriesListener {
  /** A series appeared, or its value is another. */
  onValue(object: StateObject, index: number): void;
  onGone(object: StateObject, index: number): void;
}

export interface StateObjectsOptions {
  readonly kinds: readonly RenderedKind[];
  /** Which objects are rendered; all when left out. */
  readonly isWanted?: (object: KubeObject) => boolean;
}

/** All objects as series. An object is rendered when it comes in; objects themselves are not kept. */
export class StateObjects {
  readonly #kinds = new Map<string, readonly SelectedResource[]>();
  readonly #isWanted: (object: KubeObject) => boolean;
  /** By resource, then by key of the object. */
  readonly #objects = new Map<SelectedResource, Map<string, StateObject>>();
  #series = 0;

  constructor({ kinds, isWanted = () => true }: StateObjectsOptions) {
    for (const { group, kind, resource } of kinds) {
      const name = nameOf(group, kind);
      this.#kinds.set(name, [...(this.#kinds.get(name) ?? []), resource]);
      this.#objects.set(resource, new Map());
    }
    this.#isWanted = isWanted;
  }

  /** How many series there are. */
  get series(): number {
    return this.#series;
  }

  get resources(): readonly SelectedResource[] {
    return [...this.#objects.keys()];
  }

  isRendered(group: string, kind: string): boolean {
    return this.#kinds.has(nameOf(group, kind));
  }

  /** Live: whoever goes through it slowly sees what is put meanwhile. */
  of(resource: SelectedResource): ReadonlyMap<string, StateObject> {
    return this.#objects.get(resource) ?? new Map();
  }

  /** Takes the state of an object in. */
  put(object: KubeObject, listener: SeriesListener): void {
    const ref = refOf(object);
    const key = keyOf(ref);
    if (!this.#isWanted(object)) {
      this.delete(ref.group, ref.kind, key, listener);
      return;
    }
    for (const resource of this.#kinds.get(nameOf(ref.group, ref.kind)) ?? [])
      this.#put(resource, key, render(object, resource), listener);
  }

  delete(group: string, kind: string, key: string, listener: SeriesListener): void {
    for (const resource of this.#kinds.get(nameOf(group, kind)) ?? []) {
      const objects = this.#objects.get(resource);
      const held = objects?.get(key);
      if (held === undefined) continue;
      objects?.delete(key);
      this.#series -= held.rendered.values.length;
      for (let i = 0; i < held.rendered.values.length; i++) listener.onGone(held, i);
    }
  }

  /** Only these objects of the kind are there. */
  keepOnly(group: string, kind: string, keys: ReadonlySet<string>, listener: SeriesListener): void {
    for (const resource of this.#kinds.get(nameOf(group, kind)) ?? [])
      for (const key of this.of(resource).keys()) if (!keys.has(key)) this.delete(group, kind, key, listener);
  }

  #put(resource: SelectedResource, key: string, rendered: Rendered, listener: SeriesListener): void {
    const objects = this.#objects.get(resource);
    const before = objects?.get(key);
    const handles: number[] = [];
    const after = { key, resource, rendered, handles };
    objects?.set(key, after);
    this.#series += rendered.values.length - (before?.rendered.values.length ?? 0);
    if (before === undefined || before.rendered.identity !== rendered.identity) {
      replace(before, after, listener);
    } else if (isSameShape(before.rendered, rendered)) {
      handles.push(...before.handles);
      for (let i = 0; i < rendered.values.length; i++)
        if (!Object.is(before.rendered.values[i], rendered.values[i])) listener.onValue(after, i);
    } else compare(before, after, listener);
  }
}

/** Everything of one state ends, and everything of the other begins. */
function replace(before: StateObject | undefined, after: StateObject, listener: SeriesListener): void {
  for (let i = 0; i < (before?.rendered.values.length ?? 0); i++)
    if (before !== undefined) listener.onGone(before, i);
  for (let i = 0; i < after.rendered.values.length; i++) listener.onValue(after, i);
}

/** Tells the series of two states of an object apart, and hands the handles on. */
function compare(before: StateObject, after: StateObject, listener: SeriesListener): void {
  const indexes = new Map<string, number>();
  for (let i = 0; i < before.rendered.values.length; i++) indexes.set(seriesKey(before.rendered, i), i);
  const changed: number[] = [];
  for (let i = 0; i < after.rendered.values.length; i++) {
    const key = seriesKey(after.rendered, i);
    const old = indexes.get(key);
    if (old !== undefined) {
      indexes.delete(key);
      after.handles[i] = before.handles[old] ?? -1;
    } else after.handles[i] = -1;
    if (old === undefined || !Object.is(before.rendered.values[old], after.rendered.values[i]))
      changed.push(i);
  }
  for (const i of indexes.values()) listener.onGone(before, i);
  for (const i of changed) listener.onValue(after, i);
}

function seriesKey({ families, labels }: Rendered, index: number): string {
  return `${families[index]}:${labels[index]}`;
}

function isSameShape(a: Rendered, b: Rendered): boolean {
  // Lists of families are shared where they are equal.
  if (a.families !== b.families && a.families.join() !== b.families.join()) return false;
  return a.labels.every((text, i) => text === b.labels[i]);
}

function nameOf(group: string, kind: string): string {
  return `${group}/${kind}`;
}

/** Whether an object is in one of the namespaces (all when there are none) and not in one that is left out. */
export function namespaceFilter(
  namespaces: readonly string[],
  denied: readonly string[],
): (object: KubeObject) => boolean {
  const wanted = new Set(namespaces);
  const unwanted = new Set(denied);
  return (object) => {
    const { group, kind } = refOf(object);
    const isNamespace = group === '' && kind === 'Namespace';
    const namespace = isNamespace ? object.metadata.name : textAt(object, 'metadata', 'namespace');
    if (namespace === '') return true;
    return (wanted.size === 0 || wanted.has(namespace)) && !unwanted.has(namespace);
  };
}
