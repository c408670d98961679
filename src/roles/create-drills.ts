import type { AlertRouter } from '../alerting/alert-router.ts';
import { drillReceiverName } from '../alerting/running-config.ts';
import { type Drill, DrillRunner } from '../drill/drill-runner.ts';
import type { LedgerStore } from '../findings/ledger.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { project } from '../inventory/project.ts';
import type { Clock } from '../kit/clock.ts';
import type { Labels } from '../model/labels.ts';
import { keyOf, refOf } from '../model/object.ts';
import type { Registry } from '../telemetry/registry.ts';

export interface DrillsOptions {
  readonly clock: Clock;
  readonly registry: Registry;
  readonly inventory: Inventory;
  readonly ledger: Pick<LedgerStore, 'subscribe'>;
  readonly router: Pick<AlertRouter, 'receivers' | 'wouldReach'>;
  /** External labels, which routes may look at. */
  readonly labels: Labels;
  /** Pages are told that a drill is other than before. */
  readonly changed: () => void;
}

/** Drills through the running chain, and the series that tell of them. */
export function createDrills(options: DrillsOptions): DrillRunner {
  const { clock, registry, inventory, ledger, router, labels, changed } = options;
  const total = registry.counter('skopos_drills_total', 'Drills by how they ended.', [
    { outcome: 'delivered' },
    { outcome: 'stopped' },
  ]);
  const seconds = registry.gauge(
    'skopos_drill_last_duration_seconds',
    'From the start of the last delivered drill to its receipt.',
  );
  const success = registry.gauge(
    'skopos_drill_last_success_timestamp_seconds',
    'When a drill was last delivered, in Unix seconds.',
  );
  return new DrillRunner({
    clock,
    inject(object) {
      const change = inventory.inject(project(object, { configMapValues: false }), { source: 'drill' });
      return change?.cause ?? '';
    },
    remove(object) {
      inventory.remove(keyOf(refOf(object)));
    },
    watchLedger: (listener) => ledger.subscribe(listener),
    receivers: () =>
      router
        .receivers()
        .map(({ name }) => name)
        .filter((name) => name !== drillReceiverName),
    wouldReach: () => router.wouldReach({ alertname: 'SkoposNewFinding', severity: 'critical', ...labels }),
    changed(drill: Drill) {
      changed();
      if (drill.state === 'running') return;
      total.inc({ outcome: drill.state });
      if (drill.state !== 'delivered') return;
      success.set(clock.now() / 1000);
      seconds.set((clock.now() - drill.startedAtMs) / 1000);
    },
  });
}
