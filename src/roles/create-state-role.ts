import type { LoadedConfig } from '../config/load-config.ts';
import type { Logger } from '../log/logger.ts';
import type { Registry } from '../telemetry/registry.ts';
import type { SourceChoice } from './object-source.ts';
import { one } from './process-metrics.ts';
import { StateRole, type StateRoleOptions } from './state-role.ts';
import { isStateOn, loadCustomKinds } from './state-settings.ts';

export interface StateRoleDeps extends Omit<StateRoleOptions, 'settings' | 'custom'> {
  readonly config: LoadedConfig;
  readonly choice: SourceChoice;
  readonly log: Logger;
  readonly registry: Registry;
}

/**
 * The role `state`, where it is on and there is a cluster: manifests in files have no state.
 *
 * @throws {BadInputError} for a pattern that is none, or a file of custom resources that is wrong.
 */
export function createStateRole({ config, choice, registry, ...deps }: StateRoleDeps): StateRole | undefined {
  if (!isStateOn(config)) return undefined;
  if (choice.kind === 'folder') {
    deps.log.warn(
      '`state` of skopos.yaml has no effect: manifests in a folder have no state; watch a cluster',
    );
    return undefined;
  }
  const role = new StateRole({ ...deps, settings: config.state, custom: loadCustomKinds(config.state) });
  registry.collector(() => [
    one('skopos_state_series', 'gauge', "Series of the cluster's objects.", role.objects.series),
  ]);
  return role;
}
