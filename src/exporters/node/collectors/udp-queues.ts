import { BadInputError } from '../../../kit/app-error.ts';
import { gauge } from '../build-family.ts';
import { type CreateCollector, NoDataError } from '../collector.ts';
import { isMissing, procNet, readLines } from '../host-files.ts';

/** Bytes that wait in queues of UDP. Source: https://docs.kernel.org/networking/proc_net_tcp.html */
export const udpQueues: CreateCollector = () => ({
  name: 'udp_queues',
  collect({ roots }) {
    const folder = procNet(roots.procfs);
    const queues = gauge(
      'node_udp_queues',
      'Number of allocated memory in the kernel for UDP datagrams in bytes.',
    );
    for (const [ip, file] of [
      ['v4', 'udp'],
      ['v6', 'udp6'],
    ] as const) {
      const sums = queuesIn(`${folder}/${file}`);
      if (sums === undefined) continue;
      queues.add(sums.tx, { ip, queue: 'tx' });
      queues.add(sums.rx, { ip, queue: 'rx' });
    }
    if (queues.samples.length === 0) throw new NoDataError('there is no UDP');
    return [queues];
  },
});

function queuesIn(path: string): { tx: number; rx: number } | undefined {
  let lines: string[];
  try {
    lines = readLines(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  const sums = { tx: 0, rx: 0 };
  for (const line of lines.slice(1)) {
    const [, tx, rx] = /^([0-9A-F]+):([0-9A-F]+)$/i.exec(line.trim().split(/\s+/)[4] ?? '') ?? [];
    if (tx === undefined || rx === undefined)
      throw new BadInputError('', `${path} has a line without queues: ${JSON.stringify(line)}`);
    sums.tx += Number.parseInt(tx, 16);
    sums.rx += Number.parseInt(rx, 16);
  }
  return sums;
}
