import { readlinkSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Labels } from '../../model/labels.ts';
import type { MetricFamily } from '../../model/metric.ts';
import { gauge } from '../node/build-family.ts';
import type { CollectContext, CreateCollector, NodeCollector } from '../node/collector.ts';
import { parseOpenFilesLimit, parsePressure } from './cgroup/cgroup-files.ts';
import { type Controller, findHierarchy, foldersOf, type Hierarchy } from './cgroup/hierarchy.ts';
import { FolderReader, type KnownFiles, type OnProblem } from './cgroup/read-file.ts';
import { readV1 } from './cgroup/read-v1.ts';
import { readV2, setPressure } from './cgroup/read-v2.ts';
import { type FoundCgroup, type WalkLimits, walkCgroups } from './cgroup/walk.ts';
import { containerFamilies } from './families.ts';
import { fileSystems } from './file-systems.ts';
import { Identities } from './identity/identities.ts';
import { bytesOf } from './machine.ts';
import { readNetworks } from './network.ts';
import { CgroupRow, type ReadCgroup } from './row.ts';

const defaultLimits: WalkLimits = { found: 12_000, seen: 100_000, depth: 16 };

/** Others get a turn after so many cgroups. */
const cgroupsPerTurn = 50;

/**
 * The file for which the kernel does most: it sums up all processors, under a lock that cgroups which are about to vanish can hold for
 * long. It is read first and elsewhere: a cgroup whose sums do not come is left out, and holds up nobody.
 */
const summedFile = 'memory.stat';

/**
 * Metrics of containers, pods and slices with cAdvisor's names and the labels that the kubelet puts on them, from cgroups of version 1
 * and 2. It needs the host's /sys, for network its /proc, and for names its /var/log and /run; nothing else, and no token.
 */
export const containerCollector: CreateCollector = () => new ContainerCollector();

export class ContainerCollector implements NodeCollector {
  readonly name = 'container';
  readonly #limits: WalkLimits;
  readonly #identities = new Identities();
  /** When each cgroup began, in Unix seconds: kept, as the folder's time changes with what is made in it. */
  readonly #starts = new Map<string, number>();
  #isCut = false;

  constructor(limits: WalkLimits = defaultLimits) {
    this.#limits = limits;
  }

  async collect(context: CollectContext): Promise<readonly MetricFamily[]> {
    const { roots, log, signal, atMs } = context;
    const hierarchy = findHierarchy(roots.sysfs);
    const problems: { path: string; problem: string }[] = [];
    let problemCount = 0;
    const onProblem: OnProblem = (path, problem) => {
      if (problemCount++ < 5) problems.push({ path, problem });
    };
    const { found, isCut } = await walkCgroups(hierarchy, this.#limits, signal);
    if (isCut && !this.#isCut)
      log.warn(
        { limit: this.#limits.found },
        'there are more cgroups than are told about; the rest is left out',
      );
    this.#isCut = isCut;
    this.#identities.refresh(found, roots.rootfs);
    const read: ReadCgroup[] = [];
    for (let from = 0; from < found.length; from += cgroupsPerTurn) {
      const some = found.slice(from, from + cgroupsPerTurn);
      const sums = await readSums(some, hierarchy, context);
      await turn(undefined, { signal });
      for (const [i, cgroup] of some.entries()) {
        const known = sums[i];
        const one = known && this.#read(cgroup, { hierarchy, known, onProblem }, context);
        if (one !== undefined) read.push(one);
      }
    }
    this.#forget(found);
    readNetworks(read, {
      procfs: roots.procfs,
      onProblem,
      isSandbox: (id) => this.#identities.containerOf(id)?.isSandbox === true,
    });
    const systems = await fileSystems(roots.procfs, roots.rootfs, onProblem);
    if (problemCount > 0) log.warn({ problems, count: problemCount }, 'files of cgroups could not be read');
    return [
      ...containerFamilies(
        read.map(({ row }) => row),
        { atMs, fileSystems: systems, deviceName: deviceNames(roots.sysfs) },
      ),
      gauge(
        'container_scrape_error',
        '1 if there was an error while getting container metrics, 0 otherwise.',
      ).add(problemCount > 0 || isCut || context.slow.silent.size > 0 ? 1 : 0),
    ];
  }

  /** Undefined where it has vanished meanwhile. */
  #read(
    cgroup: FoundCgroup,
    { hierarchy, known, onProblem }: ReadFrom,
    { roots }: CollectContext,
  ): ReadCgroup | undefined {
    const startTime = this.#startOf(cgroup.path, hierarchy);
    if (startTime === undefined) return undefined;
    const row = new CgroupRow();
    row.set('startTime', startTime);
    const pid =
      hierarchy.version === 2
        ? readV2(inside(hierarchy.root, cgroup.path), row, onProblem, known)
        : readV1(folderIn(hierarchy.roots, cgroup.path), row, onProblem, known);
    if (cgroup.path === '/') completeRoot(row, roots.procfs, onProblem);
    // Everything went between looking for it and reading it.
    if (Number.isNaN(row.get('cpuUsage')) && Number.isNaN(row.get('memoryUsage'))) return undefined;
    row.labels = this.#labelsOf(cgroup);
    if (pid !== undefined && cgroup.owner.kind === 'container') {
      const files = new FolderReader(`${roots.procfs}/${pid}`, onProblem);
      row.set('openFilesLimit', files.read('limits', parseOpenFilesLimit));
    }
    return { cgroup, row, pid };
  }

  #labelsOf({ path, owner }: FoundCgroup): Labels {
    const { podUid, containerId } = owner;
    const told = containerId === undefined ? undefined : this.#identities.containerOf(containerId);
    const pod = told ?? (podUid === undefined ? undefined : this.#identities.podOf(podUid));
    return {
      container: owner.kind === 'container' ? (told?.container ?? '') : '',
      id: path,
      image: told?.image ?? '',
      name: owner.kind === 'container' ? (told?.name ?? containerId ?? '') : '',
      namespace: pod?.namespace ?? '',
      pod: pod?.pod ?? '',
    };
  }

  #startOf(path: string, hierarchy: Hierarchy): number | undefined {
    let first: number | undefined;
    for (const root of foldersOf(hierarchy)) {
      try {
        const atMs = statSync(inside(root, path)).mtimeMs;
        first = Math.min(first ?? Number.POSITIVE_INFINITY, atMs);
      } catch {
        // Not in this hierarchy, or gone.
      }
    }
    if (first === undefined) return undefined;
    const known = Math.min(this.#starts.get(path) ?? Number.POSITIVE_INFINITY, first / 1000);
    this.#starts.set(path, known);
    return known;
  }

  #forget(found: readonly FoundCgroup[]): void {
    const paths = new Set(found.map(({ path }) => path));
    for (const path of this.#starts.keys()) if (!paths.has(path)) this.#starts.delete(path);
  }
}

/** What is known of cgroups before they are read. */
interface ReadFrom {
  readonly hierarchy: Hierarchy;
  readonly known: KnownFiles;
  readonly onProblem: OnProblem;
}

/** What each of them sums up, or undefined where that does not come. */
async function readSums(
  cgroups: readonly FoundCgroup[],
  hierarchy: Hierarchy,
  { slow }: CollectContext,
): Promise<readonly (KnownFiles | undefined)[]> {
  const root = hierarchy.version === 2 ? hierarchy.root : hierarchy.roots.get('memory');
  return await Promise.all(
    cgroups.map(async ({ path }) => {
      if (root === undefined) return new Map();
      const file = `${inside(root, path)}/${summedFile}`;
      const text = await slow.textIfAny(file);
      if (slow.silent.has(file)) return undefined;
      return new Map(text === undefined ? [] : [[summedFile, text]]);
    }),
  );
}

/** The root has no files for some of what it uses; the machine's own tell it. */
function completeRoot(row: CgroupRow, procfs: string, onProblem: OnProblem): void {
  const files = new FolderReader(procfs, onProblem);
  if (Number.isNaN(row.get('memoryUsage'))) {
    const used = files.read(
      'meminfo',
      (text) => bytesOf(text, 'MemTotal', procfs) - bytesOf(text, 'MemFree', procfs),
    );
    const inactive = row.get('inactiveFile');
    row.set('memoryUsage', used);
    if (used !== undefined)
      row.set('workingSet', Math.max(0, used - (Number.isNaN(inactive) ? 0 : inactive)));
  }
  for (const resource of ['cpu', 'memory', 'io'] as const)
    if (Number.isNaN(row.get(`${resource}Waiting`)))
      setPressure(row, resource, files.read(`pressure/${resource}`, parsePressure));
}

function inside(root: string, path: string): string {
  return path === '/' ? root : root + path;
}

function folderIn(
  roots: ReadonlyMap<Controller, string>,
  path: string,
): (controller: Controller) => string | undefined {
  return (controller) => {
    const root = roots.get(controller);
    return root === undefined ? undefined : inside(root, path);
  };
}

/** Names of devices by `major:minor`, looked up once for a scrape. */
function deviceNames(sysfs: string): (device: string) => string {
  const known = new Map<string, string>();
  return (device) => {
    let name = known.get(device);
    if (name === undefined) {
      try {
        name = `/dev/${basename(readlinkSync(`${sysfs}/dev/block/${device}`))}`;
      } catch {
        name = '';
      }
      known.set(device, name);
    }
    return name;
  };
}
