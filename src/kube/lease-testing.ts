import { KubeError } from './kube-error.ts';
import type { Lease, LeaseApi } from './lease.ts';

/** Leases in memory with the API server's optimistic concurrency, for tests; it can be made to fail. */
export class MemoryLeases implements LeaseApi {
  readonly #leases = new Map<string, Lease>();
  #version = 0;
  /** Calls are refused with this while it is set. */
  fault: Error | undefined;

  async get(name: string): Promise<Lease | undefined> {
    await this.#reached();
    return this.#leases.get(name);
  }

  async list(labels: Readonly<Record<string, string>>): Promise<readonly Lease[]> {
    await this.#reached();
    const wanted = Object.entries(labels);
    return [...this.#leases.values()].filter(({ metadata }) =>
      wanted.every(([key, value]) => metadata.labels?.[key] === value),
    );
  }

  async create(lease: Lease): Promise<Lease> {
    await this.#reached();
    if (this.#leases.has(lease.metadata.name)) throw new KubeError(409, 'AlreadyExists', 'it exists');
    return this.#put(lease);
  }

  async update(lease: Lease): Promise<Lease> {
    await this.#reached();
    const held = this.#leases.get(lease.metadata.name);
    if (held === undefined) throw new KubeError(404, 'NotFound', 'there is none');
    if (held.metadata.resourceVersion !== lease.metadata.resourceVersion)
      throw new KubeError(409, 'Conflict', 'the object has been modified');
    return this.#put(lease);
  }

  async delete(name: string): Promise<void> {
    await this.#reached();
    this.#leases.delete(name);
  }

  async #reached(): Promise<void> {
    await Promise.resolve();
    if (this.fault !== undefined) throw this.fault;
  }

  #put(lease: Lease): Lease {
    const kept = { ...lease, metadata: { ...lease.metadata, resourceVersion: String(++this.#version) } };
    this.#leases.set(lease.metadata.name, kept);
    return kept;
  }
}
