import { stringify } from 'yaml';
import type { MonitorBook, MonitorFacts, MonitorStory } from '../api/skopos/monitoring-source.ts';
import { ruleFileOf } from '../monitors/convert/prometheus-rule.ts';
import { explainMonitor, verdictOf } from '../monitors/explain/explain-monitor.ts';
import type { PoolView } from '../monitors/explain/explain-step.ts';
import type { Embedded } from './embedded.ts';
import { stateOf } from './monitor-metrics.ts';
import type { MonitorState } from './monitor-objects.ts';

/** The objects of the Prometheus operator as the API tells of them. */
export function monitorBook(embedded: Embedded): MonitorBook {
  const { monitors } = embedded.metrics;
  return {
    get isConfigured() {
      return monitors.settings !== undefined;
    },
    get ownNamespace() {
      return monitors.ownNamespace;
    },
    list: () => monitors.states().map(factsOf),
    explain(kind, namespace, name) {
      const state = monitors.state(kind, namespace, name);
      return state === undefined ? undefined : storyOf(state, embedded);
    },
  };
}

function factsOf(state: MonitorState): MonitorFacts {
  const { kind, namespace, name, byLabels, byNamespace, conversion, problems } = state;
  return {
    ...{ kind, namespace, name },
    selection: stateOf(state),
    reason: !byLabels.isTaken
      ? byLabels.reason
      : !byNamespace.isTaken
        ? byNamespace.reason
        : [...(conversion?.problems ?? []), ...problems].join('; '),
    jobs: state.configs.map(({ job_name: job }) => job),
    ruleFile: state.ruleFile?.path,
  };
}

function storyOf(state: MonitorState, embedded: Embedded): MonitorStory | undefined {
  const { inventory, metrics, rules } = embedded;
  const { settings } = metrics.monitors;
  const object = inventory.get(state.kind, state.namespace, state.name);
  if (settings === undefined || object === undefined) return undefined;
  const steps = explainMonitor(
    { ...state, object, settings },
    {
      objects: inventory,
      pool: (job) => poolOf(job, embedded),
      groups: () =>
        rules
          .groups()
          .filter(({ file }) => file === state.ruleFile?.path)
          .map(({ spec, rules: own, lastEvaluationMs }) => ({
            name: spec.name,
            rules: own.length,
            isEvaluated: lastEvaluationMs !== undefined,
            failing: own.flatMap((rule) =>
              rule.health === 'err' ? [`${rule.spec.name}: ${rule.lastError ?? 'failed'}`] : [],
            ),
          })),
    },
  );
  const made =
    state.kind === 'PrometheusRule'
      ? ruleFileOf(object, settings)
      : { scrape_configs: state.conversion?.sections ?? [] };
  return { facts: factsOf(state), steps, answer: verdictOf(steps).answer, yaml: stringify(made) };
}

function poolOf(job: string, { metrics: { discovery, scrape } }: Embedded): PoolView | undefined {
  const pool = scrape.pool(job);
  if (pool === undefined) return undefined;
  const sections = discovery.status().filter(({ name }) => name === job);
  return {
    problem: sections.map(({ problem }) => problem).find((problem) => problem !== '') ?? '',
    discovered: sections.reduce((sum, { targets }) => sum + targets, 0),
    droppedCount: pool.droppedCount,
    dropped: pool.dropped,
    targets: pool.targets,
    steps: (labels) => scrape.relabelSteps(job, labels) ?? [],
  };
}
