import { statfs as nodeStatfs } from 'node:fs/promises';
import { BadInputError } from '../../../kit/app-error.ts';
import { gauge } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { readLines, readTextIfAny } from '../host-files.ts';
import { MountProbe, type Statfs } from '../mount-probe.ts';

interface Mount {
  readonly device: string;
  readonly mountpoint: string;
  readonly fstype: string;
  readonly isReadOnly: boolean;
}

/** Space and inodes of what is mounted. Source: https://man7.org/linux/man-pages/man5/proc_pid_mounts.5.html */
export const filesystem: CreateCollector = (options) => filesystemWith(nodeStatfs as Statfs, 3000)(options);

/** `statfs` and how long a mount may take to answer, for tests. */
export function filesystemWith(statfs: Statfs, timeoutMs: number): CreateCollector {
  return ({ excludedMountPoints, excludedFsTypes }) => {
    const probe = new MountProbe({ statfs, timeoutMs });
    return {
      name: 'filesystem',
      async collect({ roots, clock }) {
        const families = new FilesystemFamilies();
        const mounts = mountsOf(roots.procfs, roots.rootfs).filter(
          ({ mountpoint, fstype }) =>
            !excludedMountPoints.finds(mountpoint) && !excludedFsTypes.finds(fstype),
        );
        const root = roots.rootfs === '/' ? '' : roots.rootfs;
        const answers = await probe.ask(
          mounts.map(({ mountpoint, fstype }) => ({ path: `${root}${mountpoint}`, fstype })),
          clock,
        );
        for (const [i, mount] of mounts.entries()) families.add(mount, answers[i] ?? 'not asked');
        return families.all;
      },
    };
  };
}

class FilesystemFamilies {
  readonly #size = gauge('node_filesystem_size_bytes', 'Filesystem size in bytes.');
  readonly #free = gauge('node_filesystem_free_bytes', 'Filesystem free space in bytes.');
  readonly #available = gauge(
    'node_filesystem_avail_bytes',
    'Filesystem space available to non-root users in bytes.',
  );
  readonly #files = gauge('node_filesystem_files', 'Filesystem total file nodes.');
  readonly #filesFree = gauge('node_filesystem_files_free', 'Filesystem total free file nodes.');
  readonly #readOnly = gauge('node_filesystem_readonly', 'Filesystem read-only status.');
  readonly #error = gauge(
    'node_filesystem_device_error',
    'Whether an error occurred while getting statistics for the given device.',
  );

  get all() {
    return [
      ...[this.#size, this.#free, this.#available, this.#files, this.#filesFree],
      ...[this.#readOnly, this.#error],
    ];
  }

  /** `answer`: what the file system has, or why that is not known. */
  add({ device, mountpoint, fstype, isReadOnly }: Mount, answer: Awaited<ReturnType<Statfs>> | string): void {
    const labels = { device, mountpoint, fstype };
    if (typeof answer === 'string') {
      this.#error.add(1, { ...labels, device_error: answer });
      return;
    }
    const { bsize, blocks, bfree, bavail, files, ffree } = answer;
    this.#error.add(0, labels);
    this.#size.add(blocks * bsize, labels);
    this.#free.add(bfree * bsize, labels);
    this.#available.add(bavail * bsize, labels);
    this.#files.add(files, labels);
    this.#filesFree.add(ffree, labels);
    this.#readOnly.add(isReadOnly ? 1 : 0, labels);
  }
}

/** Mounts as the first process sees them; ours where that cannot be read, with the prefix of the root taken off. */
function mountsOf(procfs: string, rootfs: string): Mount[] {
  const ofFirst = readTextIfAny(`${procfs}/1/mounts`);
  const lines = ofFirst?.split('\n') ?? readLines(`${procfs}/mounts`);
  const seen = new Set<string>();
  return lines.flatMap((line) => {
    const [device, point, fstype, options] = line.split(' ');
    if (device === undefined || point === undefined || fstype === undefined || options === undefined)
      throw new BadInputError('', `${procfs}: a mount is not as it should be: ${JSON.stringify(line)}`);
    const mountpoint = withoutRoot(unescaped(point), rootfs);
    const key = `${device} ${mountpoint} ${fstype}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ device, mountpoint, fstype, isReadOnly: options.split(',').includes('ro') }];
  });
}

/** Blanks and the like are written in octal. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function withoutRoot(path: string, rootfs: string): string {
  if (rootfs === '/' || !(path === rootfs || path.startsWith(`${rootfs}/`))) return path;
  return path.slice(rootfs.length) || '/';
}
