import { parseQuantity } from '../../../kit/quantity.ts';
import {
  conditions,
  count,
  created,
  deletionTimestamp,
  emitKnown,
  gauge,
  generation,
  labelsAndAnnotations,
  namespaced,
} from '../families.ts';
import type { Emit, Family, StateResource } from '../family.ts';
import { at, type Fields, listAt, numberAt, textAt } from '../fields.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/horizontalpodautoscaler-metrics.md */
export const horizontalpodautoscalers: StateResource = {
  resource: 'horizontalpodautoscalers',
  identity: namespaced('horizontalpodautoscaler'),
  families: [
    gauge('kube_horizontalpodautoscaler_info', 'What is made larger and smaller.', (scaler, emit) => {
      const path = ['spec', 'scaleTargetRef'];
      emit(
        1,
        ...['scaletargetref_api_version', textAt(scaler, ...path, 'apiVersion')],
        ...['scaletargetref_kind', textAt(scaler, ...path, 'kind')],
        ...['scaletargetref_name', textAt(scaler, ...path, 'name')],
      );
    }),
    ...labelsAndAnnotations('kube_horizontalpodautoscaler'),
    generation('kube_horizontalpodautoscaler'),
    count(
      'kube_horizontalpodautoscaler_spec_max_replicas',
      'The most pods that there may be.',
      ...['spec', 'maxReplicas'],
    ),
    gauge(
      'kube_horizontalpodautoscaler_spec_min_replicas',
      'The fewest pods that there may be.',
      (scaler, emit) =>
        // The API server fills in 1.
        emit(numberAt(scaler, 'spec', 'minReplicas') ?? 1),
    ),
    gauge('kube_horizontalpodautoscaler_spec_target_metric', 'What is aimed at.', (scaler, emit) => {
      for (const metric of listAt(scaler, 'spec', 'metrics')) emitMetric(emit, metric, 'target');
    }),
    tolerance('scale_down', 'scaleDown'),
    tolerance('scale_up', 'scaleUp'),
    gauge('kube_horizontalpodautoscaler_status_target_metric', 'What is measured.', (scaler, emit) => {
      for (const metric of listAt(scaler, 'status', 'currentMetrics')) emitMetric(emit, metric, 'current');
    }),
    conditions('kube_horizontalpodautoscaler_status_condition', 'Conditions of the autoscaler.'),
    count(
      'kube_horizontalpodautoscaler_status_current_replicas',
      'Pods that there are.',
      ...['status', 'currentReplicas'],
    ),
    count(
      'kube_horizontalpodautoscaler_status_desired_replicas',
      'Pods that the autoscaler wants.',
      ...['status', 'desiredReplicas'],
    ),
    created('kube_horizontalpodautoscaler'),
    deletionTimestamp('kube_horizontalpodautoscaler'),
  ],
};

function tolerance(end: string, field: string): Family {
  const help = 'How far off the aim may be before anything is done, as a part of it.';
  return gauge(`kube_horizontalpodautoscaler_spec_behavior_${end}_tolerance`, help, (scaler, emit) =>
    emitKnown(emit, parseQuantity(at(scaler, 'spec', 'behavior', field, 'tolerance'))),
  );
}

/** Where each type of metric has its name, beside `target` or `current`. */
const sources: Readonly<Record<string, { readonly field: string; readonly name: readonly string[] }>> = {
  Object: { field: 'object', name: ['metric', 'name'] },
  Pods: { field: 'pods', name: ['metric', 'name'] },
  Resource: { field: 'resource', name: ['name'] },
  ContainerResource: { field: 'containerResource', name: ['name'] },
  External: { field: 'external', name: ['metric', 'name'] },
};

function emitMetric(emit: Emit, metric: Fields, side: 'target' | 'current'): void {
  const source = sources[textAt(metric, 'type')];
  if (source === undefined) return;
  const from = at(metric, source.field);
  const container = textAt(from, 'container');
  const labels = [
    ...['metric_name', textAt(from, ...source.name)],
    ...(source.field === 'containerResource' ? ['container', container] : []),
  ];
  for (const [field, type] of [
    ['value', 'value'],
    ['averageUtilization', 'utilization'],
    ['averageValue', 'average'],
  ] as const)
    emitKnown(emit, parseQuantity(at(from, side, field)), ...labels, 'metric_target_type', type);
}
