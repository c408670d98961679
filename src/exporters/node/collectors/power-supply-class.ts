import { FamilySet, gauge } from '../build-family.ts';
import { type CreateCollector, NoDataError } from '../collector.ts';
import { namesIn, numberIn } from '../host-files.ts';

/** Files whose series has another name than they. */
const names: Readonly<Record<string, string>> = {
  cycle_count: 'cyclecount',
  time_to_empty_now: 'time_to_empty_seconds',
  time_to_full_now: 'time_to_full_seconds',
  current_now: 'current_ampere',
  energy_now: 'energy_watthour',
  voltage_now: 'voltage_volt',
  charge_now: 'charge_ampere',
  power_now: 'power_watt',
};

const plain = [
  ...['authentic', 'calibrate', 'capacity', 'capacity_alert_max', 'capacity_alert_min', 'cycle_count'],
  ...['online', 'present', 'time_to_empty_now', 'time_to_full_now'],
];

/** In millionths. */
const micro = [
  ...['current_boot', 'current_max', 'current_now', 'energy_empty', 'energy_empty_design', 'energy_full'],
  ...['energy_full_design', 'energy_now', 'voltage_boot', 'voltage_max', 'voltage_max_design', 'voltage_min'],
  ...['voltage_min_design', 'voltage_now', 'voltage_ocv', 'charge_control_limit', 'charge_control_limit_max'],
  ...['charge_counter', 'charge_empty', 'charge_empty_design', 'charge_full', 'charge_full_design'],
  ...['charge_now', 'charge_term_current', 'constant_charge_current', 'constant_charge_current_max'],
  ...['constant_charge_voltage', 'constant_charge_voltage_max', 'precharge_current', 'input_current_limit'],
  'power_now',
];

/** In tenths of a degree. */
const temperatures = [
  ...['temp', 'temp_alert_max', 'temp_alert_min', 'temp_ambient', 'temp_ambient_max', 'temp_ambient_min'],
  ...['temp_max', 'temp_min'],
];

const files = [
  ...plain.map((file) => ({ file, name: names[file] ?? file, divisor: 1 })),
  ...micro.map((file) => ({ file, name: names[file] ?? file, divisor: 1e6 })),
  ...temperatures.map((file) => ({ file, name: `${file}_celsius`, divisor: 10 })),
];

const labels = [
  ...['capacity_level', 'charge_type', 'health', 'manufacturer', 'model_name', 'serial_number', 'status'],
  ...['technology', 'type', 'usb_type', 'scope'],
];

const known: ReadonlySet<string> = new Set([...files.map(({ file }) => file), ...labels]);

/** Batteries and mains. Source: https://docs.kernel.org/power/power_supply_class.html */
export const powerSupplyClass: CreateCollector = ({ ignoredPowerSupplies }) => ({
  name: 'powersupplyclass',
  async collect({ roots, slow }) {
    const folder = `${roots.sysfs}/class/power_supply`;
    const supplies = namesIn(folder);
    if (supplies === undefined) throw new NoDataError('there is no class/power_supply');
    const set = new FamilySet();
    const info = gauge('node_power_supply_info', 'info of /sys/class/power_supply/<power_supply>.');
    for (const power_supply of supplies) {
      if (ignoredPowerSupplies.finds(power_supply)) continue;
      const place = `${folder}/${power_supply}`;
      const there = (namesIn(place) ?? []).filter((file) => known.has(file));
      const found = await slow.textsIn(place, there);
      addNumbers(set, power_supply, found);
      const texts = labels.map((label) => [label, found.get(label) ?? '']);
      info.add(1, { power_supply, ...Object.fromEntries(texts.filter(([, text]) => text !== '')) });
    }
    return [...set.families, info];
  },
});

function addNumbers(set: FamilySet, power_supply: string, found: ReadonlyMap<string, string>): void {
  for (const { file, name, divisor } of files) {
    const value = numberIn(found.get(file) ?? '');
    if (value === undefined) continue;
    const help = `${name} value of /sys/class/power_supply/<power_supply>.`;
    set.add({ name: `node_power_supply_${name}`, type: 'gauge', help }, value / divisor, { power_supply });
  }
}
