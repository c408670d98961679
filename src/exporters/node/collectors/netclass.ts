import { existsSync } from 'node:fs';
import { FamilyBuilder, gauge } from '../build-family.ts';
import { type CreateCollector, NoDataError } from '../collector.ts';
import { namesIn, numberIn, readNumberIfAny, readTextIfAny } from '../host-files.ts';
import type { SlowReader } from '../slow-files.ts';

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
  async collect({ roots, slow }) {
    const folder = `${roots.sysfs}/class/net`;
    const names = namesIn(folder);
    if (names === undefined) throw new NoDataError('there is no class/net');
    const families = new DeviceFamilies();
    for (const device of names) {
      // Files such as bonding_masters stand among the devices.
      const operstate = readTextIfAny(`${folder}/${device}/operstate`);
      if (operstate === undefined || ignoredNetClassDevices.finds(device)) continue;
      const link = await linkOf(`${folder}/${device}`, slow);
      families.addTexts(`${folder}/${device}`, device, operstate, link.duplex ?? '');
      families.addNumbers(`${folder}/${device}`, device);
      families.addSpeed(device, link.speed, !ignoresInvalidSpeed);
    }
    return families.all;
  },
});

interface Link {
  readonly speed: string | undefined;
  readonly duplex: string | undefined;
}

/** What a device's driver is asked for. Cards ask their hardware; devices of the kernel itself, such as those of pods, do not. */
async function linkOf(folder: string, slow: SlowReader): Promise<Link> {
  if (!existsSync(`${folder}/device`))
    return { speed: readTextIfAny(`${folder}/speed`), duplex: readTextIfAny(`${folder}/duplex`) };
  const texts = await slow.textsIn(folder, ['speed', 'duplex']);
  return { speed: texts.get('speed'), duplex: texts.get('duplex') };
}

class DeviceFamilies {
  readonly #up = gauge('node_network_up', "Value is 1 if operstate is 'up', 0 otherwise.");
  readonly #info = gauge(
    'node_network_info',
    'Non-numeric data from /sys/class/net/<iface>, value is always 1.',
  );
  readonly #speed = gauge('node_network_speed_bytes', 'Network device property: speed_bytes');
  readonly #properties = properties.map(
    ([, name, type]) => new FamilyBuilder(`node_network_${name}`, type, `Network device property: ${name}`),
  );

  get all(): FamilyBuilder[] {
    return [this.#up, this.#info, this.#speed, ...this.#properties];
  }

  addTexts(folder: string, device: string, operstate: string, duplex: string): void {
    const text = (file: string): string => readTextIfAny(`${folder}/${file}`) ?? '';
    this.#up.add(operstate === 'up' ? 1 : 0, { device });
    this.#info.add(1, {
      ...{ device, operstate, address: text('address'), broadcast: text('broadcast') },
      ...{ duplex, ifalias: text('ifalias') },
    });
  }

  addNumbers(folder: string, device: string): void {
    for (const [i, [file]] of properties.entries()) {
      const value = readNumberIfAny(`${folder}/${file}`);
      if (value !== undefined) this.#properties[i]?.add(value, { device });
    }
  }

  /** @param withUnknown also the -1 of devices that do not know theirs */
  addSpeed(device: string, text: string | undefined, withUnknown: boolean): void {
    const megabits = numberIn(text ?? '');
    if (megabits !== undefined && (megabits >= 0 || withUnknown))
      this.#speed.add(megabits * bytesPerMegabit, { device });
  }
}
