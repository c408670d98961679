import type { LoadedConfig } from '../../config/load-config.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Logger } from '../../log/logger.ts';
import type { Registry } from '../../telemetry/registry.ts';
import { shippedDashboards } from '../paths.ts';
import { DashboardShelf } from './dashboard-shelf.ts';

/** The dashboards of the configuration, the user's before our own. */
export function createDashboards({
  config: { dashboards },
  clock,
  log,
  registry,
}: {
  readonly config: Pick<LoadedConfig, 'dashboards'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
}): DashboardShelf {
  const shelf = new DashboardShelf({
    folders: [
      ...dashboards.folders.map((path) => ({ path, isShipped: false })),
      ...(dashboards.shipped ? [{ path: shippedDashboards, isShipped: true }] : []),
    ],
    clock,
    log,
  });
  registry.collector(() => [
    {
      name: 'skopos_dashboards',
      type: 'gauge',
      help: 'Files of dashboards, by whether they can be shown.',
      samples: [
        { name: 'skopos_dashboards', labels: { state: 'shown' }, value: shelf.size },
        { name: 'skopos_dashboards', labels: { state: 'broken' }, value: shelf.problems().length },
      ],
    },
  ]);
  return shelf;
}
