import { FamilyBuilder, gauge } from '../build-family.ts';
import { type CreateCollector, NoDataError } from '../collector.ts';
import { namesIn, readNumberIfAny, readTextIfAny } from '../host-files.ts';

/** Files of a device that hold a number, in decimal or hexadecimal. */
const properties = [
  ['addr_assign_type', 'address_assign_type', 'gauge'],
  ['carrier', 'carrier', 'gauge'],
  ['carrier_changes', 'carrier_changes_total', 'counter'],
  ['carrier_up_count', 'carrier_up_changes_total', 'counter'],
  ['carrier_down_count', 'carrier_down_changes_total', 'counter'],
  ['dev_id', 'device_id', 'gauge'],
  ['dormant', 'dormant', 'gauge'],
  ['flags', 'flags', 'gauge'],
  ['ifindex', 'iface_id', 'gauge'],
  ['iflink', 'iface_link', 'gauge'],
  ['link_mode', 'iface_link_mode', 'gauge'],
  ['mtu', 'mtu_bytes', 'gauge'],
  ['name_assign_type', 'name_assign_type', 'gauge'],
  ['netdev_group', 'net_dev_group', 'gauge'],
  ['tx_queue_len', 'transmit_queue_length', 'gauge'],
  ['type', 'protocol_type', 'gauge'],
] as const;

/** Of Mbit/s. */
const bytesPerMegabit = 125_000;

/** What network devices are. Source: https://www.kernel.org/doc/Documentation/ABI/testing/sysfs-class-net */
export const netclass: CreateCollector = ({ ignoredNetClassDevices, ignoresInvalidSpeed }) => ({
  name: 'netclass',
  collect({ roots }) {
    const folder = `${roots.sysfs}/class/net`;
    const names = namesIn(folder);
    if (names === undefined) throw new NoDataError('there is no class/net');
    const families = properties.map(
      ([, name, type]) => new FamilyBuilder(`node_network_${name}`, type, `Network device property: ${name}`),
    );
    const up = gauge('node_network_up', "Value is 1 if operstate is 'up', 0 otherwise.");
    const info = gauge(
      'node_network_info',
      'Non-numeric data from /sys/class/net/<iface>, value is always 1.',
    );
    const speed = gauge('node_network_speed_bytes', 'Network device property: speed_bytes');
    for (const device of names) {
      const text = (file: string): string => readTextIfAny(`${folder}/${device}/${file}`) ?? '';
      const operstate = text('operstate');
      // Files such as bonding_masters stand among the devices.
      if (operstate === '' || ignoredNetClassDevices.finds(device)) continue;
      up.add(operstate === 'up' ? 1 : 0, { device });
      info.add(1, {
        ...{ device, operstate, address: text('address'), broadcast: text('broadcast') },
        ...{ duplex: text('duplex'), ifalias: text('ifalias') },
      });
      for (const [i, [file]] of properties.entries()) {
        const value = readNumberIfAny(`${folder}/${device}/${file}`);
        if (value !== undefined) families[i]?.add(value, { device });
      }
      const megabits = readNumberIfAny(`${folder}/${device}/speed`);
      if (megabits !== undefined && !(megabits < 0 && ignoresInvalidSpeed))
        speed.add(megabits * bytesPerMegabit, { device });
    }
    return [up, info, speed, ...families];
  },
});
