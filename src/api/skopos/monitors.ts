import { type FastifyInstance, parameters } from '../../http/server.ts';
import { NotFoundError } from '../../kit/app-error.ts';
import type {
  MonitorDetailJson,
  MonitorJson,
  MonitorStateJson,
  MonitorsJson,
  TargetHealth,
} from './monitoring-contract.ts';
import type { MonitorFacts, MonitoringSource } from './monitoring-source.ts';
import { base, listParameter, wholeParameter } from './parameters.ts';
import { holdsWords, wordsOf } from './targets.ts';

const kinds = ['ServiceMonitor', 'PodMonitor', 'Probe', 'ScrapeConfig', 'PrometheusRule'];
/** What needs looking at comes first. */
const states: readonly MonitorStateJson[] = [
  ...(['invalid', 'failing', 'nothing-found', 'waiting', 'not-selected', 'working'] as const),
];

/** `GET /monitors` and `GET /monitors/:kind/:namespace/:name`: objects of the Prometheus operator, and why they work or do not. */
export function monitorRoutes(app: FastifyInstance, source: MonitoringSource): void {
  app.get(`${base}/monitors`, async (request): Promise<MonitorsJson> => {
    const all = parameters(request);
    const [ofKind, inState] = [listParameter(all, 'kind'), listParameter(all, 'state')];
    const words = wordsOf(all);
    const work = workOf(source);
    const found = source.monitors
      .list()
      .map((facts) => monitorJson(facts, work))
      .filter(
        ({ kind, namespace, name, reason }) =>
          words.length === 0 || holdsWords(`${kind} ${namespace}/${name} ${reason}`, words),
      );
    const isKind = ({ kind }: MonitorJson) => ofKind.length === 0 || ofKind.includes(kind);
    const isState = ({ state }: MonitorJson) => inState.length === 0 || inState.includes(state);
    const shown = found.filter((one) => isKind(one) && isState(one));
    shown.sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state));
    const offset = wholeParameter(all, 'offset', { fallback: 0 });
    const limit = wholeParameter(all, 'limit', { fallback: 500, most: 10_000 });
    const facet = (value: string, of: readonly MonitorJson[]) => ({ value, label: value, count: of.length });
    return {
      isConfigured: source.monitors.isConfigured,
      ownNamespace: source.monitors.ownNamespace,
      total: shown.length,
      items: shown.slice(offset, offset + limit),
      facets: {
        kind: kinds.map((kind) =>
          facet(
            kind,
            found.filter((one) => isState(one) && one.kind === kind),
          ),
        ),
        state: states.map((state) =>
          facet(
            state,
            found.filter((one) => isKind(one) && one.state === state),
          ),
        ),
      },
    };
  });

  app.get(`${base}/monitors/:kind/:namespace/:name`, async (request): Promise<MonitorDetailJson> => {
    const { kind, namespace, name } = request.params as Readonly<
      Record<'kind' | 'namespace' | 'name', string>
    >;
    const story = source.monitors.explain(kind, namespace, name);
    if (story === undefined)
      throw new NotFoundError(
        source.monitors.isConfigured
          ? `there is no ${kind} ${namespace}/${name} among the objects`
          : 'objects of the Prometheus operator are not looked at: metrics.operator is not set in skopos.yaml',
      );
    const { facts, answer, steps, yaml } = story;
    return { ...monitorJson(facts, workOf(source)), answer, steps, yaml, jobs: facts.jobs };
  });
}

/** How all that is in force goes: targets by job, and rules by file. */
interface Work {
  readonly jobs: ReadonlyMap<string, Readonly<Record<TargetHealth | 'dropped', number>>>;
  readonly files: ReadonlyMap<
    string,
    { readonly rules: number; readonly failing: readonly string[]; readonly isEvaluated: boolean }
  >;
}

function workOf({ scrape, ruleGroups }: MonitoringSource): Work {
  const dropped = scrape.droppedCounts();
  const jobs = new Map(
    scrape.pools().map((job) => [job, { up: 0, down: 0, unknown: 0, dropped: dropped[job] ?? 0 }]),
  );
  for (const { scrapePool, health } of scrape.active()) {
    const job = jobs.get(scrapePool);
    if (job !== undefined) job[health]++;
  }
  const files = new Map<string, { rules: number; failing: string[]; isEvaluated: boolean }>();
  for (const { file, rules, lastEvaluationMs } of ruleGroups()) {
    const of = files.get(file) ?? { rules: 0, failing: [], isEvaluated: true };
    files.set(file, of);
    of.rules += rules.length;
    if (lastEvaluationMs === undefined) of.isEvaluated = false;
    for (const { spec, health, lastError } of rules)
      if (health === 'err') of.failing.push(`${spec.name}: ${lastError ?? 'failed'}`);
  }
  return { jobs, files };
}

function monitorJson(facts: MonitorFacts, work: Work): MonitorJson {
  const { kind, namespace, name } = facts;
  const counts = { up: 0, down: 0, unknown: 0, dropped: 0 };
  for (const job of facts.jobs) {
    const of = work.jobs.get(job);
    for (const key of ['up', 'down', 'unknown', 'dropped'] as const) counts[key] += of?.[key] ?? 0;
  }
  const file = facts.ruleFile === undefined ? undefined : work.files.get(facts.ruleFile);
  const targets = counts.up + counts.down + counts.unknown;
  const [state, reason] =
    facts.selection !== 'selected'
      ? [facts.selection, facts.reason]
      : facts.ruleFile === undefined
        ? scrapedState(counts)
        : ruleState(file);
  return {
    ...{ kind, namespace, name, state, reason, targets },
    ...{ up: counts.up, dropped: counts.dropped, rules: file?.rules ?? 0 },
  };
}

function scrapedState(
  counts: Readonly<Record<TargetHealth | 'dropped', number>>,
): readonly [MonitorStateJson, string] {
  const { up, down, unknown, dropped } = counts;
  if (up + down + unknown === 0)
    return [
      'nothing-found',
      dropped > 0 ? `relabelling dropped all ${dropped} that were found` : 'no target was found',
    ];
  if (down > 0) return ['failing', `${down} of ${up + down + unknown} targets are down`];
  return up > 0 ? ['working', ''] : ['waiting', 'not scraped yet'];
}

function ruleState(
  file: { readonly failing: readonly string[]; readonly isEvaluated: boolean } | undefined,
): readonly [MonitorStateJson, string] {
  if (file === undefined) return ['waiting', 'not loaded yet'];
  if (file.failing.length > 0) return ['failing', file.failing[0] ?? ''];
  return file.isEvaluated ? ['working', ''] : ['waiting', 'not evaluated yet'];
}
