import { realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Labels } from '../../../model/labels.ts';
import type { MetricType } from '../../../model/metric.ts';
import { FamilySet } from '../build-family.ts';
import { type CreateCollector, NoDataError } from '../collector.ts';
import { namesIn, readTextIfAny } from '../host-files.ts';
import type { SlowReader } from '../slow-files.ts';

const sensorTypes = [
  ...['vrm', 'beep_enable', 'update_interval', 'in', 'cpu', 'fan', 'pwm', 'temp', 'curr', 'power', 'energy'],
  ...['humidity', 'intrusion', 'freq'],
];

/** A sensor's values by the ends of their files' names: `temp1_max` has `max`, `pwm1` has ''. */
interface Sensor {
  readonly type: string;
  readonly values: Map<string, string>;
}

/** Sensors of the board. Source: https://docs.kernel.org/hwmon/sysfs-interface.html */
export const hwmon: CreateCollector = () => ({
  name: 'hwmon',
  async collect({ roots, slow }) {
    const folder = `${roots.sysfs}/class/hwmon`;
    const names = namesIn(folder);
    if (names === undefined) throw new NoDataError('there is no class/hwmon');
    const set = new FamilySet();
    for (const name of names) await addChip(set, `${folder}/${name}`, slow);
    return set.families;
  },
});

async function addChip(set: FamilySet, folder: string, slow: SlowReader): Promise<void> {
  const sensors = new Map<string, Sensor>();
  // Old drivers have their files in the device.
  for (const place of [folder, `${folder}/device`]) await readSensors(place, sensors, slow);
  const chip = chipName(folder);
  const name = metricName(readTextIfAny(`${folder}/name`) ?? '');
  if (name !== '')
    set.add(gaugeOf('node_hwmon_chip_names', 'Annotation metric for human-readable chip names'), 1, {
      chip,
      chip_name: name,
    });
  for (const [sensor, { type, values }] of sensors) {
    const label = values.get('label');
    if (label !== undefined)
      set.add(gaugeOf('node_hwmon_sensor_label', 'Label for given chip and sensor'), 1, {
        chip,
        sensor,
        label,
      });
    addSensor(set, type, values, { chip, sensor });
  }
}

async function readSensors(folder: string, sensors: Map<string, Sensor>, slow: SlowReader): Promise<void> {
  const files = (namesIn(folder) ?? []).filter((file) => sensorTypes.includes(partsOf(file).type));
  for (const [file, text] of await slow.textsIn(folder, files)) {
    const { type, number, property } = partsOf(file);
    const key = `${type}${Number(number)}`;
    const sensor = sensors.get(key) ?? { type, values: new Map() };
    sensor.values.set(property, text);
    sensors.set(key, sensor);
  }
}

/** `temp1_max` is the property `max` of the first sensor of the type `temp`. */
function partsOf(file: string): { type: string; number: string; property: string } {
  const [, type = '', number = '', , property = ''] = /^([^0-9]+)([0-9]*)(_(.+))?$/.exec(file) ?? [];
  return { type, number, property };
}

function addSensor(set: FamilySet, type: string, values: ReadonlyMap<string, string>, labels: Labels): void {
  const alone = aloneFamilies[type];
  if (alone !== undefined) {
    const value = Number(values.get('') ?? Number.NaN);
    if (!Number.isNaN(value)) set.add(alone, type === 'update_interval' ? value * 0.001 : value, labels);
    return;
  }
  for (const [element, text] of values) {
    const value = text === '' ? Number.NaN : Number(text);
    if (element === 'label' || Number.isNaN(value)) continue;
    const { family, factor } = elementFamily(type, element, values.has(''));
    set.add(family, value * factor, labels);
  }
}

/** Sensors that are one value. */
const aloneFamilies: Readonly<Record<string, ReturnType<typeof gaugeOf>>> = {
  beep_enable: gaugeOf('node_hwmon_beep_enabled', 'Hardware beep enabled'),
  vrm: gaugeOf('node_hwmon_voltage_regulator_version', 'Hardware voltage regulator'),
  update_interval: gaugeOf('node_hwmon_update_interval_seconds', 'Hardware monitor update interval'),
};

interface ElementFamily {
  readonly family: { readonly name: string; readonly type: MetricType; readonly help: string };
  readonly factor: number;
}

/** What a value is in our units. `hasBare`: the sensor has a file without an end, which takes the plain name. */
function elementFamily(type: string, element: string, hasBare: boolean): ElementFamily {
  const prefix = `node_hwmon_${type}`;
  const name =
    element === '' || (element === 'input' && !hasBare) ? prefix : `${prefix}_${metricName(element)}`;
  if (element === 'fault' || element === 'alarm')
    return { family: gaugeOf(name, `Hardware sensor ${element} status (${type})`), factor: 1 };
  if (element === 'beep')
    return {
      family: gaugeOf(`${name}_enabled`, 'Hardware monitor sensor has beeping enabled'),
      factor: 1,
    };
  return (
    withUnit(type, element, name) ?? {
      family: gaugeOf(name, `Hardware monitor ${type} element ${element}`),
      factor: 1,
    }
  );
}

const fanSpeeds = ['input', 'min', 'max', 'target'];
const powerIntervals = ['average_interval', 'average_interval_min', 'average_interval_max'];

function withUnit(type: string, element: string, name: string): ElementFamily | undefined {
  const of = (end: string, help: string, factor: number): ElementFamily => ({
    family: gaugeOf(`${name}${end}`, help),
    factor,
  });
  switch (type) {
    case 'in':
    case 'cpu':
      return of('_volts', `Hardware monitor for voltage (${element})`, 0.001);
    case 'temp':
      return element === 'type'
        ? undefined
        : of('_celsius', `Hardware monitor for temperature (${element})`, 0.001);
    case 'curr':
      return of('_amps', `Hardware monitor for current (${element})`, 0.001);
    case 'energy': {
      const help = `Hardware monitor for joules used so far (${element})`;
      return { family: { name: `${name}_joule_total`, type: 'counter', help }, factor: 1e-6 };
    }
    case 'power':
      return powerFamily(element, of);
    case 'humidity':
      return of(
        '',
        `Hardware monitor for humidity, as a ratio (multiply with 100.0 to get the humidity as a percentage) (${element})`,
        1e-6,
      );
    case 'fan':
      return fanSpeeds.includes(element)
        ? of('_rpm', `Hardware monitor for fan revolutions per minute (${element})`, 1)
        : undefined;
    case 'freq':
      return element === 'input'
        ? of('_freq_mhz', 'Hardware monitor for GPU frequency in MHz', 1e-6)
        : undefined;
    default:
      return undefined;
  }
}

function powerFamily(
  element: string,
  of: (end: string, help: string, factor: number) => ElementFamily,
): ElementFamily {
  if (element === 'accuracy') return of('', 'Hardware monitor power meter accuracy, as a ratio', 1e-6);
  if (powerIntervals.includes(element))
    return of('_seconds', `Hardware monitor power usage update interval (${element})`, 0.001);
  return of('_watt', `Hardware monitor for power usage in watts (${element})`, 1e-6);
}

function gaugeOf(name: string, help: string) {
  return { name, type: 'gauge', help } as const;
}

/** A name that stays the same over restarts: of the device, else the driver's, else the number that it has now. */
function chipName(folder: string): string {
  const device = realPathIfAny(`${folder}/device`);
  if (device !== undefined) {
    const name = metricName(basename(device));
    const bus = metricName(basename(dirname(device)));
    if (name !== '') return bus === '' ? name : `${bus}_${name}`;
  }
  return (
    metricName(readTextIfAny(`${folder}/name`) ?? '') || metricName(basename(realPathIfAny(folder) ?? folder))
  );
}

function realPathIfAny(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function metricName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9:_]/g, '_')
    .replace(/^_+|_+$/g, '');
}
