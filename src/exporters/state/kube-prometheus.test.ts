import { expect, it } from 'vitest';
import { resources } from './resources/index.ts';
import { StateSelfMetrics } from './self-metrics.ts';
import { stateResources } from './state-resources.ts';

/**
 * The metrics named `kube_…` that the rules and dashboards of kube-prometheus read, and where each comes from: a resource that is
 * rendered, `self` for those of kube-state-metrics of itself, `rules` for what kube-prometheus' own rules record.
 *
 * Source: https://github.com/prometheus-operator/kube-prometheus/tree/main/manifests
 */
const read: Readonly<Record<string, string>> = {
  daemonsets:
    'status_current_number_scheduled status_desired_number_scheduled status_number_available status_number_misscheduled status_updated_number_scheduled',
  deployments:
    'metadata_generation spec_replicas status_condition status_observed_generation status_replicas_available status_replicas_updated',
  horizontalpodautoscalers:
    'spec_max_replicas spec_min_replicas status_current_replicas status_desired_replicas',
  jobs: 'failed owner status_active status_start_time',
  namespaces: 'status_phase',
  nodes: 'info role spec_taint spec_unschedulable status_allocatable status_capacity status_condition',
  persistentvolumeclaims: 'access_mode labels',
  persistentvolumes: 'status_phase',
  poddisruptionbudgets: 'status_current_healthy status_desired_healthy',
  pods: 'container_resource_limits container_resource_requests container_status_waiting_reason info owner status_phase status_ready status_reason',
  replicasets: 'owner',
  resourcequotas: '.',
  statefulsets:
    'metadata_generation replicas status_current_revision status_observed_generation status_replicas_ready status_replicas_updated status_update_revision',
  self: 'list_total shard_ordinal total_shards watch_total',
  rules:
    'container_resource_cpu_cores_limit container_resource_cpu_cores_request container_resource_memory_limit container_resource_memory_request',
};

const named = Object.entries(read).flatMap(([from, ends]) => {
  const singular = from === 'self' ? 'state_metrics' : from === 'rules' ? 'pod_windows' : from.slice(0, -1);
  return ends
    .split(' ')
    .map((end) => ({ from, name: end === '.' ? `kube_${singular}` : `kube_${singular}_${end}` }));
});

it('reads 57 metrics of the cluster, and nothing twice', () => {
  expect(new Set(named.map(({ name }) => name)).size).toBe(named.length);
  expect(named).toHaveLength(57);
});

it.each(named.filter(({ from }) => from !== 'rules'))('$name comes from $from', ({ from, name }) => {
  if (from === 'self') {
    expect(new StateSelfMetrics().families([]).map((family) => family.name)).toContain(name);
    return;
  }
  expect(stateResources.find(({ resource }) => resource === from)?.isDefault).toBe(true);
  const families = resources.find(({ resource }) => resource === from)?.families ?? [];
  const family = families.find((one) => one.name === name);
  expect(family?.isOptIn ?? false).toBe(false);
  expect(family).toBeDefined();
});
