import { gauge } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { namesIn, readTextIfAny } from '../host-files.ts';
import { zoneName } from '../zone-name.ts';

/** The clock as we see it, its zone, and what the kernel takes time from. */
export const time: CreateCollector = () => ({
  name: 'time',
  collect({ roots, atMs }) {
    const available = gauge(
      'node_time_clocksource_available_info',
      "Available clocksources read from '/sys/devices/system/clocksource'.",
    );
    const current = gauge(
      'node_time_clocksource_current_info',
      "Current clocksource read from '/sys/devices/system/clocksource'.",
    );
    const folder = `${roots.sysfs}/devices/system/clocksource`;
    for (const name of namesIn(folder) ?? []) {
      const device = /^clocksource(\d+)$/.exec(name)?.[1];
      if (device === undefined) continue;
      const sources = readTextIfAny(`${folder}/${name}/available_clocksource`) ?? '';
      for (const clocksource of sources.split(' ').filter((source) => source !== ''))
        available.add(1, { device, clocksource });
      const used = readTextIfAny(`${folder}/${name}/current_clocksource`);
      if (used !== undefined) current.add(1, { device, clocksource: used });
    }
    const date = new Date(atMs);
    return [
      gauge('node_time_seconds', 'System time in seconds since epoch (1970).').add(atMs / 1000),
      gauge('node_time_zone_offset_seconds', 'System time zone offset in seconds.').add(
        // Not minus zero.
        0 - date.getTimezoneOffset() * 60,
        { time_zone: zoneName(-date.getTimezoneOffset()) },
      ),
      available,
      current,
    ];
  },
});
