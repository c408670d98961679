import { BadInputError } from '../../../kit/app-error.ts';
import { counter } from '../build-family.ts';
import { type CreateCollector, NoDataError } from '../collector.ts';
import { readTextIfAny } from '../host-files.ts';

/** Source: https://docs.kernel.org/scheduler/sched-stats.html */
export const schedstat: CreateCollector = () => ({
  name: 'schedstat',
  collect({ roots }) {
    const path = `${roots.procfs}/schedstat`;
    const text = readTextIfAny(path);
    if (text === undefined) throw new NoDataError('the kernel keeps no statistics of its scheduler');
    const running = counter(
      'node_schedstat_running_seconds_total',
      'Number of seconds CPU spent running a process.',
    );
    const waiting = counter(
      'node_schedstat_waiting_seconds_total',
      'Number of seconds spent by processing waiting for this CPU.',
    );
    const slices = counter('node_schedstat_timeslices_total', 'Number of timeslices executed by CPU.');
    for (const line of text.split('\n')) {
      const [, cpu, rest] = /^cpu(\d+) (.*)$/.exec(line) ?? [];
      if (cpu === undefined || rest === undefined) continue;
      const [ran = Number.NaN, waited = Number.NaN, count = Number.NaN] = rest
        .split(' ')
        .map(Number)
        .slice(6);
      if ([ran, waited, count].some(Number.isNaN))
        throw new BadInputError('', `${path}: the line of cpu${cpu} has not nine numbers`);
      running.add(ran / 1e9, { cpu });
      waiting.add(waited / 1e9, { cpu });
      slices.add(count, { cpu });
    }
    return [running, waiting, slices];
  },
});
