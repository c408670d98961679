import type { KubeObject } from '../model/object.ts';
import type { FixPath } from './control.ts';
import { type Container, itemsOf, podOf } from './pod-spec.ts';

/** Programs of the control plane that run as static pods, by the name of their binary. */
export type ComponentName = 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'etcd';

/** The container that runs a component, and the words of its command line that may hold flags. */
export interface Component {
  /** `spec.containers[0]` */
  readonly path: string;
  /** Distributions differ: kubeadm writes flags to `command`, RKE2 and k3s to `args`. */
  readonly texts: readonly { readonly text: string; readonly path: string }[];
  /** The list that flags are in, and how long it is. */
  readonly list: { readonly path: string; readonly length: number };
}

/** One flag as it was given. */
export interface Flag {
  readonly name: string;
  /** '' when it stands without one. */
  readonly value: string;
  /** The item of the command line that it stands in; a shell's line may hold several flags. */
  readonly path: string;
  readonly text: string;
  /** The flag and its value inside of `text`. */
  readonly written: string;
}

/** Pods are asked about by dozens of controls; the answer is kept as long as the pod's object lives. */
const known = new WeakMap<KubeObject, ReadonlyMap<ComponentName, Component>>();

/** The component's container in a pod of whatever namespace; undefined when the pod runs no such component. */
export function componentOf(pod: KubeObject, name: ComponentName): Component | undefined {
  if (pod.kind !== 'Pod') return undefined;
  let components = known.get(pod);
  if (components === undefined) {
    components = componentsIn(pod);
    known.set(pod, components);
  }
  return components.get(name);
}

/** Why the component's command line cannot be read: there is none, or the path of a list that is none, or of an item that is no text. */
export function unreadableLine(pod: KubeObject, name: ComponentName): string | undefined {
  const component = componentOf(pod, name);
  const place = itemsOf(podOf(pod)?.spec.containers).find(
    ({ index }) => component?.path === `spec.containers[${index}]`,
  );
  if (component === undefined || place === undefined) return undefined;
  for (const field of ['command', 'args'] as const) {
    const list: unknown = place.item[field];
    if (list === undefined || list === null) continue;
    if (!Array.isArray(list))
      return `${component.path}.${field} is no list, so that the flags cannot be read`;
    const at = list.findIndex((item) => typeof item !== 'string');
    if (at >= 0) return `${component.path}.${field}[${at}] is no text, so that the flags cannot be read`;
  }
  return component.texts.length === 0
    ? `${component.path}.command is not given, so that the flags cannot be read`
    : undefined;
}

/** The flag as it counts: the last one given. Undefined when it is not set. */
export function flagOf(component: Component, name: string): Flag | undefined {
  return everyFlagOf(component, name).at(-1);
}

/** The flag each time that it is given, in order. */
export function everyFlagOf({ texts }: Component, name: string): Flag[] {
  const pattern = new RegExp(`(?:^|\\s)(--${name}(?:=(\\S*))?)(?=\\s|$)`, 'g');
  return texts.flatMap(({ text, path }, i) => {
    if (!text.includes(`--${name}`)) return [];
    return [...text.matchAll(pattern)].map((match) => {
      const written = match[1] ?? '';
      // `--name value`, as two items of the list.
      const next = written === text && match[2] === undefined ? texts[i + 1] : undefined;
      const value = match[2] ?? (next === undefined || next.text.startsWith('-') ? '' : next.text);
      return { name, value, path, text, written };
    });
  });
}

/** The items of a flag that holds a list, without empty ones. */
export function itemsOfFlag({ value }: Flag): string[] {
  return value.split(',').filter((item) => item !== '');
}

/** The item of the command line with the flag set to another value; other flags in it stay. */
export function withValue({ name, path, text, written }: Flag, value: string): FixPath {
  return { path, value: text.replace(written, () => `--${name}=${value}`) };
}

/** The item of the command line without the flag; nothing when nothing else is in it. */
export function withoutFlag({ path, text, written }: Flag): FixPath[] {
  const at = text.indexOf(written);
  const left = `${text.slice(0, at).trimEnd()} ${text.slice(at + written.length).trimStart()}`.trim();
  return left === '' ? [] : [{ path, value: left }];
}

/** Where a flag is to be added: behind the last one, or some places further when others are added too. */
export function endOf({ list }: Component, offset = 0): string {
  return `${list.path}[${list.length + offset}]`;
}

function componentsIn(pod: KubeObject): Map<ComponentName, Component> {
  const found = new Map<ComponentName, Component>();
  for (const { item, index } of itemsOf(podOf(pod)?.spec.containers)) {
    const component = read(item, `spec.containers[${index}]`);
    const name = nameOf(item, component.texts[0]?.text);
    if (name !== undefined && !found.has(name)) found.set(name, component);
  }
  return found;
}

function read({ command, args }: Container, path: string): Component {
  const inCommand = textsAt(command, `${path}.command`);
  const inArgs = textsAt(args, `${path}.args`);
  const list =
    inArgs.length > 0
      ? { path: `${path}.args`, length: inArgs.length }
      : { path: `${path}.command`, length: inCommand.length };
  return { path, texts: [...inCommand, ...inArgs], list };
}

function textsAt(list: unknown, path: string): { text: string; path: string }[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((text: unknown, i) =>
    typeof text === 'string' ? [{ text, path: `${path}[${i}]` }] : [],
  );
}

const binary = /^\s*(?:\S*\/)?(kube-apiserver|kube-controller-manager|kube-scheduler|etcd)(?=\s|$)/;

/** By the first word of what it runs, or by the name that distributions give the container. */
function nameOf({ name }: Container, first: string | undefined): ComponentName | undefined {
  const run = first === undefined ? undefined : binary.exec(first)?.[1];
  if (run !== undefined) return run as ComponentName;
  // Applications call containers `etcd` too, and give it its settings by other means.
  return name === 'kube-apiserver' || name === 'kube-controller-manager' || name === 'kube-scheduler'
    ? name
    : undefined;
}
