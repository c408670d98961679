import { readdirSync, readFileSync } from 'node:fs';
import { FamilyBuilder } from '../../exporters/node/build-family.ts';
import type { MetricFamily } from '../../model/metric.ts';
import { version } from '../version.ts';
import type { NodeSettings } from './node-settings.ts';

/** What the process tells of itself, by the names that dashboards know; always `node_exporter_build_info`, which they join. */
export function agentMetrics({
  hasOwnMetrics,
}: Pick<NodeSettings, 'hasOwnMetrics'>): readonly MetricFamily[] {
  const build = new FamilyBuilder(
    'node_exporter_build_info',
    'gauge',
    "A metric with a constant '1' value labeled by version, revision, branch, goversion from which node_exporter was built, and the goos and goarch for the build.",
  ).add(1, {
    version,
    branch: 'skopos',
    goversion: process.version,
    goos: process.platform,
    goarch: process.arch === 'x64' ? 'amd64' : process.arch,
    revision: '',
    tags: '',
  });
  return hasOwnMetrics ? [build, ...processFamilies()] : [build];
}

function processFamilies(): readonly MetricFamily[] {
  const { user, system } = process.cpuUsage();
  const { rss } = process.memoryUsage();
  const one = (name: string, type: 'counter' | 'gauge', help: string, value: number | undefined) =>
    value === undefined ? [] : [new FamilyBuilder(name, type, help).add(value)];
  return [
    ...one(
      'process_cpu_seconds_total',
      'counter',
      'Total user and system CPU time spent in seconds.',
      (user + system) / 1e6,
    ),
    ...one('process_resident_memory_bytes', 'gauge', 'Resident memory size in bytes.', rss),
    ...one('process_virtual_memory_bytes', 'gauge', 'Virtual memory size in bytes.', virtualBytes()),
    ...one(
      'process_start_time_seconds',
      'gauge',
      'Start time of the process since unix epoch in seconds.',
      performance.timeOrigin / 1000,
    ),
    ...one(
      'process_open_fds',
      'gauge',
      'Number of open file descriptors.',
      readdirSync('/proc/self/fd').length - 1,
    ),
    ...one('process_max_fds', 'gauge', 'Maximum number of open file descriptors.', maxFiles()),
  ];
}

function virtualBytes(): number | undefined {
  const kib = /^VmSize:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return kib === undefined ? undefined : Number(kib) * 1024;
}

function maxFiles(): number | undefined {
  const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return soft === undefined ? undefined : Number(soft);
}
