import { type FastifyInstance, parameters } from '../../http/server.ts';
import { keyOf } from '../../model/object.ts';
import { severities, severityOf, type Verdict, type VerdictState } from '../../model/verdict.ts';
import type { FacetJson, VerdictJson, VerdictsJson } from './contract.ts';
import { base, listParameter, wholeParameter, wordParameter } from './parameters.ts';
import type { JudgedControl, PostureReader, SkoposSource } from './source.ts';

const states: readonly VerdictState[] = ['fail', 'unknown', 'excepted', 'pass', 'not-applicable'];
const filters = ['control', 'namespace', 'kind'] as const;
const mostVerdicts = 500;

/** States that are by far the most numerous: they are listed as they come, and never all at once. */
const plenty = new Set<VerdictState>(['pass', 'not-applicable']);

interface Query {
  readonly state: VerdictState;
  readonly control: readonly string[];
  readonly namespace: readonly string[];
  readonly kind: readonly string[];
  readonly q: string;
  readonly offset: number;
  readonly limit: number;
}

/** `GET /verdicts`: the list behind every number of verdicts. */
export function verdictRoutes(app: FastifyInstance, { posture }: SkoposSource): void {
  app.get(`${base}/verdicts`, async (request): Promise<VerdictsJson> => {
    const all = parameters(request);
    const query: Query = {
      state: wordParameter(all, 'state', states) ?? 'fail',
      control: listParameter(all, 'control'),
      // The namespace of what is cluster-scoped is '', so that a list (`shop,`) may hold it.
      namespace: all.getAll('namespace').flatMap((text) => (text === '' ? [] : text.split(','))),
      kind: listParameter(all, 'kind'),
      q: (all.get('q') ?? '').trim().toLowerCase(),
      offset: wholeParameter(all, 'offset', { fallback: 0 }),
      limit: wholeParameter(all, 'limit', { fallback: 50, most: mostVerdicts }),
    };
    return plenty.has(query.state) ? inOrder(query, posture) : sorted(query, posture);
  });
}

/** What the API says of one verdict. */
export function verdictJson(verdict: Verdict, control: JudgedControl | undefined): VerdictJson {
  const { controlId, object, state, reason, exception, evidence } = verdict;
  return {
    controlId,
    control: control?.name ?? controlId,
    severity: severityOf(control?.baseScore ?? 0),
    object,
    key: keyOf(object),
    state,
    ...(reason === undefined ? {} : { reason }),
    ...(exception === undefined ? {} : { exception }),
    evidence,
  };
}

/** The most severe first, then by control and object. */
function sorted(query: Query, posture: PostureReader): VerdictsJson {
  const { state, offset, limit } = query;
  const controls = controlsOf(posture);
  const items: VerdictJson[] = [];
  const facets = { control: new Tallies(), namespace: new Tallies(), kind: new Tallies() };
  for (const verdict of posture.verdicts({ states: [state] })) {
    const control = controls.get(verdict.controlId);
    if (!mentions(verdict, control, query.q)) continue;
    const values = {
      control: verdict.controlId,
      namespace: verdict.object.namespace,
      kind: verdict.object.kind,
    };
    const misfits = filters.filter((name) => !fits(query[name], values[name]));
    if (misfits.length === 0) items.push(verdictJson(verdict, control));
    // Each filter's own list shows what there would be without it.
    for (const name of filters) {
      if (misfits.some((other) => other !== name)) continue;
      const label = name === 'control' ? (control?.name ?? verdict.controlId) : values[name];
      facets[name].add(values[name], label);
    }
  }
  items.sort(bySeverity);
  return {
    total: items.length,
    items: items.slice(offset, offset + limit),
    facets: {
      control: facets.control.json(),
      namespace: facets.namespace.json(),
      kind: facets.kind.json(),
    },
  };
}

/** Only what is asked for is made up; the rest is counted, or read off the counts where those tell. */
function inOrder(query: Query, posture: PostureReader): VerdictsJson {
  const { state, offset, limit } = query;
  const controls = controlsOf(posture);
  const facets = { control: new Tallies(), namespace: new Tallies() };
  let counted = 0;
  for (const { controlId, namespace, states: row } of posture.counts()) {
    const isControl = fits(query.control, controlId);
    const isNamespace = fits(query.namespace, namespace);
    if (isNamespace) facets.control.add(controlId, controls.get(controlId)?.name ?? controlId, row[state]);
    if (isControl) facets.namespace.add(namespace, namespace, row[state]);
    if (isControl && isNamespace) counted += row[state];
  }
  const isCounted = query.kind.length === 0 && query.q === '';
  const items: VerdictJson[] = [];
  let seen = 0;
  const filter = query.control.length === 0 ? {} : { controlIds: query.control };
  for (const verdict of posture.verdicts({ states: [state], ...filter })) {
    if (isCounted && items.length >= limit) break;
    const control = controls.get(verdict.controlId);
    if (!fits(query.namespace, verdict.object.namespace) || !fits(query.kind, verdict.object.kind)) continue;
    if (!mentions(verdict, control, query.q)) continue;
    if (seen >= offset && items.length < limit) items.push(verdictJson(verdict, control));
    seen++;
  }
  return {
    total: isCounted ? counted : seen,
    items,
    facets: { control: facets.control.json(), namespace: facets.namespace.json(), kind: [] },
  };
}

function controlsOf(posture: PostureReader): ReadonlyMap<string, JudgedControl> {
  return new Map(posture.controls.map((control) => [control.id, control]));
}

function fits(wanted: readonly string[], value: string): boolean {
  return wanted.length === 0 || wanted.includes(value);
}

function mentions({ controlId, object, reason }: Verdict, control: JudgedControl | undefined, q: string) {
  if (q === '') return true;
  const text = `${controlId} ${control?.name ?? ''} ${object.kind} ${object.namespace}/${object.name} ${reason ?? ''}`;
  return text.toLowerCase().includes(q);
}

export function bySeverity(a: VerdictJson, b: VerdictJson): number {
  return (
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    compare(a.controlId, b.controlId) ||
    compare(a.key, b.key)
  );
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Counts by value. */
class Tallies {
  readonly #rows = new Map<string, { readonly label: string; count: number }>();

  add(value: string, label = value, by = 1): void {
    const row = this.#rows.get(value);
    if (row !== undefined) row.count += by;
    else if (by > 0) this.#rows.set(value, { label, count: by });
  }

  /** The most numerous first. */
  json(): FacetJson[] {
    return [...this.#rows]
      .map(([value, { label, count }]) => ({ value, label, count }))
      .sort((a, b) => b.count - a.count || compare(a.value, b.value));
  }
}
