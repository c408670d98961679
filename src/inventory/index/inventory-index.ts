import type { KubeObject, ObjectRef } from '../../model/object.ts';
import { AccountIndex } from './accounts.ts';
import { HostNetworkIndex } from './host-network.ts';
import { NamespaceIndex } from './namespaces.ts';
import { OwnerIndex } from './owners.ts';
import { RbacIndex } from './rbac.ts';
import { SelectorIndex } from './selectors.ts';

/**
 * How the objects of a cluster hang together, kept up to date one object at a time. Holds only small facts (labels,
 * selectors, owners, bindings); whole objects are asked from `open` when needed.
 */
export class InventoryIndex {
  readonly owners = new OwnerIndex();
  readonly selectors = new SelectorIndex();
  readonly namespaces = new NamespaceIndex();
  readonly accounts = new AccountIndex();
  readonly hostNetwork = new HostNetworkIndex();
  readonly rbac: RbacIndex;

  constructor(open: (key: string) => KubeObject | undefined) {
    this.rbac = new RbacIndex(open);
  }

  /** The object under `key` is there, new or in a new state. */
  put(key: string, ref: ObjectRef, object: KubeObject): void {
    this.owners.put(key, ref, object);
    this.selectors.put(key, ref, object);
    this.namespaces.put(key, ref, object);
    this.accounts.put(key, ref, object);
    this.hostNetwork.put(key, ref, object);
    this.rbac.put(key, ref, object);
  }

  delete(key: string): void {
    this.owners.delete(key);
    this.selectors.delete(key);
    this.namespaces.delete(key);
    this.accounts.delete(key);
    this.hostNetwork.delete(key);
    this.rbac.delete(key);
  }
}
