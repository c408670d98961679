import type { CgroupRow } from '../row.ts';
import { parseCpuMax, parseIoStat, parseKeyed, parseNumber, parsePressure } from './cgroup-files.ts';
import { FolderReader, type KnownFiles, type OnProblem, parseProcs } from './read-file.ts';

const micro = 1e-6;

/**
 * Reads a cgroup of version 2 into a row.
 *
 * Source: https://docs.kernel.org/admin-guide/cgroup-v2.html; what of it becomes which of cAdvisor's metrics:
 * https://github.com/google/cadvisor/blob/master/container/libcontainer/handler.go
 * @param known files of it that were read already
 * @returns a process of it, where one has a number here.
 */
export function readV2(
  folder: string,
  row: CgroupRow,
  onProblem: OnProblem,
  known: KnownFiles,
): number | undefined {
  const files = new FolderReader(folder, onProblem, known);
  readCpu(files, row);
  readMemory(files, row);
  readPressure(files, row);
  row.devices = files.read('io.stat', parseIoStat) ?? [];
  row.set('threads', files.read('pids.current', parseNumber));
  row.set(
    'threadsMax',
    files.read('pids.max', (text) => parseNumber(text) ?? 0),
  );
  const procs = files.read('cgroup.procs', parseProcs);
  row.set('processes', procs?.count);
  return procs?.pid;
}

function readCpu(files: FolderReader, row: CgroupRow): void {
  const stat = files.read('cpu.stat', parseKeyed);
  const seconds = (key: string): number | undefined => scaled(stat?.get(key), micro);
  row.set('cpuUsage', seconds('usage_usec'));
  row.set('cpuUser', seconds('user_usec'));
  row.set('cpuSystem', seconds('system_usec'));
  const max = files.read('cpu.max', parseCpuMax);
  row.set('cpuPeriod', max?.period);
  row.set('cpuShares', sharesOf(files.read('cpu.weight', parseNumber)));
  if (max?.quota === undefined) return;
  row.set('cpuQuota', max.quota);
  row.set('periods', stat?.get('nr_periods'));
  row.set('throttledPeriods', stat?.get('nr_throttled'));
  row.set('throttledTime', seconds('throttled_usec'));
  row.set('bursts', stat?.get('nr_bursts'));
  row.set('burstTime', seconds('burst_usec'));
}

function readMemory(files: FolderReader, row: CgroupRow): void {
  const usage = files.read('memory.current', parseNumber);
  const stat = files.read('memory.stat', parseKeyed);
  const events = files.read('memory.events', parseKeyed);
  const inactive = stat?.get('inactive_file');
  row.set('memoryUsage', usage);
  row.set('memoryPeak', files.read('memory.peak', parseNumber));
  if (usage !== undefined) row.set('workingSet', Math.max(0, usage - (inactive ?? 0)));
  row.set('cache', stat?.get('file'));
  row.set('rss', stat?.get('anon'));
  row.set('swap', files.read('memory.swap.current', parseNumber));
  row.set('mappedFile', stat?.get('file_mapped'));
  row.set('activeFile', stat?.get('active_file'));
  row.set('inactiveFile', inactive);
  row.set('dirty', stat?.get('file_dirty'));
  row.set('writeback', stat?.get('file_writeback'));
  row.set('kernelMemory', stat?.get('kernel'));
  row.set('pageFaults', stat?.get('pgfault'));
  row.set('majorFaults', stat?.get('pgmajfault'));
  row.set('ownPageFaults', stat?.get('pgfault'));
  row.set('ownMajorFaults', stat?.get('pgmajfault'));
  row.set('scanned', stat?.get('pgscan'));
  row.set('stolen', stat?.get('pgsteal'));
  row.set('refaultedAnon', stat?.get('workingset_refault_anon'));
  row.set('refaultedFile', stat?.get('workingset_refault_file'));
  row.set('failures', events?.get('max'));
  row.set('highEvents', events?.get('high'));
  row.set('maxEvents', events?.get('max'));
  row.set('oomEvents', events?.get('oom_kill'));
  row.set('memoryLimit', limit(files, 'memory.max'));
  row.set('memoryReservation', limit(files, 'memory.min'));
  row.set('swapLimit', limit(files, 'memory.swap.max'));
}

function readPressure(files: FolderReader, row: CgroupRow): void {
  for (const resource of ['cpu', 'memory', 'io'] as const)
    setPressure(row, resource, files.read(`${resource}.pressure`, parsePressure));
}

/** Sets what was waited for one resource, from µs. */
export function setPressure(
  row: CgroupRow,
  resource: 'cpu' | 'memory' | 'io',
  totals: ReturnType<typeof parsePressure> | undefined,
): void {
  row.set(`${resource}Waiting`, scaled(totals?.some, micro));
  row.set(`${resource}Stalled`, scaled(totals?.full, micro));
}

/** No limit is 0. */
function limit(files: FolderReader, name: string): number | undefined {
  return files.read(name, (text) => parseNumber(text) ?? 0);
}

/**
 * The weight of version 2 (1 to 10,000) as shares of version 1 (2 to 262,144), which is what the metric tells.
 *
 * Source: https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/2254-cgroup-v2#phase-1-convert-from-cgroups-v1-settings-to-v2
 */
function sharesOf(weight: number | undefined): number | undefined {
  return weight === undefined ? undefined : Math.floor(((weight - 1) * 262_142) / 9999) + 2;
}

function scaled(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value * by;
}
