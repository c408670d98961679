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
      addDevice(set, device, columns, valuesIn(line.slice(at + 1), columns.length, path));
      const unhandled = readNumberIfAny(`${roots.sysfs}/class/net/${device}/statistics/rx_nohandler`);
      if (unhandled !== undefined) addDevice(set, device, ['receive_nohandler'], [unhandled]);
    }
    return netAddressInfo ? [...set.families, addressInfo()] : set.families;
  },
});

/** @throws {BadInputError} for fewer numbers than the head has columns. */
function valuesIn(text: string, columns: number, path: string): number[] {
  const values = text.trim().split(/\s+/).map(Number);
  if (values.length < columns || values.some(Number.isNaN))
    throw new BadInputError('', `${path} has a line that is not as its head says: ${JSON.stringify(text)}`);
  return values;
}

function addDevice(
  set: FamilySet,
  device: string,
  columns: readonly string[],
  values: readonly number[],
): void {
  for (const [i, column] of columns.entries()) {
    const name = `node_network_${column}_total`;
    set.add({ name, type: 'counter', help: `Network device statistic ${column}.` }, values[i] ?? 0, {
      device,
    });
  }
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
