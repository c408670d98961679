import type { KubeObject, ObjectRef } from '../../model/object.ts';
import { fieldsAt, textOf } from './fields.ts';
import { podPathOf } from './selectors.ts';

/** Which workloads run as which service account. */
export class AccountIndex {
  readonly #accountOf = new Map<string, string>();
  readonly #workloads = new Map<string, Set<string>>();

  put(key: string, ref: ObjectRef, object: KubeObject): void {
    this.delete(key);
    const path = podPathOf(ref.kind);
    if (path === undefined) return;
    const spec = fieldsAt(object, ...path, 'spec');
    const name = textOf(spec['serviceAccountName']) || textOf(spec['serviceAccount']) || 'default';
    const account = `${ref.namespace}/${name}`;
    this.#accountOf.set(key, account);
    const workloads = this.#workloads.get(account);
    if (workloads === undefined) this.#workloads.set(account, new Set([key]));
    else workloads.add(key);
  }

  delete(key: string): void {
    const account = this.#accountOf.get(key);
    if (account === undefined) return;
    this.#accountOf.delete(key);
    const workloads = this.#workloads.get(account);
    workloads?.delete(key);
    if (workloads?.size === 0) this.#workloads.delete(account);
  }

  /** The name of the service account that the pod, or the pods of the workload, run as; undefined for other objects. */
  accountOf(key: string): string | undefined {
    const account = this.#accountOf.get(key);
    return account?.slice(account.indexOf('/') + 1);
  }

  /** All that something runs as: with the accounts that no ServiceAccount object declares, as `default` in manifests. */
  all(): readonly { readonly namespace: string; readonly name: string }[] {
    return [...this.#workloads.keys()].map((account) => {
      const slash = account.indexOf('/');
      return { namespace: account.slice(0, slash), name: account.slice(slash + 1) };
    });
  }

  /** Keys of pods and workloads that run as the account. */
  workloadsOf(namespace: string, name: string): readonly string[] {
    return [...(this.#workloads.get(`${namespace}/${name}`) ?? [])];
  }
}
