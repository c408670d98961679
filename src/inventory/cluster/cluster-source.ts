import type { Clock } from '../../kit/clock.ts';
import type { Component } from '../../kit/component.ts';
import type { Logger } from '../../log/logger.ts';
import type { Inventory } from '../inventory.ts';
import type { SourceStatus } from '../source.ts';
import type { WatchedKind } from './kinds.ts';

export interface ClusterSourceOptions {
  /** A kubeconfig and the context in it (its current one when left out), or the pod's own service account. */
  readonly access: { readonly kubeconfig: string; readonly context?: string } | 'in-cluster';
  readonly inventory: Inventory;
  readonly clock: Clock;
  readonly log: Logger;
  /** What to watch; {@link defaultKinds} when left out. */
  readonly kinds?: readonly WatchedKind[];
  /** Keep the values of ConfigMaps, not only their keys; false when left out. */
  readonly keepConfigMapValues?: boolean;
}

/** Reads the objects of a cluster into an inventory and keeps watching them. Announces itself as source `cluster`. */
export class ClusterSource implements Component {
  readonly name = 'cluster';

  constructor(options: ClusterSourceOptions) {
    options.inventory.announce(this.name);
  }

  run(_signal: AbortSignal): Promise<void> {
    return Promise.resolve();
  }

  /** Calls `listener` whenever {@link status} changed. Returns the cancel function. */
  onChange(_listener: () => void): () => void {
    return () => undefined;
  }

  status(): SourceStatus {
    return { state: 'starting', message: '' };
  }
}
