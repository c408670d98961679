import type { LoadedConfig } from '../config/load-config.ts';
import type { Permission } from '../inventory/permissions/permission.ts';
import { watchPermissions } from '../inventory/permissions/watch-permissions.ts';
import { loadPosture, loadPrometheus } from './settings.ts';
import { type Wanted, wantedBy, watchedKinds } from './watched-kinds.ts';

/**
 * All that a process with this configuration asks of the Kubernetes API of the cluster that it watches, and no more.
 *
 * @throws {BadInputError} when a file that the configuration points at is wrong.
 */
export function permissionsFor(config: LoadedConfig): readonly Permission[] {
  const { controls } = loadPosture(config);
  return permissionsOf(wantedBy(config, controls, loadPrometheus(config)));
}

/** As {@link permissionsFor}, of what is watched already. */
export function permissionsOf(wanted: Wanted): readonly Permission[] {
  return watchPermissions(watchedKinds(wanted));
}
