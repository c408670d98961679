import type { LoadedConfig } from '../config/load-config.ts';
import { memberOf } from '../inventory/shard.ts';
import { BadInputError, messageOf } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import { LazyKubeClient } from '../kube/lazy-client.ts';
import { kubeLeases } from '../kube/lease.ts';
import {
  alwaysLeader,
  type Leadership,
  LeaseElector,
  type LeaseElectorOptions,
} from '../kube/lease-elector.ts';
import { LeaseMembers } from '../kube/lease-members.ts';
import { ownName, ownNamespace } from '../kube/own-pod.ts';
import type { Logger } from '../log/logger.ts';
import type { Registry } from '../telemetry/registry.ts';
import type { SourceChoice } from './object-source.ts';
import { one } from './process-metrics.ts';

interface ReplicasOptions {
  readonly config: LoadedConfig;
  readonly choice: SourceChoice;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
}

/** What one replica of several knows of the others. */
export interface Replicas {
  readonly leadership: Leadership;
  readonly components: readonly Component[];
  /** What keeps this one from renewing its Leases; '' when nothing does. */
  readonly problem: () => string;
  /** Whether a namespace ('' for what is of none) is ours to judge. */
  readonly isOurs: (namespace: string) => boolean;
  /** Calls `listener` whenever {@link isOurs} answers otherwise than before. */
  readonly onShare: (listener: () => void) => void;
}

const alone: Replicas = {
  leadership: alwaysLeader,
  components: [],
  problem: () => '',
  isOurs: () => true,
  onShare: () => undefined,
};

/** @throws {BadInputError} when the section `replicas` makes no sense for this process. */
export function createReplicas({ config, choice, clock, log, registry }: ReplicasOptions): Replicas {
  const { replicas } = config;
  if (replicas === undefined) return alone;
  if (choice.kind !== 'cluster')
    throw new BadInputError(
      'replicas',
      'replicas find each other by Leases of the cluster that they watch, and this process watches a folder',
    );
  const namespace = replicas.namespace ?? ownNamespace();
  if (namespace === undefined)
    throw new BadInputError(
      'replicas.namespace',
      'say where the Leases are: this process runs in no cluster',
    );
  const { name, identity = ownName(), share, lease_duration: leaseDurationMs } = replicas;
  const client = new LazyKubeClient(choice.access);
  const api = kubeLeases(client, namespace);
  const times = {
    leaseDurationMs,
    renewDeadlineMs: replicas.renew_deadline,
    retryPeriodMs: replicas.retry_period,
  };
  const elector = electorOf({ api, lease: name, identity, clock, log, ...times });
  const members = new LeaseMembers({ api, group: name, identity, clock, log, leaseDurationMs });
  // Until the members are known everything is ours: better twice than not at all.
  const isOurs = (of: string) => members.members.length === 0 || memberOf(of, members.members) === identity;
  registry.collector(() => [
    one('skopos_leader', 'gauge', 'Whether this replica is the leader.', elector.isLeader() ? 1 : 0),
    one('skopos_leader_term', 'gauge', 'How often the lease of the leader has changed hands.', elector.term),
    one(
      'skopos_replicas',
      'gauge',
      'Replicas that this one knows of, itself included.',
      members.members.length,
    ),
  ]);
  return {
    leadership: elector,
    components: [elector, members, client],
    problem: () => elector.problem || members.problem,
    isOurs: share ? isOurs : alone.isOurs,
    onShare: share ? (listener) => void members.onChange(listener) : alone.onShare,
  };
}

/** @throws {BadInputError} when the times do not leave room for each other. */
function electorOf(options: LeaseElectorOptions): LeaseElector {
  try {
    return new LeaseElector(options);
  } catch (error) {
    throw new BadInputError('replicas', messageOf(error), { cause: error });
  }
}
