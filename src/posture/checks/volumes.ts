import type { KubeObject } from '../../model/object.ts';
import type { Breach, Check } from '../control.ts';
import { getIn, namespaceOf } from '../namespaces.ts';
import { containersOf, itemsOf, podOf, type Volume, type VolumeMount, workloadKinds } from '../pod-spec.ts';

export interface VolumePlace {
  readonly volume: Volume;
  /** `spec.volumes[0]` */
  readonly path: string;
}

/** The volumes of a workload's pod, in order. */
export function volumesOf(object: KubeObject): VolumePlace[] {
  const pod = podOf(object);
  return itemsOf(pod?.spec.volumes).map(({ item, index }) => ({
    volume: item,
    path: `${pod?.path}.volumes[${index}]`,
  }));
}

export interface MountPlace {
  readonly mount: VolumeMount;
  readonly path: string;
  readonly label: string;
}

/** Where a volume is mounted: in containers, then in init containers. */
export function mountsOf(
  object: KubeObject,
  volumeName: unknown,
  lists: readonly ('containers' | 'initContainers')[] = ['containers', 'initContainers'],
): MountPlace[] {
  return containersOf(object, lists).flatMap(({ container, path, label }) =>
    itemsOf(container.volumeMounts).flatMap(({ item, index }) =>
      item.name === volumeName ? [{ mount: item, path: `${path}.volumeMounts[${index}]`, label }] : [],
    ),
  );
}

/** A breach for each volume that gives a path of the node which is not wanted there, with the places that it is mounted at. */
export function hostPathBreaches(
  object: KubeObject,
  isWrong: (path: string) => boolean,
  means: (path: string) => string,
): Breach[] {
  return volumesOf(object).flatMap(({ volume, path }) => {
    const hostPath = volume.hostPath?.path;
    if (typeof hostPath !== 'string' || hostPath === '' || !isWrong(hostPath)) return [];
    const places = [path, ...mountsOf(object, volume.name).map((mount) => mount.path)];
    const message = `the volume ${volume.name ?? ''} ${means(hostPath)}`;
    return [{ message, deletePaths: places, failedPaths: places, fixPaths: [] }];
  });
}

/** A check of which objects of a kind containers mount, where these objects are there. */
export function mountedObjectCheck(options: {
  readonly rule: string;
  /** What is mounted: `Secret`. */
  readonly kind: string;
  nameIn(volume: Volume): unknown;
}): Check {
  return {
    rule: options.rule,
    kinds: workloadKinds,
    asks: [options.kind],
    judge(object, { view }) {
      return volumesOf(object).flatMap(({ volume }) => {
        const name = options.nameIn(volume);
        if (typeof name !== 'string' || name === '') return [];
        const found = getIn(view, options.kind, namespaceOf(object), name);
        if (found === undefined) return [];
        return mountsOf(object, volume.name, ['containers']).map(({ path, label }): Breach => {
          const message = `${label} reads the ${options.kind} ${name}`;
          const related = [found];
          return { message, deletePaths: [path], failedPaths: [path], fixPaths: [], related };
        });
      });
    },
  };
}
