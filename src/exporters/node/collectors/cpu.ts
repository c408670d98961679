import { BadInputError } from '../../../kit/app-error.ts';
import type { SafeRegex } from '../../../kit/regex.ts';
import type { MetricFamily } from '../../../model/metric.ts';
import { counter, type FamilyBuilder, gauge } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { fieldsOf, namesIn, readLines, readNumberIfAny, readText, readTextIfAny } from '../host-files.ts';
import type { NodeOptions } from '../options.ts';

/** The unit of `/proc/stat`, the same on all architectures that Node runs on. */
const ticksPerSecond = 100;

/** The columns of a processor's line. */
const modes = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;
const guestModes = ['user', 'nice'] as const;
const idleColumn = modes.indexOf('idle');

/** More than Linux can have (NR_CPUS). */
const maxProcessors = 8191;

/** Idle time that goes back by more tells of a processor that was taken away and came again. */
const jumpBackSeconds = 3;

/** Time of processors, throttling, and what they are. Source: https://man7.org/linux/man-pages/man5/proc_stat.5.html */
export const cpu: CreateCollector = (options) => {
  /** What was told last: counters of the kernel run back by a tick now and then, and must not look as if they had begun anew. */
  const told = new Map<string, number[]>();
  return {
    name: 'cpu',
    collect({ roots }) {
      const folder = `${roots.sysfs}/devices/system/cpu`;
      return [
        ...secondsFamilies(`${roots.procfs}/stat`, told, options.cpuGuest),
        ...infoFamilies(`${roots.procfs}/cpuinfo`, options),
        isolatedFamily(readTextIfAny(`${folder}/isolated`) ?? ''),
        ...throttleFamilies(folder),
      ];
    },
  };
};

function secondsFamilies(path: string, told: Map<string, number[]>, withGuests: boolean): MetricFamily[] {
  const seconds = counter('node_cpu_seconds_total', 'Seconds the CPUs spent in each mode.');
  const guests = counter(
    'node_cpu_guest_seconds_total',
    'Seconds the CPUs spent in guests (VMs) for each mode.',
  );
  const read = processorLines(path);
  if (read.size === 0) throw new BadInputError('', `${path} has no line of a processor`);
  for (const cpu of told.keys()) if (!read.has(cpu)) told.delete(cpu);
  for (const [cpu, now] of read) {
    const values = neverLess(told.get(cpu), now);
    told.set(cpu, values);
    for (const [i, mode] of modes.entries()) seconds.add(values[i] ?? 0, { cpu, mode });
    if (withGuests)
      for (const [i, mode] of guestModes.entries()) guests.add(values[modes.length + i] ?? 0, { cpu, mode });
  }
  return [seconds, guests];
}

/** Seconds in each column, by the processor's number. */
function processorLines(path: string): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const line of readLines(path)) {
    const [, cpu, rest] = /^cpu(\d+) (.*)$/.exec(line) ?? [];
    if (cpu === undefined || rest === undefined) continue;
    const values = rest.split(' ').map((text) => Number(text) / ticksPerSecond);
    if (values.length <= idleColumn || values.some(Number.isNaN))
      throw new BadInputError('', `${path}: the line of cpu${cpu} is not of numbers`);
    found.set(cpu, values);
  }
  return found;
}

function neverLess(last: readonly number[] | undefined, read: number[]): number[] {
  if (last === undefined || (last[idleColumn] ?? 0) - (read[idleColumn] ?? 0) >= jumpBackSeconds) return read;
  return read.map((value, i) => Math.max(value, last[i] ?? 0));
}

function infoFamilies(path: string, options: NodeOptions): MetricFamily[] {
  const { cpuInfo, cpuFlags, cpuBugs } = options;
  if (!cpuInfo && cpuFlags === undefined && cpuBugs === undefined) return [];
  const processors = readText(path)
    .trim()
    .split(/\n\s*\n/)
    .map((text) => fieldsOf(text));
  const info = gauge('node_cpu_info', 'CPU information from /proc/cpuinfo.');
  for (const fields of processors) {
    const field = (name: string): string => fields.get(name) ?? '';
    if (!fields.has('processor')) continue;
    info.add(1, {
      ...{ package: field('physical id'), core: field('core id'), cpu: field('processor') },
      ...{ vendor: field('vendor_id'), family: field('cpu family'), model: field('model') },
      ...{ model_name: field('model name'), microcode: field('microcode'), stepping: field('stepping') },
      cachesize: field('cache size'),
    });
  }
  const first = processors[0] ?? new Map<string, string>();
  return [info, wordFamily('flag', 'flags', first, cpuFlags), wordFamily('bug', 'bugs', first, cpuBugs)];
}

function wordFamily(
  label: string,
  field: string,
  fields: ReadonlyMap<string, string>,
  wanted: SafeRegex | undefined,
): FamilyBuilder {
  const help = `The \`${field}\` field of CPU information from /proc/cpuinfo taken from the first core.`;
  const family = gauge(`node_cpu_${label}_info`, help);
  for (const word of (fields.get(field) ?? '').split(' '))
    if (word !== '' && wanted?.finds(word) === true) family.add(1, { [label]: word });
  return family;
}

/** A list such as `1,3-5`. */
function isolatedFamily(list: string): FamilyBuilder {
  const family = gauge(
    'node_cpu_isolated',
    'Whether each core is isolated, information from /sys/devices/system/cpu/isolated.',
  );
  for (const range of list.split(',')) {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(range.trim()) ?? [];
    if (from === undefined) continue;
    for (let cpu = Number(from); cpu <= Math.min(Number(to), maxProcessors); cpu++)
      family.add(1, { cpu: String(cpu) });
  }
  return family;
}

/** Each core and package once, though several processors are of it. */
function throttleFamilies(folder: string): FamilyBuilder[] {
  const cores = counter('node_cpu_core_throttles_total', 'Number of times this CPU core has been throttled.');
  const packages = counter(
    'node_cpu_package_throttles_total',
    'Number of times this CPU package has been throttled.',
  );
  const seen = new Set<string>();
  const addOnce = (family: FamilyBuilder, file: string, labels: Record<string, string>): void => {
    const key = `${family.name} ${Object.values(labels).join()}`;
    const count = seen.has(key) ? undefined : readNumberIfAny(file);
    if (count === undefined) return;
    seen.add(key);
    family.add(count, labels);
  };
  for (const name of namesIn(folder) ?? []) {
    if (!/^cpu\d+$/.test(name)) continue;
    const id = readNumberIfAny(`${folder}/${name}/topology/physical_package_id`);
    const core = readNumberIfAny(`${folder}/${name}/topology/core_id`);
    if (id === undefined || core === undefined) continue;
    const throttle = `${folder}/${name}/thermal_throttle`;
    addOnce(cores, `${throttle}/core_throttle_count`, { package: String(id), core: String(core) });
    addOnce(packages, `${throttle}/package_throttle_count`, { package: String(id) });
  }
  return [cores, packages];
}
