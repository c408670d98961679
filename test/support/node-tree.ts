import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { network, nfs, processes, zfs } from './node-tree-proc.ts';
import { devices, fileSystems, hardware } from './node-tree-sysfs.ts';

/** Folders that stand for a host's. */
export interface NodeTree {
  readonly procfs: string;
  readonly sysfs: string;
  readonly rootfs: string;
  readonly udevData: string;
}

/** Writes files by their paths below `folder`. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** A machine with at least one of everything that collectors know: what `/proc` and `/sys` would have in them. */
export function writeNodeTree(folder: string): NodeTree {
  writeFiles(folder, { ...processes, ...network, ...devices, ...fileSystems, ...hardware, ...nfs, ...zfs });
  const hwmon = join(folder, 'sys/class/hwmon');
  mkdirSync(join(folder, 'sys/devices/platform/coretemp.0/hwmon'), { recursive: true });
  symlinkSync('../../../devices/platform/coretemp.0', join(hwmon, 'hwmon0/device'));
  return {
    procfs: join(folder, 'proc'),
    sysfs: join(folder, 'sys'),
    rootfs: join(folder, 'root'),
    udevData: join(folder, 'udev'),
  };
}
