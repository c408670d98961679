import type { ObjectRef } from '../../model/object.ts';
import type { Severity } from '../../model/verdict.ts';
import type { FacetJson } from './contract.ts';

/**
 * How a workload stands: the severity of the worst that fails on it, else whether something of it is not known, else that all is
 * well.
 */
export type WorkloadStateJson = Exclude<Severity, 'unknown'> | 'unknown' | 'pass';

export type WorkloadCountsJson = Readonly<Record<WorkloadStateJson, number>>;

/**
 * GET /cluster-map?state=&kind=&q= (comma lists allowed): every namespace with its workloads, for the map as a whole.
 * GET /cluster-map/workloads?namespace=&state=&kind=&q=&offset=&limit=: the workloads behind it, worst first.
 */
export interface ClusterMapJson {
  /** Workloads under the filters, and all. */
  readonly total: number;
  readonly of: number;
  readonly counts: WorkloadCountsJson;
  /** Those with workloads under the filters, worst first. */
  readonly namespaces: readonly MapNamespaceJson[];
  /** Kinds that cannot be read now: what is shown of them is from before, and counts as unknown. */
  readonly unreadable: readonly {
    readonly kind: string;
    readonly reason: string;
    readonly sinceMs: number;
  }[];
  readonly facets: { readonly kind: readonly FacetJson[]; readonly state: readonly FacetJson[] };
}

export interface MapNamespaceJson {
  readonly name: string;
  readonly workloads: number;
  readonly counts: WorkloadCountsJson;
  /** How many of them have something that is not known, whatever else fails on them. */
  readonly partlyUnknown: number;
  /**
   * One letter a workload, worst first: `c`ritical, `h`igh, `m`edium, `l`ow, `u`nknown, `p`ass; a capital for one that has
   * unknown verdicts beside what fails. At most 2000.
   */
  readonly cells: string;
}

export interface MapWorkloadsJson {
  readonly total: number;
  readonly items: readonly MapWorkloadJson[];
  readonly facets: ClusterMapJson['facets'];
}

export interface MapWorkloadJson {
  readonly key: string;
  readonly object: ObjectRef;
  readonly state: WorkloadStateJson;
  /** Controls by how they judge it; what its own pods add is counted with it. */
  readonly failed: number;
  readonly unknown: number;
  readonly passed: number;
  /** The worst that fails. */
  readonly worst?: { readonly controlId: string; readonly control: string };
  /** Its kind cannot be read now. */
  readonly isStale?: true;
}
