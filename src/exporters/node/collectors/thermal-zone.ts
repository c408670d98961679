import type { Labels } from '../../../model/labels.ts';
import { type FamilyBuilder, gauge } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { namesIn, readTextIfAny } from '../host-files.ts';

/** Source: https://docs.kernel.org/driver-api/thermal/sysfs-api.html */
export const thermalZone: CreateCollector = () => ({
  name: 'thermal_zone',
  async collect({ roots, slow }) {
    const folder = `${roots.sysfs}/class/thermal`;
    const temperature = gauge('node_thermal_zone_temp', 'Zone temperature in Celsius');
    const current = gauge('node_cooling_device_cur_state', 'Current throttle state of the cooling device');
    const most = gauge('node_cooling_device_max_state', 'Maximum throttle state of the cooling device');
    for (const entry of namesIn(folder) ?? []) {
      const [, kind, number] = /^(thermal_zone|cooling_device)(\d+)$/.exec(entry) ?? [];
      if (number === undefined) continue;
      const type = readTextIfAny(`${folder}/${entry}/type`) ?? '';
      // A sensor that is off cannot be read.
      const addIfAny = async (family: FamilyBuilder, file: string, divisor: number, labels: Labels) => {
        const value = await slow.numberIfAny(`${folder}/${entry}/${file}`);
        if (value !== undefined) family.add(value / divisor, labels);
      };
      if (kind === 'thermal_zone') await addIfAny(temperature, 'temp', 1000, { zone: number, type });
      else {
        await addIfAny(current, 'cur_state', 1, { name: number, type });
        await addIfAny(most, 'max_state', 1, { name: number, type });
      }
    }
    return [temperature, current, most];
  },
});
