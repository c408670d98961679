import type { PartJson } from '../api/skopos/contract.ts';
import type { Component } from '../kit/component.ts';
import type { Database } from '../store/database.ts';
import { AdmissionRole } from './admission.ts';
import type { Chain } from './chain.ts';
import { type ClusterResultsOptions, clusterResults } from './cluster-results.ts';
import { createHostRole, type HostRole } from './host/host-role.ts';

type Deps = Omit<ClusterResultsOptions, 'isReady'> & {
  readonly dataFolder: string;
  readonly chain: Chain;
  readonly db: Database;
};

/**
 * What acts upon the cluster, or reads more of it than its API tells, where it is asked for: the webhook, results written into it, facts of
 * its nodes. Also keeps our share of it.
 */
export function createClusterParts(deps: Deps): {
  readonly admission: AdmissionRole | undefined;
  readonly host: HostRole | undefined;
  readonly components: readonly Component[];
  /** What of them is to be told of, for the state of the chain. */
  parts(): readonly PartJson[];
} {
  const { config, replicas, chain, ledger } = deps;
  const isReady = () => chain.isReady;
  replicas.onShare(() => chain.share(replicas.isOurs));
  const admission =
    config.admission === undefined
      ? undefined
      : new AdmissionRole({
          ...deps,
          settings: config.admission,
          ledger: ledger.append,
          leadership: replicas.leadership,
          isReady,
        });
  const host = createHostRole(deps);
  const results = clusterResults({ ...deps, isReady });
  return {
    admission,
    host,
    components: [admission ?? [], host ?? [], results.components].flat(),
    parts: () => [...(host === undefined ? [] : [host.part()]), ...results.parts()],
  };
}
