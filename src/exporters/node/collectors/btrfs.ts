import { counter, type FamilyBuilder, gauge } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { fieldsOf, namesIn, readNumberIfAny, readTextIfAny } from '../host-files.ts';

const sectorBytes = 512;

/** How many copies of data the modes keep; those with parity depend on the number of devices. */
const copies: Readonly<Record<string, number>> = {
  raid0: 1,
  raid1: 2,
  raid1c3: 3,
  raid1c4: 4,
  raid10: 2,
  dup: 2,
  single: 1,
};
const parities: Readonly<Record<string, number>> = { raid5: 1, raid6: 2 };

/** What sysfs has of a file system. Source: https://btrfs.readthedocs.io/en/latest/ch-sysfs.html */
export const btrfs: CreateCollector = () => ({
  name: 'btrfs',
  collect({ roots }) {
    const families = new BtrfsFamilies();
    const folder = `${roots.sysfs}/fs/btrfs`;
    for (const uuid of namesIn(folder) ?? [])
      if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(uuid)) families.addFileSystem(`${folder}/${uuid}`);
    return families.all;
  },
});

class BtrfsFamilies {
  readonly #info = gauge('node_btrfs_info', 'Filesystem information');
  readonly #reserve = gauge('node_btrfs_global_rsv_size_bytes', 'Size of global reserve.');
  readonly #reserved = gauge('node_btrfs_reserved_bytes', 'Amount of space reserved for a data type');
  readonly #used = gauge('node_btrfs_used_bytes', 'Amount of used space by a layout/data type');
  readonly #size = gauge('node_btrfs_size_bytes', 'Amount of space allocated for a layout/data type');
  readonly #ratio = gauge('node_btrfs_allocation_ratio', 'Data allocation ratio for a layout/data type');
  readonly #device = gauge(
    'node_btrfs_device_size_bytes',
    'Size of a device that is part of the filesystem.',
  );
  readonly #commits = [
    ['commits', 1, counter('node_btrfs_commits_total', 'The total number of commits that have occurred.')],
    [
      ...(['last_commit_ms', 0.001] as const),
      gauge('node_btrfs_last_commit_seconds', 'Duration of the most recent commit, in seconds.'),
    ],
    [
      ...(['max_commit_ms', 0.001] as const),
      gauge('node_btrfs_max_commit_seconds', 'Duration of the slowest commit, in seconds.'),
    ],
    [
      ...(['total_commit_ms', 0.001] as const),
      counter('node_btrfs_commit_seconds_total', 'Sum of the duration of all commits, in seconds.'),
    ],
  ] as const;

  get all(): FamilyBuilder[] {
    return [
      ...[this.#info, this.#reserve, this.#reserved, this.#used, this.#size, this.#ratio, this.#device],
      ...this.#commits.map(([, , family]) => family),
    ];
  }

  addFileSystem(folder: string): void {
    const uuid = readTextIfAny(`${folder}/metadata_uuid`) ?? folder.slice(folder.lastIndexOf('/') + 1);
    this.#info.add(1, { uuid, label: readTextIfAny(`${folder}/label`) ?? '' });
    this.#reserve.add(readNumberIfAny(`${folder}/allocation/global_rsv_size`) ?? 0, { uuid });
    const devices = namesIn(`${folder}/devices`) ?? [];
    for (const device of devices)
      this.#device.add((readNumberIfAny(`${folder}/devices/${device}/size`) ?? 0) * sectorBytes, {
        uuid,
        device,
      });
    for (const type of ['data', 'metadata', 'system'])
      this.#addAllocation(`${folder}/allocation/${type}`, { uuid, block_group_type: type }, devices.length);
    // `commits 3`, `last_commit_ms 1`, …: since Linux 6.0.
    const text = readTextIfAny(`${folder}/commit_stats`);
    if (text === undefined) return;
    const fields = fieldsOf(text, ' ');
    for (const [field, factor, family] of this.#commits)
      family.add(Number(fields.get(field) ?? 0) * factor, { uuid });
  }

  #addAllocation(folder: string, labels: Readonly<Record<string, string>>, devices: number): void {
    this.#reserved.add(readNumberIfAny(`${folder}/bytes_reserved`) ?? 0, labels);
    for (const mode of namesIn(folder) ?? []) {
      const used = readNumberIfAny(`${folder}/${mode}/used_bytes`);
      if (used === undefined) continue;
      this.#used.add(used, { ...labels, mode });
      this.#size.add(readNumberIfAny(`${folder}/${mode}/total_bytes`) ?? 0, { ...labels, mode });
      const parity = parities[mode];
      this.#ratio.add(copies[mode] ?? (parity === undefined ? 0 : devices / (devices - parity)), {
        ...labels,
        mode,
      });
    }
  }
}
