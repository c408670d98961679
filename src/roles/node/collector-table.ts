import type { CreateCollector } from '../../exporters/node/collector.ts';

/** Where series of a collector are served: container metrics have a page of their own, as the kubelet has for cAdvisor's. */
export type MetricsPage = '/metrics' | '/metrics/cadvisor';

/** A collector that the process knows. */
export interface CollectorEntry {
  /** Of the flags `--collector.NAME` and `--no-collector.NAME`, and of the filters `collect[]` and `exclude[]`. */
  readonly name: string;
  readonly page: MetricsPage;
  /** Whether it runs when nothing is said. */
  readonly isDefault: boolean;
  /** Loads its module, only when it runs: the process stays small by not knowing what it does not do. */
  readonly load: () => Promise<CreateCollector>;
}

/**
 * Every collector of `skopos node`. To add one: write a `NodeCollector` (src/exporters/node/collector.ts says what it promises)
 * and name it here.
 */
export const collectorTable: readonly CollectorEntry[] = [
  onMetrics('arp', async () => (await import('../../exporters/node/collectors/arp.ts')).arp),
  onMetrics('bcache', async () => (await import('../../exporters/node/collectors/bcache.ts')).bcache),
  onMetrics('bonding', async () => (await import('../../exporters/node/collectors/bonding.ts')).bonding),
  onMetrics('btrfs', async () => (await import('../../exporters/node/collectors/btrfs.ts')).btrfs),
  onMetrics(
    'conntrack',
    async () => (await import('../../exporters/node/collectors/conntrack.ts')).conntrack,
  ),
  onMetrics('cpu', async () => (await import('../../exporters/node/collectors/cpu.ts')).cpu),
  onMetrics('cpufreq', async () => (await import('../../exporters/node/collectors/cpufreq.ts')).cpufreq),
  onMetrics(
    'diskstats',
    async () => (await import('../../exporters/node/collectors/diskstats.ts')).diskstats,
  ),
  onMetrics('dmi', async () => (await import('../../exporters/node/collectors/dmi.ts')).dmi),
  onMetrics('edac', async () => (await import('../../exporters/node/collectors/edac.ts')).edac),
  onMetrics('entropy', async () => (await import('../../exporters/node/collectors/entropy.ts')).entropy),
  onMetrics(
    'fibrechannel',
    async () => (await import('../../exporters/node/collectors/fibrechannel.ts')).fibrechannel,
  ),
  onMetrics('filefd', async () => (await import('../../exporters/node/collectors/filefd.ts')).filefd),
  onMetrics(
    'filesystem',
    async () => (await import('../../exporters/node/collectors/filesystem.ts')).filesystem,
  ),
  onMetrics('hwmon', async () => (await import('../../exporters/node/collectors/hwmon.ts')).hwmon),
  onMetrics(
    'infiniband',
    async () => (await import('../../exporters/node/collectors/infiniband.ts')).infiniband,
  ),
  onMetrics('ipvs', async () => (await import('../../exporters/node/collectors/ipvs.ts')).ipvs),
  onMetrics('loadavg', async () => (await import('../../exporters/node/collectors/loadavg.ts')).loadavg),
  onMetrics('mdadm', async () => (await import('../../exporters/node/collectors/mdadm.ts')).mdadm),
  onMetrics('meminfo', async () => (await import('../../exporters/node/collectors/meminfo.ts')).meminfo),
  onMetrics('netclass', async () => (await import('../../exporters/node/collectors/netclass.ts')).netclass),
  onMetrics('netdev', async () => (await import('../../exporters/node/collectors/netdev.ts')).netdev),
  onMetrics('netstat', async () => (await import('../../exporters/node/collectors/netstat.ts')).netstat),
  onMetrics('nfs', async () => (await import('../../exporters/node/collectors/nfs.ts')).nfs),
  onMetrics('nfsd', async () => (await import('../../exporters/node/collectors/nfsd.ts')).nfsd),
  onMetrics('nvme', async () => (await import('../../exporters/node/collectors/nvme.ts')).nvme),
  onMetrics('os', async () => (await import('../../exporters/node/collectors/os.ts')).os),
  onMetrics(
    'powersupplyclass',
    async () => (await import('../../exporters/node/collectors/power-supply-class.ts')).powerSupplyClass,
  ),
  onMetrics('pressure', async () => (await import('../../exporters/node/collectors/pressure.ts')).pressure),
  onMetrics('rapl', async () => (await import('../../exporters/node/collectors/rapl.ts')).rapl),
  onMetrics(
    'schedstat',
    async () => (await import('../../exporters/node/collectors/schedstat.ts')).schedstat,
  ),
  onMetrics('selinux', async () => (await import('../../exporters/node/collectors/selinux.ts')).selinux),
  onMetrics('sockstat', async () => (await import('../../exporters/node/collectors/sockstat.ts')).sockstat),
  onMetrics('softnet', async () => (await import('../../exporters/node/collectors/softnet.ts')).softnet),
  onMetrics('stat', async () => (await import('../../exporters/node/collectors/stat.ts')).stat),
  onMetrics(
    'tapestats',
    async () => (await import('../../exporters/node/collectors/tapestats.ts')).tapestats,
  ),
  onMetrics('textfile', async () => (await import('../../exporters/node/collectors/textfile.ts')).textfile),
  onMetrics(
    'thermal_zone',
    async () => (await import('../../exporters/node/collectors/thermal-zone.ts')).thermalZone,
  ),
  onMetrics('time', async () => (await import('../../exporters/node/collectors/time.ts')).time),
  onMetrics('timex', async () => (await import('../../exporters/node/collectors/timex.ts')).timex),
  onMetrics(
    'udp_queues',
    async () => (await import('../../exporters/node/collectors/udp-queues.ts')).udpQueues,
  ),
  onMetrics('uname', async () => (await import('../../exporters/node/collectors/uname.ts')).uname),
  onMetrics('vmstat', async () => (await import('../../exporters/node/collectors/vmstat.ts')).vmstat),
  onMetrics('xfs', async () => (await import('../../exporters/node/collectors/xfs.ts')).xfs),
  onMetrics('zfs', async () => (await import('../../exporters/node/collectors/zfs.ts')).zfs),
  onCadvisor(
    'container',
    async () => (await import('../../exporters/container/collector.ts')).containerCollector,
  ),
  onCadvisor('machine', async () => (await import('../../exporters/container/machine.ts')).machineCollector),
];

function onMetrics(name: string, load: CollectorEntry['load'], isDefault = true): CollectorEntry {
  return { name, page: '/metrics', isDefault, load };
}

function onCadvisor(name: string, load: CollectorEntry['load'], isDefault = true): CollectorEntry {
  return { name, page: '/metrics/cadvisor', isDefault, load };
}
