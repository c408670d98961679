import type { PushSource } from '../api/pushgateway/source.ts';
import type { PushedReader } from '../api/skopos/pushed.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { GroupTable } from '../exporters/push/group-table.ts';
import type { Database } from '../store/database.ts';
import type { Registry } from '../telemetry/registry.ts';
import { crc32c } from '../tsdb/crc32c.ts';
import { one } from './process-metrics.ts';
import { PushRole, type PushRoleOptions } from './push-role.ts';
import { pushedReader } from './pushed-reader.ts';
import { version } from './version.ts';

export interface PushRoleDeps extends Omit<PushRoleOptions, 'settings' | 'keeper'> {
  readonly config: LoadedConfig;
  readonly db: Database;
  readonly registry: Registry;
  readonly startedAtMs: number;
}

/** The role `push` and what its API needs; nothing where it is not on. */
export function createPushRole({ config, db, registry, startedAtMs, ...deps }: PushRoleDeps): {
  readonly components: readonly PushRole[];
  readonly source: PushSource | undefined;
  readonly reader: PushedReader | undefined;
} {
  const settings = config.push;
  if (settings?.enabled !== true) return { components: [], source: undefined, reader: undefined };
  const role = new PushRole({ ...deps, settings, keeper: new GroupTable(db) });
  const requests = registry.counter(
    'skopos_push_requests_total',
    'Requests that push or delete metrics, by method and status.',
  );
  const bytes = registry.counter(
    'skopos_push_received_bytes_total',
    'Bytes of pushes that were taken, as they came.',
    [{}],
  );
  registry.collector(() => [
    one('skopos_push_groups', 'gauge', 'Groups of pushed metrics.', role.groups.size),
    one('skopos_push_series', 'gauge', 'Series of all groups of pushed metrics.', role.groups.series),
    role.staleSeries(),
  ]);
  const source = role.source({
    ...{ crc32c, version, startedAtMs },
    answered(method, status, sizeBytes) {
      requests.inc({ method: method.toLowerCase(), code: String(status) });
      bytes.inc({}, sizeBytes);
    },
  });
  return { components: [role], source, reader: pushedReader(role.groups) };
}
