/** A file that is there and does not look as the kernel writes it. */
export class UnknownShapeError extends Error {
  override readonly name = 'UnknownShapeError';
}

/** Lines of `name value`, such as `memory.stat` and `cpu.stat`. @throws {UnknownShapeError} */
export function parseKeyed(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const line of linesOf(text)) {
    const at = line.indexOf(' ');
    found.set(line.slice(0, at), numberOf(at < 0 ? '' : line.slice(at + 1)));
  }
  return found;
}

/** A single number; `max` and `-1` are no limit: undefined. @throws {UnknownShapeError} */
export function parseNumber(text: string): number | undefined {
  const trimmed = text.trim();
  return trimmed === 'max' || trimmed === '-1' ? undefined : numberOf(trimmed);
}

/** `cpu.max`: quota, undefined where there is none, and period, in µs. @throws {UnknownShapeError} */
export function parseCpuMax(text: string): { quota: number | undefined; period: number } {
  const [quota = '', period = ''] = text.trim().split(' ');
  return { quota: parseNumber(quota), period: numberOf(period) };
}

/**
 * Time in µs during which some, and all, tasks waited.
 *
 * Source: https://docs.kernel.org/accounting/psi.html
 * @throws {UnknownShapeError}
 */
export function parsePressure(text: string): { some: number | undefined; full: number | undefined } {
  const totals: { some: number | undefined; full: number | undefined } = { some: undefined, full: undefined };
  for (const line of linesOf(text)) {
    const match = /^(some|full) .*\btotal=(\d+)$/.exec(line);
    if (match === null) throw unknown(line);
    totals[match[1] as 'some' | 'full'] = Number(match[2]);
  }
  return totals;
}

/** What one block device did for a cgroup; what the kernel does not tell is left out. */
export interface DeviceUse {
  /** `major:minor`. */
  readonly device: string;
  readonly readBytes?: number;
  readonly writtenBytes?: number;
  readonly reads?: number;
  readonly writes?: number;
  /** In µs, of the `io.cost` controller. */
  readonly costUsage?: number;
  readonly costWait?: number;
  readonly costIndebt?: number;
  readonly costIndelay?: number;
}

const ioStatFields: Readonly<Record<string, Exclude<keyof DeviceUse, 'device'>>> = {
  ...{ rbytes: 'readBytes', wbytes: 'writtenBytes', rios: 'reads', wios: 'writes' },
  ...{ 'cost.usage': 'costUsage', 'cost.wait': 'costWait' },
  ...{ 'cost.indebt': 'costIndebt', 'cost.indelay': 'costIndelay' },
};

/** `io.stat` of version 2. Source: https://docs.kernel.org/admin-guide/cgroup-v2.html#io @throws {UnknownShapeError} */
export function parseIoStat(text: string): DeviceUse[] {
  return linesOf(text).flatMap((line) => {
    const [device = '', ...pairs] = line.split(' ').filter((part) => part !== '');
    if (!/^\d+:\d+$/.test(device)) throw unknown(line);
    const use: Record<string, number | string> = { device };
    for (const pair of pairs) {
      const [key = '', value = ''] = pair.split('=');
      const field = ioStatFields[key];
      if (field !== undefined) use[field] = numberOf(value);
    }
    return pairs.length === 0 ? [] : [use as unknown as DeviceUse];
  });
}

/** Files of the `blkio` controller of version 1: lines of `major:minor operation value` and a total. @throws {UnknownShapeError} */
export function parseBlkio(text: string): ReadonlyMap<string, { read: number; write: number }> {
  const found = new Map<string, { read: number; write: number }>();
  for (const line of linesOf(text)) {
    if (line.startsWith('Total ')) continue;
    const match = /^(\d+:\d+) (\w+) (\d+)$/.exec(line);
    if (match === null) throw unknown(line);
    const [, device = '', operation = '', value = ''] = match;
    let use = found.get(device);
    if (use === undefined) {
      use = { read: 0, write: 0 };
      found.set(device, use);
    }
    if (operation === 'Read') use.read = Number(value);
    if (operation === 'Write') use.write = Number(value);
  }
  return found;
}

/** Counters of one network interface. */
export interface InterfaceUse {
  readonly name: string;
  /** Bytes, packets, errors and drops: received, then sent. */
  readonly counts: readonly [number, number, number, number, number, number, number, number];
}

/** `/proc/PID/net/dev`. Source: https://man7.org/linux/man-pages/man5/proc_pid_net.5.html @throws {UnknownShapeError} */
export function parseNetDev(text: string): InterfaceUse[] {
  return linesOf(text)
    .slice(2)
    .map((line) => {
      const colon = line.lastIndexOf(':');
      const cells = line
        .slice(colon + 1)
        .trim()
        .split(/\s+/);
      if (colon < 0 || cells.length < 16) throw unknown(line);
      const at = (i: number): number => numberOf(cells[i] ?? '');
      return {
        name: line.slice(0, colon).trim(),
        counts: [at(0), at(1), at(2), at(3), at(8), at(9), at(10), at(11)],
      };
    });
}

/** The soft limit of open files of `/proc/PID/limits`; undefined where it is not told, infinity where there is none. */
export function parseOpenFilesLimit(text: string): number | undefined {
  const soft = /^Max open files\s+(\S+)/m.exec(text)?.[1];
  if (soft === undefined) return undefined;
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : numberOf(soft);
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

function numberOf(text: string): number {
  if (!/^\d+$/.test(text)) throw unknown(text);
  return Number(text);
}

function unknown(text: string): UnknownShapeError {
  return new UnknownShapeError(`does not look as expected: "${text.slice(0, 60)}"`);
}
