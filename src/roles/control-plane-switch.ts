import type { LoadedConfig } from '../config/load-config.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Logger } from '../log/logger.ts';
import type { ObjectRef } from '../model/object.ts';
import { controlPlaneAlerts, withoutControlPlane } from '../rules/control-plane-rules.ts';
import type { RuleFile } from '../rules/rule-file.ts';
import type { Registry } from '../telemetry/registry.ts';
import { type ControlPlane, controlPlaneOf } from './control-plane.ts';
import { one } from './process-metrics.ts';

export interface ControlPlaneSwitchOptions {
  /** `rules.control_plane` of skopos.yaml. */
  readonly setting: 'auto' | 'own' | 'managed';
  readonly inventory: Pick<Inventory, 'list' | 'ready' | 'onReady' | 'subscribe'>;
  readonly log: Logger;
  readonly registry: Registry;
  /** Called when other rules are off than before: they are to be loaded again. */
  readonly changed: () => void;
}

/**
 * Turns alerts off that say that a part of the control plane is missing, where it is the provider's: they could not but fire. It follows
 * the cluster's nodes, and says in the log, on the rules' page, by their API and as `skopos_rules_off` which are off and why.
 */
export class ControlPlaneSwitch {
  readonly #options: ControlPlaneSwitchOptions;
  #plane: ControlPlane;
  #off: readonly string[] = [];

  constructor(options: ControlPlaneSwitchOptions) {
    this.#options = options;
    const { setting, inventory, registry } = options;
    this.#plane =
      setting === 'auto'
        ? { kind: 'unknown', why: 'the cluster has not been looked at yet' }
        : { kind: setting, why: 'rules.control_plane says so' };
    registry.collector(() => [
      one(
        'skopos_rules_off',
        'gauge',
        'Alerts that are off, as the control plane is not ours.',
        this.#off.length,
      ),
    ]);
    if (setting !== 'auto') return;
    inventory.onReady(() => this.#look());
    inventory.subscribe((changes) => {
      const concerns = ({ kind, namespace }: ObjectRef): boolean =>
        kind === 'Node' || (kind === 'Pod' && namespace === 'kube-system');
      if (changes.some(({ ref }) => concerns(ref))) this.#look();
    });
  }

  get plane(): ControlPlane {
    return this.#plane;
  }

  /** The rules as they are to be loaded. */
  apply(files: readonly RuleFile[]): readonly RuleFile[] {
    const isManaged = this.#plane.kind === 'managed';
    const off = isManaged ? controlPlaneAlerts(files) : [];
    if (off.join() !== this.#off.join())
      this.#options.log.info(
        { off, why: this.#plane.why },
        off.length > 0 ? 'alerts are off, as the control plane is managed' : 'no alert is off any more',
      );
    this.#off = off;
    if (!isManaged) return files;
    return withoutControlPlane(files, `the control plane is managed (${this.#plane.why})`);
  }

  #look(): void {
    const { inventory, changed } = this.#options;
    if (!inventory.ready) return;
    const plane = controlPlaneOf(inventory.list('Node'), inventory.list('Pod', 'kube-system'));
    const isOther = plane.kind !== this.#plane.kind;
    // One node after another may be the one that tells; that is no reason to load all rules again.
    if (!isOther) return;
    this.#plane = plane;
    changed();
  }
}

/** The switch as configured, and what rules read of the configuration. */
export function createControlPlaneSwitch({
  config: { rules },
  ...options
}: Omit<ControlPlaneSwitchOptions, 'setting'> & {
  readonly config: Pick<LoadedConfig, 'rules'>;
}): ControlPlaneSwitch {
  options.registry.collector(() => [
    one(
      'skopos_tolerated_node_failures',
      'gauge',
      'How many nodes may fail at once, by the configuration.',
      rules.node_failures,
    ),
  ]);
  return new ControlPlaneSwitch({ ...options, setting: rules.control_plane });
}
