import { BadInputError } from '../../kit/app-error.ts';
import type { MetricFamily } from '../../model/metric.ts';
import { gauge } from '../node/build-family.ts';
import type { CreateCollector, HostRoots } from '../node/collector.ts';
import { namesIn, readText, readTextIfAny } from '../node/host-files.ts';

/**
 * cAdvisor's metrics of the machine: processors, memory, swap.
 *
 * Source: https://github.com/google/cadvisor/blob/master/docs/storage/prometheus.md#prometheus-hardware-metrics
 */
export const machineCollector: CreateCollector = () => ({
  name: 'machine',
  collect: ({ roots }) => machineFamilies(roots),
});

/** @throws when /proc/meminfo or /proc/cpuinfo cannot be read or understood. */
function machineFamilies(roots: HostRoots): readonly MetricFamily[] {
  const { procfs, sysfs, rootfs } = roots;
  const memory = readText(`${procfs}/meminfo`);
  const cpus = processors(readText(`${procfs}/cpuinfo`));
  const labels = {
    boot_id: readTextIfAny(`${procfs}/sys/kernel/random/boot_id`) ?? '',
    machine_id: readTextIfAny(`${rootfs}/etc/machine-id`) ?? '',
    system_uuid: readTextIfAny(`${sysfs}/class/dmi/id/product_uuid`)?.toLowerCase() ?? '',
  };
  return [
    gauge('machine_cpu_cores', 'Number of logical CPU cores.').add(cpus.logical, labels),
    gauge('machine_cpu_physical_cores', 'Number of physical CPU cores.').add(cpus.physical, labels),
    gauge('machine_cpu_sockets', 'Number of CPU sockets.').add(cpus.sockets, labels),
    gauge('machine_memory_bytes', 'Amount of memory installed on the machine.').add(
      bytesOf(memory, 'MemTotal', procfs),
      labels,
    ),
    gauge('machine_swap_bytes', 'Amount of swap memory available on the machine.').add(
      bytesOf(memory, 'SwapTotal', procfs),
      labels,
    ),
    memoryOfNumaNodes(sysfs, labels),
  ].filter(({ samples }) => samples.length > 0);
}

/** Of a field of meminfo. @throws {BadInputError} where it is not there. */
export function bytesOf(meminfo: string, field: string, procfs: string): number {
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(meminfo)?.[1];
  if (kib === undefined) throw new BadInputError('', `${procfs}/meminfo has no ${field} in kB`);
  return Number(kib) * 1024;
}

/** Where no package or core is told (arm64), each processor is a core, and all are in one socket. */
function processors(cpuinfo: string): { logical: number; physical: number; sockets: number } {
  const cores = new Set<string>();
  const sockets = new Set<string>();
  let logical = 0;
  for (const block of cpuinfo.split('\n\n')) {
    const own = /^processor\s*:\s*(\d+)/m.exec(block)?.[1];
    if (own === undefined) continue;
    logical++;
    const socket = /^physical id\s*:\s*(\d+)/m.exec(block)?.[1] ?? '0';
    sockets.add(socket);
    cores.add(`${socket}/${/^core id\s*:\s*(\d+)/m.exec(block)?.[1] ?? `processor ${own}`}`);
  }
  return { logical, physical: cores.size, sockets: sockets.size };
}

function memoryOfNumaNodes(sysfs: string, labels: Record<string, string>): MetricFamily {
  const family = gauge('machine_node_memory_capacity_bytes', 'Amount of memory assigned to NUMA node.');
  for (const name of namesIn(`${sysfs}/devices/system/node`) ?? []) {
    const id = /^node(\d+)$/.exec(name)?.[1];
    const kib = /MemTotal:\s+(\d+) kB/.exec(
      readTextIfAny(`${sysfs}/devices/system/node/${name}/meminfo`) ?? '',
    );
    if (id !== undefined && kib?.[1] !== undefined)
      family.add(Number(kib[1]) * 1024, { ...labels, node_id: id });
  }
  return family;
}
