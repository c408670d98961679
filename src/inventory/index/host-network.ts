import type { KubeObject, ObjectRef } from '../../model/object.ts';
import { fieldsAt, fieldsList } from './fields.ts';
import { podPathOf } from './selectors.ts';

/** Which pods and workloads listen on the addresses of their nodes: by the host's network, or by a port of the host. */
export class HostNetworkIndex {
  readonly #keys = new Set<string>();

  put(key: string, ref: ObjectRef, object: KubeObject): void {
    this.#keys.delete(key);
    const path = podPathOf(ref.kind);
    if (path === undefined) return;
    const spec = fieldsAt(object, ...path, 'spec');
    const ports = fieldsList(spec['containers']).flatMap((container) => fieldsList(container['ports']));
    if (
      spec['hostNetwork'] === true ||
      ports.some(({ hostPort }) => typeof hostPort === 'number' && hostPort > 0)
    )
      this.#keys.add(key);
  }

  delete(key: string): void {
    this.#keys.delete(key);
  }

  keys(): IterableIterator<string> {
    return this.#keys.keys();
  }
}
