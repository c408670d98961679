import type { MetricFamily } from '../model/metric.ts';
import { monitorKinds } from '../monitors/operator-settings.ts';
import type { MonitorState } from './monitor-objects.ts';

/** Objects of the Prometheus operator by kind and by what became of them; nothing where none is looked at. */
export function monitorMetrics(states: readonly MonitorState[]): MetricFamily[] {
  if (states.length === 0) return [];
  const counts = new Map<string, number>();
  for (const state of states) {
    const key = `${state.kind} ${stateOf(state)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const name = 'skopos_monitor_objects';
  return [
    {
      name,
      type: 'gauge',
      help: 'Objects of the Prometheus operator, by kind and by what became of them.',
      samples: monitorKinds.flatMap((kind) =>
        (['selected', 'invalid', 'not-selected'] as const).map((state) => ({
          name,
          labels: { kind, state },
          value: counts.get(`${kind} ${state}`) ?? 0,
        })),
      ),
    },
  ];
}

/** In words: left out by a selector, left out as it is not valid, or in force. */
export function stateOf({
  byLabels,
  byNamespace,
  conversion,
  problems,
}: MonitorState): 'selected' | 'invalid' | 'not-selected' {
  if (!byLabels.isTaken || !byNamespace.isTaken) return 'not-selected';
  return problems.length + (conversion?.problems.length ?? 0) > 0 ? 'invalid' : 'selected';
}
