import type { SafeRegex } from '../../kit/regex.ts';

/** Which devices are told about: those that `include` finds, or those that `exclude` does not; never both. */
export interface DeviceFilter {
  readonly include?: SafeRegex;
  readonly exclude?: SafeRegex;
}

/** The settings of single collectors, from node exporter's flags of the same meaning. */
export interface NodeOptions {
  readonly arpDevices: DeviceFilter;
  readonly cpuGuest: boolean;
  readonly cpuInfo: boolean;
  readonly cpuFlags?: SafeRegex;
  readonly cpuBugs?: SafeRegex;
  readonly diskDevices: DeviceFilter;
  readonly excludedMountPoints: SafeRegex;
  readonly excludedFsTypes: SafeRegex;
  readonly ignoredNetClassDevices: SafeRegex;
  readonly ignoresInvalidSpeed: boolean;
  readonly netDevices: DeviceFilter;
  readonly netAddressInfo: boolean;
  readonly netstatFields: SafeRegex;
  readonly ignoredPowerSupplies: SafeRegex;
  readonly raplZoneLabel: boolean;
  readonly statSoftirq: boolean;
  readonly ignoredTapes: SafeRegex;
  readonly textfileDirectories: readonly string[];
  readonly vmstatFields: SafeRegex;
  readonly ipvsBackendLabels: readonly string[];
  readonly bcachePriorityStats: boolean;
}

/** Whether the filter lets the device through; a regular expression finds any part of the name, as Go's do. */
export function isWanted(device: string, { include, exclude }: DeviceFilter): boolean {
  if (exclude?.finds(device) === true) return false;
  return include === undefined || include.finds(device);
}
