import { gauge } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { procNet, readLines } from '../host-files.ts';
import { isWanted } from '../options.ts';

/** Neighbours of IPv4 by device. Source: https://man7.org/linux/man-pages/man5/proc_pid_net.5.html (arp) */
export const arp: CreateCollector = ({ arpDevices }) => ({
  name: 'arp',
  collect({ roots }) {
    const counts = new Map<string, number>();
    for (const line of readLines(`${procNet(roots.procfs)}/arp`).slice(1)) {
      const device = line.trim().split(/\s+/)[5];
      if (device === undefined || !isWanted(device, arpDevices)) continue;
      counts.set(device, (counts.get(device) ?? 0) + 1);
    }
    const entries = gauge('node_arp_entries', 'ARP entries by device');
    for (const [device, count] of counts) entries.add(count, { device });
    return [entries];
  },
});
