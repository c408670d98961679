import type { LoadedConfig } from '../config/load-config.ts';
import {
  endpointKinds,
  kindsFor,
  mergeKinds,
  type WatchedKind,
  withTapped,
} from '../inventory/cluster/kinds.ts';
import { monitorGroup, monitorKinds } from '../monitors/operator-settings.ts';
import type { Control } from '../posture/control.ts';
import { customControls } from '../posture/custom/custom-controls.ts';
import { asksServerInfo, kindsReadBy } from '../posture/kinds-read.ts';
import { findsByKubernetes } from './metrics.ts';
import { loadPolicies, type PrometheusSettings } from './settings.ts';
import { stateKinds } from './state-kinds.ts';
import { isStateOn, loadCustomKinds } from './state-settings.ts';
import { unwatchedKinds } from './unwatched-kinds.ts';

/** What of a cluster is needed. */
export interface Wanted {
  /** Kinds that controls judge or ask for. */
  readonly judged: readonly string[];
  /** Kinds that policies of files judge or take parameters from, beyond those. */
  readonly ofPolicies?: readonly WatchedKind[];
  /** What the API server says of itself. */
  readonly serverInfo?: boolean;
  /** To find scrape targets by objects. */
  readonly targets: boolean;
  /** Addresses of pods: those of the node process are asked for facts. */
  readonly addresses?: boolean;
  /** The Prometheus operator's objects. */
  readonly monitors: boolean;
  /** What the role `state` turns into series; left out where it is not on. */
  readonly state?: ReturnType<typeof stateKinds>;
}

/**
 * What this configuration needs of a cluster: for its controls, its policies of files, and what finds scrape targets.
 *
 * @param controls those that are chosen, without custom ones.
 * @throws {BadInputError} when a file of policies is wrong.
 */
export function wantedBy(
  config: LoadedConfig,
  controls: readonly Control[],
  prometheus: PrometheusSettings | undefined,
): Wanted {
  const { operator } = config.metrics;
  const policies = loadPolicies(config);
  const judged = kindsReadBy([...controls, ...customControls(policies).controls]);
  return {
    judged,
    ...(asksServerInfo(controls) ? { serverInfo: true } : {}),
    ofPolicies: unwatchedKinds(policies, kindsFor(judged)).flatMap(({ group, kind }) =>
      // Of a kind that is not known there is only the resource's name, in small letters.
      /^[A-Z]/.test(kind) ? { group, kind, optional: true } : [],
    ),
    targets: findsByKubernetes(prometheus, operator),
    ...(config.host?.pods === undefined && config.metrics.kubelet === undefined ? {} : { addresses: true }),
    monitors: operator !== undefined,
    ...(isStateOn(config) ? { state: stateKinds(config.state, loadCustomKinds(config.state)) } : {}),
  };
}

/** Only looked at where the configuration says so; a cluster without the Prometheus operator has none. */
const operatorKinds = monitorKinds.map((kind) => ({ group: monitorGroup, kind, optional: true }));

/** The kinds that are watched for all of it. */
export function watchedKinds(wanted: Wanted): readonly WatchedKind[] {
  const { judged, ofPolicies = [], targets, monitors, state = [] } = wanted;
  const isScraped = targets || monitors;
  const kinds = mergeKinds(
    ...[kindsFor(judged), ofPolicies],
    ...[isScraped ? endpointKinds : [], monitors ? operatorKinds : []],
  );
  return withTapped(kinds, state);
}
