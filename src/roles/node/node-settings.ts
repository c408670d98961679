import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { HostRoots } from '../../exporters/node/collector.ts';
import type { DeviceFilter, NodeOptions } from '../../exporters/node/options.ts';
import { BadInputError } from '../../kit/app-error.ts';
import { type SafeRegex, safeRegex } from '../../kit/regex.ts';
import { collectorTable } from './collector-table.ts';

/** For each pattern; more names than a machine has at a time. */
const maxRemembered = 4096;

/** What `skopos node` runs with. */
export interface NodeSettings {
  readonly listen: { readonly host: string; readonly port: number };
  readonly maxRequests: number;
  readonly tokenFile?: string;
  readonly tls?: { readonly certFile: string; readonly keyFile: string; readonly clientCaFile?: string };
  readonly nodeName: string;
  readonly roots: HostRoots;
  readonly timeLimitMs: number;
  /** Names of collectors that run. */
  readonly enabled: ReadonlySet<string>;
  readonly hasOwnMetrics: boolean;
  readonly options: NodeOptions;
}

/** Flags of the command line by their names, as `--NAME value` or `--NAME`; those that were not given are not in it. */
export interface GivenFlags {
  value(flag: string): string | undefined;
  values(flag: string): readonly string[];
  /** Undefined where neither `--flag` nor `--no-flag` was given. */
  isOn(flag: string): boolean | undefined;
}

/** @throws {BadInputError} naming the flag. */
export function nodeSettings(flags: GivenFlags, cwd: string): NodeSettings {
  const path = (flag: string): string | undefined => {
    const text = flags.value(flag);
    return text === undefined ? undefined : resolve(cwd, text);
  };
  const folder = (flag: string): string => (path(flag) ?? '/').replace(/(?<=.)\/$/, '');
  const tls = tlsOf(path);
  const tokenFile = path('token-file');
  const listen = addressOf(flags.value('web.listen-address') ?? '');
  const isOpen = tokenFile === undefined && tls?.clientCaFile === undefined;
  if (isOpen && !isLoopback(listen.host))
    throw new BadInputError(
      '--web.listen-address',
      `${listen.host || 'every address'} can be reached from other machines: give --token-file or --tls-client-ca-file, or listen on 127.0.0.1`,
    );
  return {
    listen,
    maxRequests: numberOf(flags, 'web.max-requests'),
    ...(tokenFile === undefined ? {} : { tokenFile }),
    ...(tls === undefined ? {} : { tls }),
    nodeName: flags.value('node-name') ?? process.env['NODE_NAME'] ?? hostname(),
    roots: {
      procfs: folder('path.procfs'),
      sysfs: folder('path.sysfs'),
      rootfs: folder('path.rootfs'),
      udevData: folder('path.udev.data'),
    },
    timeLimitMs: numberOf(flags, 'collector.time-limit') * 1000,
    enabled: enabledOf(flags),
    hasOwnMetrics: flags.isOn('web.disable-exporter-metrics') !== true,
    options: optionsOf(flags, cwd),
  };
}

function tlsOf(path: (flag: string) => string | undefined): NodeSettings['tls'] {
  const certFile = path('tls-cert-file');
  const keyFile = path('tls-key-file');
  const clientCaFile = path('tls-client-ca-file');
  if (certFile !== undefined && keyFile !== undefined)
    return { certFile, keyFile, ...(clientCaFile === undefined ? {} : { clientCaFile }) };
  if (certFile !== undefined || keyFile !== undefined || clientCaFile !== undefined)
    throw new BadInputError('--tls-cert-file', 'TLS needs both --tls-cert-file and --tls-key-file');
  return undefined;
}

function enabledOf(flags: GivenFlags): ReadonlySet<string> {
  const isNone = flags.isOn('collector.disable-defaults') === true;
  const isEnabled = ({ name, isDefault }: (typeof collectorTable)[number]): boolean =>
    flags.isOn(`collector.${name}`) ?? (isDefault && !isNone);
  return new Set(collectorTable.filter(isEnabled).map(({ name }) => name));
}

function optionsOf(flags: GivenFlags, cwd: string): NodeOptions {
  const regexIfAny = (flag: string): SafeRegex | undefined => {
    const pattern = flags.value(flag);
    return pattern === undefined || pattern === '' ? undefined : regexOf(flag, pattern);
  };
  const regex = (flag: string): SafeRegex => regexIfAny(flag) ?? regexOf(flag, '^$');
  const optional = <K extends string>(key: K, flag: string): { [P in K]?: SafeRegex } => {
    const found = regexIfAny(flag);
    return (found === undefined ? {} : { [key]: found }) as { [P in K]?: SafeRegex };
  };
  const devices = (name: string): DeviceFilter => {
    const include = regexIfAny(`collector.${name}.device-include`);
    // A default of the other is no contradiction.
    const exclude = include === undefined ? regexIfAny(`collector.${name}.device-exclude`) : undefined;
    return { ...(include === undefined ? {} : { include }), ...(exclude === undefined ? {} : { exclude }) };
  };
  const isOn = (flag: string): boolean => flags.isOn(flag) === true;
  return {
    arpDevices: devices('arp'),
    cpuGuest: flags.isOn('collector.cpu.guest') ?? true,
    cpuInfo: isOn('collector.cpu.info'),
    ...optional('cpuFlags', 'collector.cpu.info.flags-include'),
    ...optional('cpuBugs', 'collector.cpu.info.bugs-include'),
    diskDevices: devices('diskstats'),
    excludedMountPoints: regex('collector.filesystem.mount-points-exclude'),
    excludedFsTypes: regex('collector.filesystem.fs-types-exclude'),
    ignoredNetClassDevices: regex('collector.netclass.ignored-devices'),
    ignoresInvalidSpeed: isOn('collector.netclass.ignore-invalid-speed'),
    netDevices: devices('netdev'),
    netAddressInfo: isOn('collector.netdev.address-info'),
    netstatFields: regex('collector.netstat.fields'),
    ignoredPowerSupplies: regex('collector.powersupply.ignored-supplies'),
    raplZoneLabel: isOn('collector.rapl.enable-zone-label'),
    statSoftirq: isOn('collector.stat.softirq'),
    ignoredTapes: regex('collector.tapestats.ignored-devices'),
    textfileDirectories: flags.values('collector.textfile.directory').map((folder) => resolve(cwd, folder)),
    vmstatFields: regex('collector.vmstat.fields'),
    ipvsBackendLabels: (flags.value('collector.ipvs.backend-labels') ?? '')
      .split(',')
      .filter((name) => name !== ''),
    bcachePriorityStats: isOn('collector.bcache.priorityStats'),
  };
}

function regexOf(flag: string, pattern: string): SafeRegex {
  try {
    return remembering(safeRegex(pattern));
  } catch (error) {
    throw new BadInputError(`--${flag}`, (error as Error).message, { cause: error });
  }
}

/** Names are the same at each scrape; what RE2 says of one is asked once. */
function remembering(regex: SafeRegex): SafeRegex {
  const known = new Map<string, boolean>();
  return {
    ...regex,
    finds(text) {
      let isFound = known.get(text);
      if (isFound === undefined) {
        isFound = regex.finds(text);
        // Devices and mounts come and go.
        if (known.size >= maxRemembered) known.clear();
        known.set(text, isFound);
      }
      return isFound;
    },
  };
}

function numberOf(flags: GivenFlags, flag: string): number {
  const text = flags.value(flag) ?? '';
  const number = Number(text.replace(/s$/, ''));
  if (!(number > 0)) throw new BadInputError(`--${flag}`, `"${text}" is not a number over 0`);
  return number;
}

function addressOf(text: string): { host: string; port: number } {
  const match = /^(.*):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535)
    throw new BadInputError('--web.listen-address', `"${text}" is not host:port, such as 127.0.0.1:9100`);
  return { host: (match[1] ?? '').replace(/^\[|\]$/g, ''), port };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
