import { networkInterfaces } from 'node:os';
import { BadInputError } from '../../../kit/app-error.ts';
import type { MetricFamily } from '../../../model/metric.ts';
import { FamilySet, gauge } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { procNet, readLines, readNumberIfAny } from '../host-files.ts';
import { isWanted } from '../options.ts';

/**
 * Traffic by device, from `net/dev`, and what only sysfs counts.
 *
 * Source: https://man7.org/linux/man-pages/man5/proc_pid_net.5.html (dev)
 */
export const netdev: CreateCollector = ({ netDevices, netAddressInfo }) => ({
  name: 'netdev',
  collect({ roots }) {
    const path = `${procNet(roots.procfs)}/dev`;
    const [, head = '', ...lines] = readLines(path);
    const columns = columnsOf(head);
    if (columns.length === 0) throw new BadInputError('', `${path} has another head than is known`);
    const set = new FamilySet();
    for (const line of lines) {
      const at = line.lastIndexOf(':');
      const device = line.slice(0, at).trim();
      if (at < 0 || !isWanted(device, netDevices)) continue;
      const values = line
        .slice(at + 1)
        .trim()
        .split(/\s+/)
        .map(Number);
      if (values.length < columns.length || values.some(Number.isNaN))
        throw new BadInputError('', `${path}: the line of ${device} is not as its head says`);
      for (const [i, column] of columns.entries()) addTo(set, column, values[i] ?? 0, device);
      const unhandled = readNumberIfAny(`${roots.sysfs}/class/net/${device}/statistics/rx_nohandler`);
      if (unhandled !== undefined) addTo(set, 'receive_nohandler', unhandled, device);
    }
    return netAddressInfo ? [...set.families, addressInfo()] : set.families;
  },
});

function addTo(set: FamilySet, column: string, value: number, device: string): void {
  const name = `node_network_${column}_total`;
  set.add({ name, type: 'counter', help: `Network device statistic ${column}.` }, value, { device });
}

/** `face |bytes packets …|bytes packets …` becomes receive_bytes, …, transmit_bytes, … */
function columnsOf(head: string): string[] {
  const [, received = '', sent = ''] = head.split('|');
  const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');
  return [
    ...words(received).map((word) => `receive_${word}`),
    ...words(sent).map((word) => `transmit_${word}`),
  ];
}

/** Addresses of this process's own network, as no file of the kernel has those of IPv4. */
function addressInfo(): MetricFamily {
  const info = gauge('node_network_address_info', 'node network address by device');
  for (const [device, addresses = []] of Object.entries(networkInterfaces()))
    for (const { address, cidr, scopeid } of addresses) {
      const netmask = cidr?.split('/')[1] ?? '';
      const scope =
        address.startsWith('127.') || address === '::1' ? 'link-local' : scopeid ? 'link-local' : 'global';
      info.add(1, { device, address, netmask, scope });
    }
  return info;
}
