import { namesIn } from '../../node/host-files.ts';
import type { ContainerIdentity, PodName } from './identity.ts';

const containerLog = /^([^_]+)_([^_]+)_(.+)-([0-9a-f]{12,64})\.log$/;
const podFolder = /^([^_]+)_([^_]+)_([^_]+)$/;

/**
 * Names of pods and containers from how the kubelet names their logs: `/var/log/containers/<pod>_<namespace>_<container>-<id>.log` and
 * `/var/log/pods/<namespace>_<pod>_<uid>`. Listing these folders needs no permission at all; no log is opened. Images are not told.
 *
 * Source: https://kubernetes.io/docs/concepts/cluster-administration/logging/#log-location-node and
 * https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kuberuntime/legacy.go
 */
export class LogNames {
  readonly #containers = new Map<string, ContainerIdentity>();
  /** Ids that were cut because a file name has at most 255 bytes. */
  readonly #cut: { readonly start: string; readonly identity: ContainerIdentity }[] = [];
  readonly #pods = new Map<string, PodName>();

  /** @throws when a folder is there and cannot be listed. */
  constructor(rootfs: string) {
    for (const file of namesIn(`${rootfs}/var/log/containers`) ?? []) {
      const [, pod = '', namespace = '', container = '', id = ''] = containerLog.exec(file) ?? [];
      if (id === '') continue;
      const identity = { namespace, pod, podUid: '', container, name: id, image: '', isSandbox: false };
      if (id.length === 64) this.#containers.set(id, identity);
      else this.#cut.push({ start: id, identity });
    }
    for (const folder of namesIn(`${rootfs}/var/log/pods`) ?? []) {
      const [, namespace = '', pod = '', uid = ''] = podFolder.exec(folder) ?? [];
      if (uid !== '') this.#pods.set(uid, { namespace, pod });
    }
  }

  containerOf(id: string): ContainerIdentity | undefined {
    const found = this.#containers.get(id);
    if (found !== undefined) return found;
    const cut = this.#cut.find(({ start }) => id.startsWith(start));
    return cut === undefined ? undefined : { ...cut.identity, name: id };
  }

  podOf(uid: string): PodName | undefined {
    return this.#pods.get(uid);
  }
}
