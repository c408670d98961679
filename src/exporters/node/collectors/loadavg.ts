import { BadInputError } from '../../../kit/app-error.ts';
import { gauge } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { readText } from '../host-files.ts';

/** `/proc/loadavg`. Source: https://man7.org/linux/man-pages/man5/proc_loadavg.5.html */
export const loadavg: CreateCollector = () => ({
  name: 'loadavg',
  collect({ roots }) {
    const path = `${roots.procfs}/loadavg`;
    const loads = readText(path).split(' ').slice(0, 3).map(Number);
    if (loads.length < 3 || loads.some(Number.isNaN))
      throw new BadInputError('', `${path} does not begin with three numbers`);
    return [
      gauge('node_load1', '1m load average.').add(loads[0] ?? 0),
      gauge('node_load5', '5m load average.').add(loads[1] ?? 0),
      gauge('node_load15', '15m load average.').add(loads[2] ?? 0),
    ];
  },
});
