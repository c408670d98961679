import { BadInputError } from '../../../kit/app-error.ts';
import { counter } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { procNet, readLines } from '../host-files.ts';

/** The column that newer kernels have for the number of the processor; older ones have a line for each in order. */
const cpuColumn = 12;

/** What the first stage of receiving has done, in hexadecimal. Source: net/core/net-procfs.c of Linux */
export const softnet: CreateCollector = () => ({
  name: 'softnet',
  collect({ roots }) {
    const path = `${procNet(roots.procfs)}/softnet_stat`;
    const processed = counter('node_softnet_processed_total', 'Number of processed packets');
    const dropped = counter('node_softnet_dropped_total', 'Number of dropped packets');
    const squeezed = counter(
      'node_softnet_times_squeezed_total',
      'Number of times processing packets ran out of quota',
    );
    for (const [index, line] of readLines(path).entries()) {
      const values = line
        .trim()
        .split(/\s+/)
        .map((text) => Number.parseInt(text, 16));
      const [first = Number.NaN, second = Number.NaN, third = Number.NaN] = values;
      if ([first, second, third].some(Number.isNaN))
        throw new BadInputError('', `${path}: line ${index + 1} does not begin with three numbers`);
      const cpu = String(values[cpuColumn] ?? index);
      processed.add(first, { cpu });
      dropped.add(second, { cpu });
      squeezed.add(third, { cpu });
    }
    return [processed, dropped, squeezed];
  },
});
