import { BadInputError } from '../../../kit/app-error.ts';
import { counter, type FamilyBuilder, gauge } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { readLines } from '../host-files.ts';

const families: Readonly<Record<string, () => FamilyBuilder>> = {
  intr: () => counter('node_intr_total', 'Total number of interrupts serviced.'),
  ctxt: () => counter('node_context_switches_total', 'Total number of context switches.'),
  processes: () => counter('node_forks_total', 'Total number of forks.'),
  btime: () => gauge('node_boot_time_seconds', 'Node boot time, in unixtime.'),
  procs_running: () => gauge('node_procs_running', 'Number of processes in runnable state.'),
  procs_blocked: () =>
    gauge('node_procs_blocked', 'Number of processes blocked waiting for I/O to complete.'),
};

/** In the order of the line `softirq`, after their sum. */
const softirqs = [
  ...['hi', 'timer', 'net_tx', 'net_rx', 'block', 'block_iopoll', 'tasklet', 'sched', 'hrtimer', 'rcu'],
];

/** `/proc/stat` but for its processors. Source: https://man7.org/linux/man-pages/man5/proc_stat.5.html */
export const stat: CreateCollector = ({ statSoftirq }) => ({
  name: 'stat',
  collect({ roots }) {
    const path = `${roots.procfs}/stat`;
    const found: FamilyBuilder[] = [];
    for (const line of readLines(path)) {
      const at = line.indexOf(' ');
      const name = line.slice(0, at);
      const create = families[name];
      if (create !== undefined) {
        // The line of interrupts goes on with each of them.
        const value = Number.parseInt(line.slice(at + 1), 10);
        if (Number.isNaN(value)) throw new BadInputError('', `${path}: ${name} is not a number`);
        found.push(create().add(value));
      }
      if (name === 'softirq' && statSoftirq) found.push(softirqFamily(line));
    }
    if (found.length === 0) throw new BadInputError('', `${path} has no line that is known`);
    return found;
  },
});

function softirqFamily(line: string): FamilyBuilder {
  const family = counter('node_softirqs_total', 'Number of softirq calls.');
  for (const [i, text] of line.split(' ').slice(2).entries()) {
    const vector = softirqs[i];
    if (vector !== undefined) family.add(Number(text), { vector });
  }
  return family;
}
