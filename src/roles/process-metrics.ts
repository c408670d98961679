import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Labels } from '../model/labels.ts';
import type { MetricFamily, MetricType } from '../model/metric.ts';
import type { Collector } from '../telemetry/registry.ts';

/** The usual series of a process, by the names that dashboards know, and how late the event loop has been. */
export function processMetrics(startedAtMs: number): Collector {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  return () => {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    const lateSeconds = Math.max(0, delay.max / 1e9 - 0.02);
    delay.reset();
    return [
      one('process_cpu_seconds_total', 'counter', 'Processor time used, in seconds.', (user + system) / 1e6),
      one('process_resident_memory_bytes', 'gauge', 'Resident memory, in bytes.', rss),
      one(
        'process_start_time_seconds',
        'gauge',
        'When the process started, in Unix seconds.',
        startedAtMs / 1000,
      ),
      one('skopos_heap_used_bytes', 'gauge', 'JavaScript heap in use, in bytes.', heapUsed),
      one(
        'skopos_event_loop_late_seconds',
        'gauge',
        'Longest that anything waited for the event loop since the last scrape.',
        lateSeconds,
      ),
    ];
  };
}

/** A family of one sample. */
export function one(
  name: string,
  type: MetricType,
  help: string,
  value: number,
  labels: Labels = {},
): MetricFamily {
  return { name, type, help, samples: [{ name, labels, value }] };
}
