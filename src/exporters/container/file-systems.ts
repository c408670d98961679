import { statfs } from 'node:fs/promises';
import { FolderReader, type OnProblem } from './cgroup/read-file.ts';

/** How full one file system of the machine is. */
export interface FileSystemUse {
  /** Such as `/dev/sda1`. */
  readonly device: string;
  readonly limitBytes: number;
  readonly usedBytes: number;
  readonly inodes: number;
  readonly freeInodes: number;
}

/**
 * File systems of the machine on block devices of its own, which answer at once; those of servers may hang and are left out, as they
 * have no device below /dev.
 */
export async function fileSystems(
  procfs: string,
  rootfs: string,
  onProblem: OnProblem,
): Promise<readonly FileSystemUse[]> {
  const mounts = new FolderReader(`${procfs}/1`, onProblem).read('mounts', (text) => text.split('\n')) ?? [];
  const places = new Map<string, string>();
  for (const line of mounts) {
    const [device = '', place = ''] = line.split(' ');
    if (device.startsWith('/dev/') && !places.has(device)) places.set(device, unescaped(place));
  }
  const uses: FileSystemUse[] = [];
  for (const [device, place] of places) {
    try {
      const { bsize, blocks, bfree, files, ffree } = await statfs(rootfs.replace(/\/$/, '') + place);
      const used = { usedBytes: (blocks - bfree) * bsize, inodes: files, freeInodes: ffree };
      uses.push({ device, limitBytes: blocks * bsize, ...used });
    } catch {
      // Not mounted any more, or not to be seen from here.
    }
  }
  return uses;
}

/** The kernel writes blanks and the like in octal. */
function unescaped(place: string): string {
  return place.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
