import { BadInputError } from '../../../kit/app-error.ts';
import { counter, type FamilyBuilder, gauge } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { fieldsOf, readLines, readTextIfAny } from '../host-files.ts';
import { isWanted } from '../options.ts';

const sectorBytes = 512;

/** The columns after the device's name, with what makes their unit ours. Kernels have 11, 15 or 17 of them. */
const columns = [
  ['reads_completed_total', 'The total number of reads completed successfully.', 1],
  ['reads_merged_total', 'The total number of reads merged.', 1],
  ['read_bytes_total', 'The total number of bytes read successfully.', sectorBytes],
  ['read_time_seconds_total', 'The total number of seconds spent by all reads.', 0.001],
  ['writes_completed_total', 'The total number of writes completed successfully.', 1],
  ['writes_merged_total', 'The number of writes merged.', 1],
  ['written_bytes_total', 'The total number of bytes written successfully.', sectorBytes],
  ['write_time_seconds_total', 'This is the total number of seconds spent by all writes.', 0.001],
  ['io_now', 'The number of I/Os currently in progress.', 1],
  ['io_time_seconds_total', 'Total seconds spent doing I/Os.', 0.001],
  ['io_time_weighted_seconds_total', 'The weighted # of seconds spent doing I/Os.', 0.001],
  ['discards_completed_total', 'The total number of discards completed successfully.', 1],
  ['discards_merged_total', 'The total number of discards merged.', 1],
  ['discarded_sectors_total', 'The total number of sectors discarded successfully.', 1],
  ['discard_time_seconds_total', 'This is the total number of seconds spent by all discards.', 0.001],
  ['flush_requests_total', 'The total number of flush requests completed successfully', 1],
  [
    'flush_requests_time_seconds_total',
    'This is the total number of seconds spent by all flush requests.',
    0.001,
  ],
] as const;

const ataProperties = [
  ['ID_ATA_WRITE_CACHE', 'ata_write_cache', 'ATA disk has a write cache.'],
  ['ID_ATA_WRITE_CACHE_ENABLED', 'ata_write_cache_enabled', 'ATA disk has its write cache enabled.'],
  ['ID_ATA_ROTATION_RATE_RPM', 'ata_rotation_rate_rpm', 'ATA disk rotation rate in RPMs (0 for SSDs).'],
] as const;

/** Disks. Sources: https://docs.kernel.org/admin-guide/iostats.html, and udev's data for what they are */
export const diskstats: CreateCollector = ({ diskDevices }) => ({
  name: 'diskstats',
  collect({ roots }) {
    const families = new DiskFamilies();
    const path = `${roots.procfs}/diskstats`;
    for (const line of readLines(path)) {
      const [major, minor, device, ...texts] = line.trim().split(/\s+/);
      if (major === undefined || minor === undefined || device === undefined) continue;
      if (!isWanted(device, diskDevices)) continue;
      const values = texts.map(Number);
      // Kernels before 2.6.25 had shorter lines for partitions.
      if (values.length < 4 || values.some(Number.isNaN))
        throw new BadInputError('', `${path}: the line of ${device} is not of numbers`);
      families.addLine(device, values);
      families.addProperties(device, major, minor, udevProperties(`${roots.udevData}/b${major}:${minor}`));
    }
    return families.all;
  },
});

class DiskFamilies {
  readonly #columns = columns.map(([name, help]) =>
    (name === 'io_now' ? gauge : counter)(`node_disk_${name}`, help),
  );
  readonly #info = gauge('node_disk_info', 'Info of /sys/block/<block_device>.');
  readonly #filesystem = gauge('node_disk_filesystem_info', 'Info about disk filesystem.');
  readonly #mapper = gauge('node_disk_device_mapper_info', 'Info about disk device mapper.');
  readonly #ata = ataProperties.map(([, name, help]) => gauge(`node_disk_${name}`, help));

  get all(): FamilyBuilder[] {
    return [...this.#columns, this.#info, this.#filesystem, this.#mapper, ...this.#ata];
  }

  addLine(device: string, values: readonly number[]): void {
    for (const [i, family] of this.#columns.entries()) {
      const value = values[i];
      if (value !== undefined) family.add(value * (columns[i]?.[2] ?? 1), { device });
    }
  }

  addProperties(device: string, major: string, minor: string, udev: ReadonlyMap<string, string>): void {
    const of = (name: string): string => udev.get(name) ?? '';
    const serial = of('SCSI_IDENT_SERIAL') || of('ID_SERIAL_SHORT') || of('ID_SERIAL');
    this.#info.add(1, {
      ...{ device, major, minor, path: of('ID_PATH'), wwn: of('ID_WWN') },
      ...{ model: of('ID_MODEL'), serial, revision: of('ID_REVISION') },
    });
    if (of('ID_FS_TYPE') !== '')
      this.#filesystem.add(1, {
        ...{ device, type: of('ID_FS_TYPE'), usage: of('ID_FS_USAGE') },
        ...{ uuid: of('ID_FS_UUID'), version: of('ID_FS_VERSION') },
      });
    if (of('DM_NAME') !== '')
      this.#mapper.add(1, {
        ...{ device, name: of('DM_NAME'), uuid: of('DM_UUID'), vg_name: of('DM_VG_NAME') },
        ...{ lv_name: of('DM_LV_NAME'), lv_layer: of('DM_LV_LAYER') },
      });
    if (of('ID_ATA') === '') return;
    for (const [i, [property]] of ataProperties.entries()) {
      const value = Number(of(property));
      if (of(property) !== '' && !Number.isNaN(value)) this.#ata[i]?.add(value, { device });
    }
  }
}

/** Lines `E:NAME=value`; there is no file for devices that udev does not know, and none at all in a container without the mount. */
function udevProperties(path: string): ReadonlyMap<string, string> {
  const text = readTextIfAny(path);
  if (text === undefined) return new Map();
  const lines = text.split('\n').filter((line) => line.startsWith('E:'));
  return fieldsOf(lines.map((line) => line.slice(2)).join('\n'), '=');
}
