import type { KubeObject } from '../model/object.ts';
import { type Container, itemsOf, podOf, textsOf } from './pod-spec.ts';

/** The API server's container in its static pod, and the flags it was started with. */
export interface ApiServer {
  /** `spec.containers[0]` */
  readonly path: string;
  /** Flags with the path of each. Distributions differ: kubeadm writes them to `command`, RKE2 and k3s to `args`. */
  readonly flags: readonly { readonly text: string; readonly path: string }[];
  /** The list that flags are in, and how long it is. */
  readonly list: { readonly path: string; readonly length: number };
}

/** Whether this is the pod that runs the API server of the cluster. */
export function isApiServerPod(object: KubeObject): boolean {
  return (
    object.kind === 'Pod' && object.metadata?.namespace === 'kube-system' && containerOf(object) !== undefined
  );
}

export function apiServerOf(object: KubeObject): ApiServer | undefined {
  const place = containerOf(object);
  if (place === undefined) return undefined;
  const { container, path } = place;
  const command = textsOf(container.command).map(({ text, index }) => ({
    text,
    path: `${path}.command[${index}]`,
  }));
  const args = textsOf(container.args).map(({ text, index }) => ({ text, path: `${path}.args[${index}]` }));
  const list =
    args.length > 0
      ? { path: `${path}.args`, length: args.length }
      : { path: `${path}.command`, length: command.length };
  return { path, flags: [...command, ...args], list };
}

/** The value of a flag, '' when it stands without one; undefined when it is not set. The last one counts. */
export function flagOf(
  { flags }: ApiServer,
  name: string,
): { readonly value: string; readonly path: string } | undefined {
  const found = flags.findLast(({ text }) => text === `--${name}` || text.startsWith(`--${name}=`));
  return found === undefined ? undefined : { value: found.text.slice(name.length + 3), path: found.path };
}

function containerOf(pod: KubeObject): { container: Container; path: string } | undefined {
  const found = itemsOf(podOf(pod)?.spec.containers).find(({ item }) => runsApiServer(item));
  return found === undefined ? undefined : { container: found.item, path: `spec.containers[${found.index}]` };
}

function runsApiServer({ name, command, args }: Container): boolean {
  if (name === 'kube-apiserver') return true;
  const [first] = [...textsOf(command), ...textsOf(args)];
  return first !== undefined && /(?:^|\/)kube-apiserver$/.test(first.text);
}
