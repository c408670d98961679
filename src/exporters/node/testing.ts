import { systemClock, type VirtualClock } from '../../kit/clock.ts';
import { safeRegex } from '../../kit/regex.ts';
import type { MetricFamily } from '../../model/metric.ts';
import type { CollectContext, HostRoots } from './collector.ts';
import type { NodeOptions } from './options.ts';
import { SlowFiles } from './slow-files.ts';

const nothing = safeRegex('^$');

/** For tests: options that leave nothing out and tell all that is optional. */
export const everything: NodeOptions = {
  ...{ arpDevices: {}, diskDevices: {}, netDevices: {} },
  ...{ cpuGuest: true, cpuInfo: true, statSoftirq: true, bcachePriorityStats: true },
  ...{ raplZoneLabel: false, netAddressInfo: false, ignoresInvalidSpeed: false },
  ...{ excludedMountPoints: nothing, excludedFsTypes: nothing, ignoredNetClassDevices: nothing },
  ...{ ignoredPowerSupplies: nothing, ignoredTapes: nothing },
  ...{ netstatFields: safeRegex(''), vmstatFields: safeRegex('') },
  textfileDirectories: [],
  ipvsBackendLabels: ['local_address', 'remote_address', 'proto'],
};

/** A context in which what is logged is kept. */
export function contextOf(roots: Partial<HostRoots>): CollectContext & { readonly warnings: object[] } {
  const warnings: object[] = [];
  return {
    roots: { procfs: '/nowhere', sysfs: '/nowhere', rootfs: '/', udevData: '/nowhere', ...roots },
    atMs: 1_700_000_000_000,
    clock: systemClock,
    signal: new AbortController().signal,
    slow: new SlowFiles().reader(systemClock),
    log: { debug: () => {}, warn: (fields) => void warnings.push(fields) },
    warnings,
  };
}

/** Series as `name{label="value"}`, with their values. */
export function seriesOf(families: readonly MetricFamily[]): Record<string, number> {
  return Object.fromEntries(
    families.flatMap(({ samples }) =>
      samples.map(({ name, labels, value }) => {
        const text = Object.entries(labels).map(([label, of]) => `${label}=${JSON.stringify(of)}`);
        return [`${name}{${text.join()}}`, value];
      }),
    ),
  );
}

/** What a promise comes to while virtual time goes on. */
export async function whileTimePasses<T>(promise: Promise<T>, clock: VirtualClock): Promise<T> {
  let isOver = false;
  const over = promise.finally(() => {
    isOver = true;
  });
  // Whoever awaits below hears of a failure.
  over.catch(() => {});
  while (!isOver) await clock.advance(100);
  return await over;
}
