import type { Labels } from '../../model/labels.ts';
import type { MetricFamily } from '../../model/metric.ts';
import type { DeviceUse, InterfaceUse } from './cgroup/cgroup-files.ts';
import type { FileSystemUse } from './file-systems.ts';
import type { CgroupRow, Field } from './row.ts';

type Sample = MetricFamily['samples'][number];

interface Spec {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  /** Calls back with each value of a row and the labels that it has beside the row's own. */
  readonly emit: (row: CgroupRow, add: (value: number, more?: Labels) => void, around: Around) => void;
}

/** What holds for all rows of a scrape. */
export interface Around {
  readonly atMs: number;
  readonly fileSystems: readonly FileSystemUse[];
  /** `/dev/sda` of `8:0`; empty where it is not known. */
  readonly deviceName: (device: string) => string;
}

/**
 * Rows as families. Samples are made when a family is looked at and held by nobody here: all of ten thousand containers at once would
 * be hundreds of MB.
 */
export function containerFamilies(rows: readonly CgroupRow[], around: Around): readonly MetricFamily[] {
  return specs.map(({ name, type, help, emit }) => ({
    ...{ name, type, help },
    get samples(): readonly Sample[] {
      const samples: Sample[] = [];
      for (const row of rows) {
        const add = (value: number, more?: Labels): void => {
          if (!Number.isNaN(value))
            samples.push({
              name,
              labels: more === undefined ? row.labels : { ...row.labels, ...more },
              value,
            });
        };
        emit(row, add, around);
      }
      return samples;
    },
  }));
}

/**
 * What is told, with cAdvisor's names and texts.
 *
 * Source: https://github.com/google/cadvisor/blob/master/docs/storage/prometheus.md
 */
const specs: readonly Spec[] = [
  counter('cpu_usage_seconds_total', 'Cumulative cpu time consumed in seconds.', (row, add) =>
    add(row.get('cpuUsage'), { cpu: 'total' }),
  ),
  of('counter', 'cpu_user_seconds_total', 'Cumulative user cpu time consumed in seconds.', 'cpuUser'),
  of('counter', 'cpu_system_seconds_total', 'Cumulative system cpu time consumed in seconds.', 'cpuSystem'),
  of('counter', 'cpu_cfs_periods_total', 'Number of elapsed enforcement period intervals.', 'periods'),
  of(
    'counter',
    'cpu_cfs_throttled_periods_total',
    'Number of throttled period intervals.',
    'throttledPeriods',
  ),
  of(
    'counter',
    'cpu_cfs_throttled_seconds_total',
    'Total time duration the container has been throttled.',
    'throttledTime',
  ),
  of('counter', 'cpu_cfs_burst_periods_total', 'Number of periods when burst occurs.', 'bursts'),
  of(
    'counter',
    'cpu_cfs_burst_seconds_total',
    'Total time duration the container has been bursted.',
    'burstTime',
  ),
  of('gauge', 'spec_cpu_period', 'CPU period of the container.', 'cpuPeriod'),
  of('gauge', 'spec_cpu_quota', 'CPU quota of the container.', 'cpuQuota'),
  of('gauge', 'spec_cpu_shares', 'CPU share of the container.', 'cpuShares'),

  of(
    'gauge',
    'memory_usage_bytes',
    'Current memory usage in bytes, including all memory regardless of when it was accessed.',
    'memoryUsage',
  ),
  of('gauge', 'memory_working_set_bytes', 'Current working set in bytes.', 'workingSet'),
  of('gauge', 'memory_max_usage_bytes', 'Maximum memory usage recorded in bytes.', 'memoryPeak'),
  of('gauge', 'memory_cache', 'Number of bytes of page cache memory.', 'cache'),
  of('gauge', 'memory_rss', 'Size of RSS in bytes.', 'rss'),
  of('gauge', 'memory_swap', 'Container swap usage in bytes.', 'swap'),
  of('gauge', 'memory_mapped_file', 'Size of memory mapped files in bytes.', 'mappedFile'),
  of('gauge', 'memory_total_active_file_bytes', 'Current total active file in bytes.', 'activeFile'),
  of('gauge', 'memory_total_inactive_file_bytes', 'Current total inactive file in bytes.', 'inactiveFile'),
  of(
    'gauge',
    'memory_file_dirty_bytes',
    'Number of bytes of file-backed memory modified but not yet written back.',
    'dirty',
  ),
  of(
    'gauge',
    'memory_file_writeback_bytes',
    'Number of bytes of file-backed memory being written back.',
    'writeback',
  ),
  of('gauge', 'memory_kernel_usage', 'Size of kernel memory allocated in bytes.', 'kernelMemory'),
  of('counter', 'memory_failcnt', 'Number of memory usage hits limits.', 'failures'),
  counter('memory_failures_total', 'Cumulative count of memory allocation failures.', (row, add) => {
    add(row.get('ownPageFaults'), { failure_type: 'pgfault', scope: 'container' });
    add(row.get('pageFaults'), { failure_type: 'pgfault', scope: 'hierarchy' });
    add(row.get('ownMajorFaults'), { failure_type: 'pgmajfault', scope: 'container' });
    add(row.get('majorFaults'), { failure_type: 'pgmajfault', scope: 'hierarchy' });
  }),
  of('counter', 'memory_pgscan_total', 'Number of memory pages that were scanned for reclaim.', 'scanned'),
  of('counter', 'memory_pgsteal_total', 'Number of memory pages that were reclaimed.', 'stolen'),
  of(
    'counter',
    'memory_workingset_refault_anon_total',
    'Number of refaults of evicted anonymous pages.',
    'refaultedAnon',
  ),
  of(
    'counter',
    'memory_workingset_refault_file_total',
    'Number of refaults of evicted file pages.',
    'refaultedFile',
  ),
  of(
    'counter',
    'memory_events_high_total',
    'Times that memory was throttled above its high boundary.',
    'highEvents',
  ),
  of('counter', 'memory_events_max_total', 'Times that memory was about to go over its limit.', 'maxEvents'),
  of('counter', 'oom_events_total', 'Count of out of memory events observed for the container.', 'oomEvents'),
  of('gauge', 'spec_memory_limit_bytes', 'Memory limit for the container.', 'memoryLimit'),
  of(
    'gauge',
    'spec_memory_reservation_limit_bytes',
    'Memory reservation limit for the container.',
    'memoryReservation',
  ),
  of('gauge', 'spec_memory_swap_limit_bytes', 'Memory swap limit for the container.', 'swapLimit'),

  of(
    'counter',
    'pressure_cpu_waiting_seconds_total',
    'Total time duration tasks in the container have waited due to CPU congestion.',
    'cpuWaiting',
  ),
  of(
    'counter',
    'pressure_cpu_stalled_seconds_total',
    'Total time duration no tasks in the container could make progress due to CPU congestion.',
    'cpuStalled',
  ),
  of(
    'counter',
    'pressure_memory_waiting_seconds_total',
    'Total time duration tasks in the container have waited due to memory congestion.',
    'memoryWaiting',
  ),
  of(
    'counter',
    'pressure_memory_stalled_seconds_total',
    'Total time duration no tasks in the container could make progress due to memory congestion.',
    'memoryStalled',
  ),
  of(
    'counter',
    'pressure_io_waiting_seconds_total',
    'Total time duration tasks in the container have waited due to IO congestion.',
    'ioWaiting',
  ),
  of(
    'counter',
    'pressure_io_stalled_seconds_total',
    'Total time duration no tasks in the container could make progress due to IO congestion.',
    'ioStalled',
  ),

  device('fs_reads_bytes_total', 'Cumulative count of bytes read.', 'readBytes'),
  device('fs_writes_bytes_total', 'Cumulative count of bytes written.', 'writtenBytes'),
  device('fs_reads_total', 'Cumulative count of reads completed.', 'reads'),
  device('fs_writes_total', 'Cumulative count of writes completed.', 'writes'),
  device('fs_io_cost_usage_seconds_total', 'Cumulative IOCost usage in seconds.', 'costUsage', 1e-6),
  device('fs_io_cost_wait_seconds_total', 'Cumulative IOCost wait in seconds.', 'costWait', 1e-6),
  device('fs_io_cost_indebt_seconds_total', 'Cumulative IOCost debt in seconds.', 'costIndebt', 1e-6),
  device('fs_io_cost_indelay_seconds_total', 'Cumulative IOCost delay in seconds.', 'costIndelay', 1e-6),
  counter('blkio_device_usage_total', 'Blkio device bytes usage.', (row, add, { deviceName }) => {
    for (const use of row.devices) {
      const [major = '', minor = ''] = use.device.split(':');
      const labels = { device: deviceName(use.device), major, minor };
      add(use.readBytes ?? Number.NaN, { ...labels, operation: 'Read' });
      add(use.writtenBytes ?? Number.NaN, { ...labels, operation: 'Write' });
    }
  }),
  fileSystem(
    'fs_limit_bytes',
    'Number of bytes that can be consumed by the container on this filesystem.',
    'limitBytes',
  ),
  fileSystem(
    'fs_usage_bytes',
    'Number of bytes that are consumed by the container on this filesystem.',
    'usedBytes',
  ),
  fileSystem('fs_inodes_total', 'Number of Inodes.', 'inodes'),
  fileSystem('fs_inodes_free', 'Number of available Inodes.', 'freeInodes'),

  network('receive_bytes_total', 'Cumulative count of bytes received.', 0),
  network('receive_packets_total', 'Cumulative count of packets received.', 1),
  network('receive_errors_total', 'Cumulative count of errors encountered while receiving.', 2),
  network('receive_packets_dropped_total', 'Cumulative count of packets dropped while receiving.', 3),
  network('transmit_bytes_total', 'Cumulative count of bytes transmitted.', 4),
  network('transmit_packets_total', 'Cumulative count of packets transmitted.', 5),
  network('transmit_errors_total', 'Cumulative count of errors encountered while transmitting.', 6),
  network('transmit_packets_dropped_total', 'Cumulative count of packets dropped while transmitting.', 7),

  of('gauge', 'processes', 'Number of processes running inside the container.', 'processes'),
  of('gauge', 'threads', 'Number of threads running inside the container.', 'threads'),
  of(
    'gauge',
    'threads_max',
    'Maximum number of threads allowed inside the container, infinity if value is zero.',
    'threadsMax',
  ),
  gauge(
    'ulimits_soft',
    'Soft ulimit values for the container root process. Unlimited if -1, except priority and nice.',
    (row, add) => {
      const limit = row.get('openFilesLimit');
      add(limit === Number.POSITIVE_INFINITY ? -1 : limit, { ulimit: 'max_open_files' });
    },
  ),
  of('gauge', 'start_time_seconds', 'Start time of the container since unix epoch in seconds.', 'startTime'),
  gauge('last_seen', 'Last time a container was seen by the exporter.', (_, add, { atMs }) =>
    add(Math.floor(atMs / 1000)),
  ),
];

/** Every metric of containers, for tests and documents. */
export const containerMetricNames: readonly string[] = specs.map(({ name }) => name);

function counter(end: string, help: string, emit: Spec['emit']): Spec {
  return { name: `container_${end}`, type: 'counter', help, emit };
}

function gauge(end: string, help: string, emit: Spec['emit']): Spec {
  return { name: `container_${end}`, type: 'gauge', help, emit };
}

function of(type: Spec['type'], end: string, help: string, field: Field): Spec {
  return { name: `container_${end}`, type, help, emit: (row, add) => add(row.get(field)) };
}

function device(end: string, help: string, field: Exclude<keyof DeviceUse, 'device'>, scale = 1): Spec {
  return counter(end, help, (row, add, { deviceName }) => {
    for (const use of row.devices)
      add((use[field] ?? Number.NaN) * scale, { device: deviceName(use.device) });
  });
}

/** Of the machine alone: what a container has written lies in a file system that it shares with others. */
function fileSystem(end: string, help: string, field: Exclude<keyof FileSystemUse, 'device'>): Spec {
  return gauge(end, help, (row, add, { fileSystems }) => {
    if (row.labels['id'] !== '/') return;
    for (const use of fileSystems) add(use[field], { device: use.device });
  });
}

function network(end: string, help: string, index: keyof InterfaceUse['counts'] & number): Spec {
  return counter(`network_${end}`, help, (row, add) => {
    for (const { name, counts } of row.interfaces) add(counts[index] ?? Number.NaN, { interface: name });
  });
}
