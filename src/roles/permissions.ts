import type { LoadedConfig } from '../config/load-config.ts';
import { permissionsOf as ofRules, type Permission } from '../inventory/permissions/permission.ts';
import { watchPermissions } from '../inventory/permissions/watch-permissions.ts';
import { scheduleRules, settingsRules } from '../operator/permissions.ts';
import { clusterPartPermissions } from './cluster-permissions.ts';
import { kubeletRules } from './kubelet-scrape.ts';
import { loadPosture, loadPrometheus } from './settings.ts';
import { type Wanted, wantedBy, watchedKinds } from './watched-kinds.ts';

/**
 * All that a process with this configuration asks of the Kubernetes API of the cluster that it watches, and no more.
 *
 * @throws {BadInputError} when a file that the configuration points at is wrong.
 */
export function permissionsFor(config: LoadedConfig): readonly Permission[] {
  const { controls } = loadPosture(config);
  return permissionsOf(config, wantedBy(config, controls, loadPrometheus(config)));
}

/** As {@link permissionsFor}, where it is known already what is wanted of the cluster. */
export function permissionsOf(config: LoadedConfig, wanted: Wanted): readonly Permission[] {
  return [
    ...watchPermissions(watchedKinds(wanted)),
    ...ofSchedules(config),
    ...(config.metrics.kubelet === undefined
      ? []
      : ofRules(kubeletRules, { scope: 'cluster', purpose: 'to scrape the kubelets of nodes' })),
    ...clusterPartPermissions(config),
  ];
}

/** The built-in scheduler, which takes over where CronJobs may not be made, needs none. */
function ofSchedules({ operator }: LoadedConfig): readonly Permission[] {
  if (operator.schedules !== 'cronjobs') return [];
  return ofRules([...scheduleRules, ...settingsRules], {
    scope: 'own-namespace',
    purpose: 'to keep recurring scans as CronJobs',
  });
}
