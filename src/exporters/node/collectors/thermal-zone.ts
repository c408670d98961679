import { gauge } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { namesIn, readNumberIfAny, readTextIfAny } from '../host-files.ts';

/** Source: https://docs.kernel.org/driver-api/thermal/sysfs-api.html */
export const thermalZone: CreateCollector = () => ({
  name: 'thermal_zone',
  collect({ roots }) {
    const folder = `${roots.sysfs}/class/thermal`;
    const temperature = gauge('node_thermal_zone_temp', 'Zone temperature in Celsius');
    const current = gauge('node_cooling_device_cur_state', 'Current throttle state of the cooling device');
    const most = gauge('node_cooling_device_max_state', 'Maximum throttle state of the cooling device');
    for (const entry of namesIn(folder) ?? []) {
      const [, kind, number] = /^(thermal_zone|cooling_device)(\d+)$/.exec(entry) ?? [];
      if (number === undefined) continue;
      const type = readTextIfAny(`${folder}/${entry}/type`) ?? '';
      const value = (file: string): number | undefined => readNumberIfAny(`${folder}/${entry}/${file}`);
      if (kind === 'thermal_zone') {
        const millidegrees = value('temp');
        // A sensor that is off cannot be read.
        if (millidegrees !== undefined) temperature.add(millidegrees / 1000, { zone: number, type });
        continue;
      }
      const labels = { name: number, type };
      const [is, may] = [value('cur_state'), value('max_state')];
      if (is !== undefined) current.add(is, labels);
      if (may !== undefined) most.add(may, labels);
    }
    return [temperature, current, most];
  },
});
