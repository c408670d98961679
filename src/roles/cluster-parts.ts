import type { Component } from '../kit/component.ts';
import { AdmissionRole } from './admission.ts';
import type { Chain } from './chain.ts';
import { type ClusterResultsOptions, clusterResults } from './cluster-results.ts';

type Deps = Omit<ClusterResultsOptions, 'isReady'> & { readonly dataFolder: string; readonly chain: Chain };

/** What acts upon the cluster, where it is asked for: the webhook and results written into it. Also keeps our share of it. */
export function createClusterParts(deps: Deps): {
  readonly admission: AdmissionRole | undefined;
  readonly components: readonly Component[];
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
  return {
    admission,
    components: [...(admission === undefined ? [] : [admission]), ...clusterResults({ ...deps, isReady })],
  };
}
