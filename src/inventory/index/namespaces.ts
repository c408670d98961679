import type { KubeObject, ObjectRef } from '../../model/object.ts';
import { labelsOf } from './fields.ts';

export interface NamespaceFacts {
  readonly name: string;
  /** Of the Namespace object; empty when it is not held. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whether its Namespace object is held: a folder often has objects of namespaces that it does not declare. */
  readonly declared: boolean;
  /** How many objects are in it. */
  readonly objects: number;
}

/** Namespaces, declared or only used. */
export class NamespaceIndex {
  readonly #namespaceOf = new Map<string, string>();
  readonly #objects = new Map<string, number>();
  readonly #declared = new Map<
    string,
    { readonly key: string; readonly labels: Readonly<Record<string, string>> }
  >();

  put(key: string, ref: ObjectRef, object: KubeObject): void {
    this.delete(key);
    if (ref.kind === 'Namespace' && ref.group === '')
      this.#declared.set(ref.name, { key, labels: labelsOf(object.metadata.labels) });
    if (ref.namespace === '') return;
    this.#namespaceOf.set(key, ref.namespace);
    this.#objects.set(ref.namespace, (this.#objects.get(ref.namespace) ?? 0) + 1);
  }

  delete(key: string): void {
    const namespace = this.#namespaceOf.get(key);
    if (namespace !== undefined) {
      this.#namespaceOf.delete(key);
      const left = (this.#objects.get(namespace) ?? 1) - 1;
      if (left === 0) this.#objects.delete(namespace);
      else this.#objects.set(namespace, left);
      return;
    }
    for (const [name, { key: declared }] of this.#declared) if (declared === key) this.#declared.delete(name);
  }

  /** In order of name. */
  all(): readonly NamespaceFacts[] {
    return [...new Set([...this.#declared.keys(), ...this.#objects.keys()])]
      .sort()
      .map((name) => this.get(name));
  }

  get(name: string): NamespaceFacts {
    const declared = this.#declared.get(name);
    return {
      name,
      labels: declared?.labels ?? {},
      declared: declared !== undefined,
      objects: this.#objects.get(name) ?? 0,
    };
  }
}
