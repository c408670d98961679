import type { CgroupRow } from '../row.ts';
import { type DeviceUse, parseBlkio, parseKeyed, parseNumber } from './cgroup-files.ts';
import type { Controller } from './hierarchy.ts';
import { FolderReader, type KnownFiles, type OnProblem, parseProcs } from './read-file.ts';

const nano = 1e-9;
/** Of `cpuacct.stat`: USER_HZ, which is 100 on every architecture that Kubernetes runs on. */
const ticksPerSecond = 100;
/** Limits from here on are none: the kernel shows the largest that a page count allows. */
const noLimit = 2 ** 62;

/**
 * Reads a cgroup of version 1, whose controllers are folders of their own, into a row.
 *
 * Source: https://docs.kernel.org/admin-guide/cgroup-v1/index.html; what of it becomes which of cAdvisor's metrics:
 * https://github.com/google/cadvisor/blob/master/container/libcontainer/handler.go
 * @param known files of it that were read already; no two controllers have one of the same name
 * @returns a process of it, where one has a number here.
 */
export function readV1(
  folderOf: (controller: Controller) => string | undefined,
  row: CgroupRow,
  onProblem: OnProblem,
  known: KnownFiles,
): number | undefined {
  const reader = (controller: Controller): FolderReader | undefined => {
    const folder = folderOf(controller);
    return folder === undefined ? undefined : new FolderReader(folder, onProblem, known);
  };
  readCpuUse(reader('cpuacct'), row);
  readCpuLimits(reader('cpu'), row);
  readMemory(reader('memory'), row);
  row.devices = readDevices(reader('blkio'));
  const pids = reader('pids');
  row.set('threads', pids?.read('pids.current', parseNumber));
  row.set(
    'threadsMax',
    pids?.read('pids.max', (text) => parseNumber(text) ?? 0),
  );
  for (const controller of ['memory', 'cpuacct', 'pids'] as const) {
    const procs = reader(controller)?.read('cgroup.procs', parseProcs);
    if (procs === undefined) continue;
    row.set('processes', procs.count);
    return procs.pid;
  }
  return undefined;
}

function readCpuUse(files: FolderReader | undefined, row: CgroupRow): void {
  row.set('cpuUsage', scaled(files?.read('cpuacct.usage', parseNumber), nano));
  const stat = files?.read('cpuacct.stat', parseKeyed);
  row.set('cpuUser', scaled(stat?.get('user'), 1 / ticksPerSecond));
  row.set('cpuSystem', scaled(stat?.get('system'), 1 / ticksPerSecond));
}

function readCpuLimits(files: FolderReader | undefined, row: CgroupRow): void {
  row.set('cpuShares', files?.read('cpu.shares', parseNumber));
  row.set('cpuPeriod', files?.read('cpu.cfs_period_us', parseNumber));
  const quota = files?.read('cpu.cfs_quota_us', parseNumber);
  if (quota === undefined) return;
  const stat = files?.read('cpu.stat', parseKeyed);
  row.set('cpuQuota', quota);
  row.set('periods', stat?.get('nr_periods'));
  row.set('throttledPeriods', stat?.get('nr_throttled'));
  row.set('throttledTime', scaled(stat?.get('throttled_time'), nano));
  row.set('bursts', stat?.get('nr_bursts'));
  row.set('burstTime', scaled(stat?.get('burst_time'), nano));
}

function readMemory(files: FolderReader | undefined, row: CgroupRow): void {
  if (files === undefined) return;
  const usage = files.read('memory.usage_in_bytes', parseNumber);
  const stat = files.read('memory.stat', parseKeyed);
  const isHierarchical = files.read('memory.use_hierarchy', parseNumber) === 1;
  const whole = (key: string): number | undefined => stat?.get(isHierarchical ? `total_${key}` : key);
  const inactive = stat?.get('total_inactive_file') ?? stat?.get('inactive_file');
  row.set('memoryUsage', usage);
  row.set('memoryPeak', files.read('memory.max_usage_in_bytes', parseNumber));
  if (usage !== undefined) row.set('workingSet', Math.max(0, usage - (inactive ?? 0)));
  row.set('cache', whole('cache'));
  row.set('rss', whole('rss'));
  row.set('swap', whole('swap'));
  row.set('mappedFile', whole('mapped_file'));
  row.set('activeFile', stat?.get('total_active_file') ?? stat?.get('active_file'));
  row.set('inactiveFile', inactive);
  row.set('dirty', whole('dirty'));
  row.set('writeback', whole('writeback'));
  row.set('kernelMemory', files.read('memory.kmem.usage_in_bytes', parseNumber));
  row.set('failures', files.read('memory.failcnt', parseNumber));
  row.set('ownPageFaults', stat?.get('pgfault'));
  row.set('ownMajorFaults', stat?.get('pgmajfault'));
  row.set('pageFaults', stat?.get('total_pgfault') ?? stat?.get('pgfault'));
  row.set('majorFaults', stat?.get('total_pgmajfault') ?? stat?.get('pgmajfault'));
  row.set('oomEvents', files.read('memory.oom_control', parseKeyed)?.get('oom_kill'));
  row.set('memoryLimit', limit(files, 'memory.limit_in_bytes'));
  row.set('memoryReservation', limit(files, 'memory.soft_limit_in_bytes'));
  row.set('swapLimit', limit(files, 'memory.memsw.limit_in_bytes'));
}

function readDevices(files: FolderReader | undefined): readonly DeviceUse[] {
  const either = (name: string) =>
    files?.read(`${name}_recursive`, parseBlkio) ?? files?.read(name, parseBlkio) ?? new Map();
  const bytes = either('blkio.throttle.io_service_bytes');
  const counts = either('blkio.throttle.io_serviced');
  return [...bytes].map(([device, { read, write }]) => {
    const times = counts.get(device);
    const use = { device, readBytes: read, writtenBytes: write };
    return times === undefined ? use : { ...use, reads: times.read, writes: times.write };
  });
}

/** No limit is 0. */
function limit(files: FolderReader, name: string): number | undefined {
  return files.read(name, (text) => {
    const value = parseNumber(text) ?? 0;
    return value > noLimit ? 0 : value;
  });
}

function scaled(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value * by;
}
