import { type FastifyInstance, parameters } from '../../http/server.ts';
import type { ObjectRef } from '../../model/object.ts';
import { severityOf } from '../../model/verdict.ts';
import type {
  ClusterMapJson,
  MapNamespaceJson,
  MapWorkloadJson,
  MapWorkloadsJson,
  WorkloadCountsJson,
  WorkloadStateJson,
} from './cluster-map-contract.ts';
import type { FacetJson } from './contract.ts';
import { base, listParameter, oneOf, wholeParameter } from './parameters.ts';
import type { SkoposSource } from './source.ts';

/** How one workload stands, what its own pods add included. */
export interface WorkloadStanding {
  readonly key: string;
  readonly object: ObjectRef;
  readonly failed: number;
  readonly unknown: number;
  readonly passed: number;
  /** The worst that fails. */
  readonly worst?: { readonly controlId: string; readonly control: string; readonly baseScore: number };
}

export interface ClusterMapReader {
  workloads(): Promise<readonly WorkloadStanding[]>;
  unreadable(): ClusterMapJson['unreadable'];
}

/** Worst first. */
const states: readonly WorkloadStateJson[] = ['critical', 'high', 'medium', 'low', 'unknown', 'pass'];
const mostCells = 2000;
const mostWorkloads = 500;

interface Filter {
  readonly namespace?: string;
  readonly state: readonly WorkloadStateJson[];
  readonly kind: readonly string[];
  readonly q: string;
}

type Facets = ClusterMapJson['facets'];

/** `GET /cluster-map` and `/cluster-map/workloads`: namespaces → workloads by the worst that is known of them. */
export function clusterMapRoutes(app: FastifyInstance, { clusterMap }: SkoposSource): void {
  app.get(`${base}/cluster-map`, async (request): Promise<ClusterMapJson> => {
    const standings = await clusterMap.workloads();
    const unreadable = clusterMap.unreadable();
    const { shown, facets } = choose(standings, unreadable, filterOf(parameters(request)));
    const groups = new Map<string, MapWorkloadJson[]>();
    for (const row of shown) {
      const { namespace } = row.object;
      const group = groups.get(namespace);
      if (group === undefined) groups.set(namespace, [row]);
      else group.push(row);
    }
    return {
      total: shown.length,
      of: standings.length,
      counts: countsOf(shown),
      namespaces: [...groups].map(([name, rows]) => namespaceJson(name, rows)).sort(worseNamespace),
      unreadable,
      facets,
    };
  });

  app.get(`${base}/cluster-map/workloads`, async (request): Promise<MapWorkloadsJson> => {
    const all = parameters(request);
    const offset = wholeParameter(all, 'offset', { fallback: 0 });
    const limit = wholeParameter(all, 'limit', { fallback: 100, most: mostWorkloads });
    const filter = filterOf(all);
    const namespace = all.get('namespace');
    const { shown, facets } = choose(await clusterMap.workloads(), clusterMap.unreadable(), {
      ...filter,
      ...(namespace === null ? {} : { namespace }),
    });
    return { total: shown.length, items: shown.sort(worse).slice(offset, offset + limit), facets };
  });
}

function filterOf(all: URLSearchParams): Filter {
  return {
    state: listParameter(all, 'state').map((text) => oneOf('state', text, states)),
    kind: listParameter(all, 'kind'),
    q: (all.get('q') ?? '').trim().toLowerCase(),
  };
}

/** What the filters let through; each filter's own list shows what there would be without it. */
function choose(
  standings: readonly WorkloadStanding[],
  unreadable: ClusterMapJson['unreadable'],
  { namespace, state, kind, q }: Filter,
): { readonly shown: MapWorkloadJson[]; readonly facets: Facets } {
  const stale = new Set(unreadable.map((one) => one.kind));
  const shown: MapWorkloadJson[] = [];
  const tallies = { kind: new Map<string, number>(), state: new Map<string, number>() };
  for (const standing of standings) {
    const { object } = standing;
    if (namespace !== undefined && object.namespace !== namespace) continue;
    if (q !== '' && !`${object.kind} ${object.namespace}/${object.name}`.toLowerCase().includes(q)) continue;
    const row = rowOf(standing, stale.has(object.kind));
    const isState = state.length === 0 || state.includes(row.state);
    const isKind = kind.length === 0 || kind.includes(object.kind);
    if (isState) add(tallies.kind, object.kind);
    if (isKind) add(tallies.state, row.state);
    if (isState && isKind) shown.push(row);
  }
  return { shown, facets: { kind: facetsOf(tallies.kind), state: facetsOf(tallies.state) } };
}

function rowOf(standing: WorkloadStanding, isStale: boolean): MapWorkloadJson {
  const { key, object, failed, unknown, passed, worst } = standing;
  return {
    key,
    object,
    state: stateOf(standing, isStale),
    failed,
    unknown,
    passed,
    ...(worst === undefined ? {} : { worst: { controlId: worst.controlId, control: worst.control } }),
    ...(isStale ? { isStale } : {}),
  };
}

/** What failed when it was last seen is the worst that is known; what was well is not known to be so any more. */
function stateOf({ failed, unknown, worst }: WorkloadStanding, isStale: boolean): WorkloadStateJson {
  if (failed > 0) {
    const severity = severityOf(worst?.baseScore ?? 0);
    return severity === 'unknown' ? 'low' : severity;
  }
  return unknown > 0 || isStale ? 'unknown' : 'pass';
}

function namespaceJson(name: string, rows: readonly MapWorkloadJson[]): MapNamespaceJson {
  const partly = rows.filter(isPartlyUnknown).length;
  const cells = rows
    .toSorted(worse)
    .slice(0, mostCells)
    .map((row) => (isPartlyUnknown(row) ? row.state.charAt(0).toUpperCase() : row.state.charAt(0)))
    .join('');
  return { name, workloads: rows.length, counts: countsOf(rows), partlyUnknown: partly, cells };
}

function isPartlyUnknown({ state, unknown, isStale }: MapWorkloadJson): boolean {
  return state !== 'unknown' && state !== 'pass' && (unknown > 0 || isStale === true);
}

function countsOf(rows: readonly MapWorkloadJson[]): WorkloadCountsJson {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, unknown: 0, pass: 0 };
  for (const { state } of rows) counts[state]++;
  return counts;
}

function worse(a: MapWorkloadJson, b: MapWorkloadJson): number {
  return (
    states.indexOf(a.state) - states.indexOf(b.state) ||
    b.failed - a.failed ||
    b.unknown - a.unknown ||
    (a.key < b.key ? -1 : 1)
  );
}

/** By the worst that is in them, then by how much of it. */
function worseNamespace(a: MapNamespaceJson, b: MapNamespaceJson): number {
  for (const state of states) {
    const difference = b.counts[state] - a.counts[state];
    if (difference !== 0) return difference;
  }
  return a.name < b.name ? -1 : 1;
}

function add(tally: Map<string, number>, value: string): void {
  tally.set(value, (tally.get(value) ?? 0) + 1);
}

function facetsOf(tally: ReadonlyMap<string, number>): FacetJson[] {
  return [...tally]
    .map(([value, count]) => ({ value, label: value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}
