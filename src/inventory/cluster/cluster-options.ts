import type { Clock } from '../../kit/clock.ts';
import type { AccessChoice } from '../../kube/load-access.ts';
import type { ReflectorCounts } from '../../kube/reflector.ts';
import type { Logger } from '../../log/logger.ts';
import type { Inventory } from '../inventory.ts';
import type { WatchedKind } from './kinds.ts';
import type { ObjectTap } from './object-tap.ts';

export interface ClusterSourceOptions {
  /** A kubeconfig and the context in it (its current one when left out), or the pod's own service account. */
  readonly access: AccessChoice;
  readonly inventory: Inventory;
  readonly clock: Clock;
  readonly log: Logger;
  /** What to watch; {@link defaultKinds} when left out. */
  readonly kinds?: readonly WatchedKind[];
  /** Keep the values of ConfigMaps, not only their keys; false when left out. */
  readonly keepConfigMapValues?: boolean;
  /** Keep addresses and readiness of pods and nodes; false when left out. */
  readonly keepAddresses?: boolean;
  /** Keep what the API server says of itself as an object, for controls that ask for it; false when left out. */
  readonly keepServerInfo?: boolean;
  /** Sees the objects whole as they come in. */
  readonly tap?: ObjectTap;
  /** How long to wait before asking again for a kind that was refused; a minute when left out. */
  readonly refusalRetryMs?: number;
  /** How long to wait before looking again which kinds the cluster has; half a minute when left out. */
  readonly rediscoverMs?: number;
  /** How long a kind that was read may be out of reach before what is held of it counts as unknown; a minute when left out. */
  readonly blindAfterMs?: number;
  /** The most objects that are asked for at a time; 500 when left out. */
  readonly pageSize?: number;
}

/** What reading a cluster costs and how it goes, for metrics. */
export interface ClusterFigures extends Readonly<ReflectorCounts> {
  /** Changes that wait for their turn. */
  readonly waiting: number;
  /** Changes that were not looked at, as the same object changed again before their turn. */
  readonly coalesced: number;
  /** How far the clock of the API server is ahead of ours; undefined while it has not answered. */
  readonly clockSkewMs?: number;
}
