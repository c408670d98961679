import type { Labels } from '../../model/labels.ts';
import type { DeviceUse, InterfaceUse } from './cgroup/cgroup-files.ts';
import type { FoundCgroup } from './cgroup/walk.ts';

/** What a cgroup is asked for: seconds, bytes or counts, as the series have them. */
export const fields = [
  ...(['cpuUsage', 'cpuUser', 'cpuSystem', 'periods', 'throttledPeriods', 'throttledTime'] as const),
  ...(['bursts', 'burstTime', 'cpuQuota', 'cpuPeriod', 'cpuShares'] as const),
  ...(['memoryUsage', 'memoryPeak', 'workingSet', 'cache', 'rss', 'swap', 'mappedFile'] as const),
  ...(['activeFile', 'inactiveFile', 'dirty', 'writeback', 'kernelMemory', 'failures'] as const),
  ...(['pageFaults', 'majorFaults', 'ownPageFaults', 'ownMajorFaults', 'scanned', 'stolen'] as const),
  ...(['refaultedAnon', 'refaultedFile', 'highEvents', 'maxEvents', 'oomEvents'] as const),
  ...(['memoryLimit', 'memoryReservation', 'swapLimit'] as const),
  ...(['processes', 'threads', 'threadsMax', 'openFilesLimit', 'startTime'] as const),
  ...(['cpuWaiting', 'cpuStalled', 'memoryWaiting', 'memoryStalled', 'ioWaiting', 'ioStalled'] as const),
] as const;

export type Field = (typeof fields)[number];

const indexOf: Readonly<Record<Field, number>> = Object.fromEntries(
  fields.map((field, i) => [field, i]),
) as Record<Field, number>;

/** What is known of one cgroup at one scrape: numbers side by side, as ten thousand of them are held at once. */
export class CgroupRow {
  /** `id`, `image`, `name`, `container`, `namespace`, `pod`; set when it is known who is in the cgroup. */
  labels: Labels = {};
  devices: readonly DeviceUse[] = [];
  interfaces: readonly InterfaceUse[] = [];
  readonly #values = new Float64Array(fields.length).fill(Number.NaN);

  /** NaN where it is not told. */
  get(field: Field): number {
    return this.#values[indexOf[field]] ?? Number.NaN;
  }

  /** Undefined is not told. */
  set(field: Field, value: number | undefined): void {
    if (value !== undefined) this.#values[indexOf[field]] = value;
  }
}

/** A cgroup that was read. */
export interface ReadCgroup {
  readonly cgroup: FoundCgroup;
  readonly row: CgroupRow;
  /** A process of it, where it has a number here: none has without the host's processes. */
  readonly pid: number | undefined;
}
