import { BadInputError } from '../../kit/app-error.ts';

/** What a workload id of Kubescape names: a cluster, a namespace in it, or a workload in that. */
export interface Wlid {
  readonly cluster: string;
  readonly namespace?: string;
  readonly kind?: string;
  readonly name?: string;
}

const form = /^wlid:\/\/cluster-([^/]+)(?:\/namespace-([^/]+)(?:\/([A-Za-z]+)-([^/]+))?)?\/?$/;

/**
 * Reads `wlid://cluster-<c>/namespace-<ns>/<kind>-<name>`, or the beginning of one.
 *
 * @throws {BadInputError} for another text.
 *
 * Source: https://github.com/kubescape/k8s-interface, names of workloads
 */
export function parseWlid(text: string): Wlid {
  const [, cluster, namespace, kind, name] = form.exec(text) ?? [];
  if (cluster === undefined)
    throw new BadInputError(
      'wlid',
      `expected wlid://cluster-<cluster>/namespace-<namespace>/<kind>-<name>, got "${text}"`,
    );
  return {
    cluster,
    ...(namespace === undefined ? {} : { namespace }),
    ...(kind === undefined || name === undefined ? {} : { kind, name }),
  };
}

/** A cluster's name as Kubescape writes it into ids. */
export function clusterInWlid(cluster: string): string {
  return cluster.replace(/\W+/g, '-');
}
