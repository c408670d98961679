import { posix } from 'node:path';
import { fieldOf, isFields, parseSettings } from './settings-file.ts';

/** A pod that the kubelet starts from a file of the host. */
export interface StaticPod {
  /** Where a path of its first container is on the host; undefined when it is in the image, or in a volume of another kind. */
  hostPathOf(path: string): string | undefined;
}

/** Undefined for what is no pod. */
export function parseStaticPod(text: string): StaticPod | undefined {
  const pod = parseSettings(text);
  const [container] = listAt(pod, 'spec', 'containers');
  if (pod === undefined || container === undefined) return undefined;
  const volumes = new Map(
    listAt(pod, 'spec', 'volumes').map((volume) => [
      fieldOf(volume, 'name'),
      fieldOf(volume, 'hostPath', 'path'),
    ]),
  );
  const mounts = listAt(container, 'volumeMounts').flatMap((mount) => {
    const at = fieldOf(mount, 'mountPath');
    const from = volumes.get(fieldOf(mount, 'name'));
    const sub = fieldOf(mount, 'subPath') ?? '';
    return typeof at === 'string' && typeof from === 'string' && typeof sub === 'string'
      ? [{ at: posix.resolve('/', at), from: posix.resolve('/', from, sub) }]
      : [];
  });
  // The innermost mount is what the container sees.
  mounts.sort((a, b) => b.at.length - a.at.length);
  return {
    hostPathOf(path) {
      const wanted = posix.resolve('/', path);
      const mount = mounts.find(({ at }) => at === '/' || wanted === at || wanted.startsWith(`${at}/`));
      return mount === undefined ? undefined : posix.join(mount.from, posix.relative(mount.at, wanted));
    },
  };
}

function listAt(value: unknown, ...fields: readonly string[]): readonly Readonly<Record<string, unknown>>[] {
  const list = fieldOf(value, ...fields);
  return Array.isArray(list) ? list.filter(isFields) : [];
}
