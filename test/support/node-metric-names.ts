import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CollectorSet } from '../../src/exporters/node/collector-set.ts';
import { contextOf, everything } from '../../src/exporters/node/testing.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { agentMetrics } from '../../src/roles/node/agent-metrics.ts';
import { collectorTable } from '../../src/roles/node/collector-table.ts';
import { writeFiles, writeNodeTree } from './node-tree.ts';

/** Fields of `/proc/meminfo`, of kernels of some years. */
const memoryFields = [
  ...['MemTotal', 'MemFree', 'MemAvailable', 'Buffers', 'Cached', 'SwapCached', 'Active', 'Inactive'],
  ...['Active(anon)', 'Inactive(anon)', 'Active(file)', 'Inactive(file)', 'Unevictable', 'Mlocked'],
  ...['SwapTotal', 'SwapFree', 'Zswap', 'Zswapped', 'Dirty', 'Writeback', 'AnonPages', 'Mapped', 'Shmem'],
  ...['KReclaimable', 'Slab', 'SReclaimable', 'SUnreclaim', 'KernelStack', 'PageTables', 'SecPageTables'],
  ...['NFS_Unstable', 'Bounce', 'WritebackTmp', 'CommitLimit', 'Committed_AS', 'VmallocTotal', 'VmallocUsed'],
  ...['VmallocChunk', 'Percpu', 'HardwareCorrupted', 'AnonHugePages', 'ShmemHugePages', 'ShmemPmdMapped'],
  ...['FileHugePages', 'FilePmdMapped', 'CmaTotal', 'CmaFree', 'Hugepagesize', 'Hugetlb', 'DirectMap4k'],
  ...['DirectMap2M', 'DirectMap1G'],
];
const countFields = ['HugePages_Total', 'HugePages_Free', 'HugePages_Rsvd', 'HugePages_Surp'];

/** What the recorded machine does not have, as it stands for devices: memory in full, processors, names of the kernel, cgroups. */
const kernel = {
  'proc/meminfo': `${[
    ...memoryFields.map((field) => `${field}: 1 kB`),
    ...countFields.map((field) => `${field}: 1`),
  ].join('\n')}\n`,
  'proc/cpuinfo': 'processor\t: 0\nphysical id\t: 0\ncore id\t: 0\n',
  ...Object.fromEntries(
    ['ostype', 'osrelease', 'version', 'hostname', 'domainname'].map((file) => [
      `proc/sys/kernel/${file}`,
      'x\n',
    ]),
  ),
  'sys/devices/system/node/node0/meminfo': 'Node 0 MemTotal: 1 kB\n',
  'sys/fs/cgroup/cgroup.controllers': 'cpu memory\n',
  'sys/fs/cgroup/cpu.stat': 'usage_usec 1\n',
};

/**
 * Names of all metrics that each collector of `skopos node` tells of a machine with at least one of everything that it knows, those that
 * have no series there included: what collectors say themselves, so that no list beside them has to be kept. Looked up while this is
 * loaded, as `npm run generate` can load nothing later.
 */
export const namesByCollector: ReadonlyMap<string, readonly string[]> = await toldNames();

/** All of them, and those of the process itself, in order. */
export const nodeMetricNames: readonly string[] = [
  ...new Set([
    ...[...namesByCollector.values()].flat(),
    ...agentMetrics({ hasOwnMetrics: false }).map(({ name }) => name),
  ]),
].sort();

async function toldNames(): Promise<Map<string, readonly string[]>> {
  const folder = mkdtempSync(join(tmpdir(), 'skopos-names-'));
  try {
    const roots = writeNodeTree(folder);
    writeFiles(folder, { ...kernel, 'textfiles/empty.prom': '' });
    const options = { ...everything, textfileDirectories: [join(folder, 'textfiles')] };
    const found = new Map<string, readonly string[]>();
    for (const { name: collector, load } of collectorTable) {
      const create = await load();
      const names = new Set<string>();
      for (const variant of [options, { ...options, raplZoneLabel: true, netAddressInfo: true }]) {
        const set = new CollectorSet({
          ...{ collectors: [create(variant)], roots, timeLimitMs: 60_000 },
          ...{ log: contextOf({}).log, clock: systemClock },
        });
        const families = await set.gather(() => true, new AbortController().signal);
        for (const { name } of families) names.add(name);
      }
      found.set(collector, [...names]);
    }
    return found;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
