import { groupOf, type KubeObject, keyOf, type ObjectRef } from '../../model/object.ts';

interface Node {
  readonly ref: ObjectRef;
  readonly owner: ObjectRef | undefined;
}

/** Longer chains of owners do not occur; a bound for what is malformed. */
const longestChain = 16;

/** Who made whom: Pod → ReplicaSet → Deployment, by the controller among `ownerReferences`. */
export class OwnerIndex {
  readonly #nodes = new Map<string, Node>();
  readonly #owned = new Map<string, Set<string>>();

  put(key: string, ref: ObjectRef, object: KubeObject): void {
    this.delete(key);
    const owner = ownerOf(ref, object);
    this.#nodes.set(key, { ref, owner });
    if (owner === undefined) return;
    const ownerKey = keyOf(owner);
    const siblings = this.#owned.get(ownerKey);
    if (siblings === undefined) this.#owned.set(ownerKey, new Set([key]));
    else siblings.add(key);
  }

  delete(key: string): void {
    const owner = this.#nodes.get(key)?.owner;
    this.#nodes.delete(key);
    if (owner === undefined) return;
    const ownerKey = keyOf(owner);
    const siblings = this.#owned.get(ownerKey);
    siblings?.delete(key);
    if (siblings?.size === 0) this.#owned.delete(ownerKey);
  }

  /** Its controller, held or not. */
  owner(key: string): ObjectRef | undefined {
    return this.#nodes.get(key)?.owner;
  }

  /**
   * The object at the top of its chain of controllers: itself when it has none. An owner that is not held ends the
   * chain, and is the answer: the pods of an unread ReplicaSet still belong together. Undefined when `key` is not held.
   */
  top(key: string): ObjectRef | undefined {
    let at = this.#nodes.get(key);
    if (at === undefined) return undefined;
    const seen = new Set([key]);
    while (at.owner !== undefined && seen.size <= longestChain) {
      const ownerKey = keyOf(at.owner);
      if (seen.has(ownerKey)) break;
      seen.add(ownerKey);
      const next = this.#nodes.get(ownerKey);
      if (next === undefined) return at.owner;
      at = next;
    }
    return at.ref;
  }

  /** Keys of what it controls directly. */
  owned(key: string): readonly string[] {
    return [...(this.#owned.get(key) ?? [])];
  }

  /** Keys of all that it controls, through others too, nearest first. */
  descendants(key: string): readonly string[] {
    const found = new Set(this.owned(key));
    for (const child of found) for (const next of this.#owned.get(child) ?? []) found.add(next);
    found.delete(key);
    return [...found];
  }
}

/** Only these own across the border of a namespace: static pods belong to their Node. */
const clusterScopedOwners = new Set(['Node']);

function ownerOf(ref: ObjectRef, object: KubeObject): ObjectRef | undefined {
  const references = object.metadata.ownerReferences;
  if (!Array.isArray(references)) return undefined;
  const controller = references.find((reference) => reference?.controller === true) ?? references[0];
  if (typeof controller?.kind !== 'string' || typeof controller.name !== 'string') return undefined;
  return {
    group: groupOf(typeof controller.apiVersion === 'string' ? controller.apiVersion : ''),
    kind: controller.kind,
    namespace: clusterScopedOwners.has(controller.kind) ? '' : ref.namespace,
    name: controller.name,
  };
}
