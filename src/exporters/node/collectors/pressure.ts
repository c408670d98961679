import { BadInputError } from '../../../kit/app-error.ts';
import { counter } from '../build-family.ts';
import { type CreateCollector, NoDataError } from '../collector.ts';
import { readTextIfAny } from '../host-files.ts';

const waited = [
  ['cpu', 'some', 'cpu_waiting', 'Total time in seconds that processes have waited for CPU time'],
  ['io', 'some', 'io_waiting', 'Total time in seconds that processes have waited due to IO congestion'],
  ['io', 'full', 'io_stalled', 'Total time in seconds no process could make progress due to IO congestion'],
  ['memory', 'some', 'memory_waiting', 'Total time in seconds that processes have waited for memory'],
  [
    ...(['memory', 'full', 'memory_stalled'] as const),
    'Total time in seconds no process could make progress due to memory congestion',
  ],
] as const;

/** How long work has waited for what. Source: https://docs.kernel.org/accounting/psi.html */
export const pressure: CreateCollector = () => ({
  name: 'pressure',
  collect({ roots }) {
    const families = waited.flatMap(([resource, share, name, help]) => {
      const path = `${roots.procfs}/pressure/${resource}`;
      const text = readTextIfAny(path);
      if (text === undefined) return [];
      const total = new RegExp(`^${share} .*\\btotal=(\\d+)`, 'm').exec(text)?.[1];
      if (total === undefined) throw new BadInputError('', `${path} has no line "${share} … total=…"`);
      return [counter(`node_pressure_${name}_seconds_total`, help).add(Number(total) / 1e6)];
    });
    if (families.length === 0) throw new NoDataError('the kernel does not account for pressure');
    return families;
  },
});
