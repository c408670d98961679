import { ClusterSource } from '../inventory/cluster/cluster-source.ts';
import { FolderSource } from '../inventory/folder/folder-source.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { MetricFamily } from '../model/metric.ts';
import type { Collector } from '../telemetry/registry.ts';
import { one } from './process-metrics.ts';

/** What is known of the cluster or folder, what of it cannot be read, and what reading it costs. */
export function inventoryMetrics(inventory: Inventory, source: FolderSource | ClusterSource): Collector {
  return () => [
    one('skopos_inventory_objects', 'gauge', 'Objects in the inventory.', inventory.size),
    one(
      'skopos_inventory_unreadable_kinds',
      'gauge',
      'Kinds of objects that cannot be read.',
      inventory.unreadable().length,
    ),
    one(
      'skopos_inventory_blind',
      'gauge',
      'Whether nothing at all can be read now.',
      source.status().state === 'failed' ? 1 : 0,
    ),
    one(
      'skopos_inventory_file_problems',
      'gauge',
      'Parts of files that cannot be read.',
      source instanceof FolderSource
        ? source.problems().filter(({ severity }) => severity === 'error').length
        : 0,
    ),
    ...(source instanceof ClusterSource ? clusterMetrics(source) : []),
  ];
}

function clusterMetrics(source: ClusterSource): readonly MetricFamily[] {
  const { waiting, coalesced, lists, watches, expired, throttled, clockSkewMs } = source.figures();
  return [
    one(
      'skopos_inventory_waiting_changes',
      'gauge',
      'Changes of the cluster that wait for their turn.',
      waiting,
    ),
    one(
      'skopos_inventory_coalesced_changes_total',
      'counter',
      'Changes that were not looked at, as the same object changed again before their turn.',
      coalesced,
    ),
    one(
      'skopos_inventory_lists_total',
      'counter',
      'Lists of a kind: the first, and those needed again.',
      lists,
    ),
    one('skopos_inventory_watches_total', 'counter', 'Watches of a kind that were begun.', watches),
    one(
      'skopos_inventory_expired_total',
      'counter',
      'Times that the API server had forgotten the version that we knew, so that a new list was needed.',
      expired,
    ),
    one('skopos_inventory_throttled_total', 'counter', 'Times that the API server asked to wait.', throttled),
    ...(clockSkewMs === undefined
      ? []
      : [
          one(
            'skopos_inventory_clock_skew_seconds',
            'gauge',
            'How far the clock of the API server is ahead of ours.',
            clockSkewMs / 1000,
          ),
        ]),
  ];
}
