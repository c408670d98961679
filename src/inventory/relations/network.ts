import { type KubeObject, keyOf, type ObjectRef } from '../../model/object.ts';
import { fieldsAt, fieldsList, textOf } from '../index/fields.ts';
import { podPathOf } from '../index/selectors.ts';
import {
  type Direction,
  type ListeningPort,
  letsPod,
  letsPort,
  type PodEnd,
  type Policy,
  protocolOf,
  readPolicy,
} from './network-policy.ts';
import type { ObjectsView } from './objects-view.ts';

/** What lets a connection through in one direction, or keeps it out. */
export interface Gate {
  readonly isOpen: boolean;
  /** The policies that decided: one that lets it through, or all that keep it out; none where no policy concerns it. */
  readonly policies: readonly ObjectRef[];
}

/** Whether one may connect to another. */
export interface Connection {
  readonly port: ListeningPort;
  readonly isOpen: boolean;
  readonly egress: Gate;
  readonly ingress: Gate;
}

/** Kinds of policies that limit traffic as well and that are not evaluated here. */
const otherPolicies = [
  'CiliumNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'GlobalNetworkPolicy',
] as const;

/** Who may connect to whom, by NetworkPolicies, at one moment. */
export class NetworkGraph {
  readonly view: ObjectsView;
  readonly #policies = new Map<string, readonly Policy[]>();

  constructor(view: ObjectsView) {
    this.view = view;
  }

  /** Policies that concern the pods in a direction; where there is none, everything is let through. */
  policiesOf(key: string, direction: Direction): readonly Policy[] {
    return this.view.index.selectors.selecting(key, 'NetworkPolicy').flatMap((policy) => {
      const read = this.#read(policy);
      return read.filter(({ rules }) => rules[direction] !== undefined);
    });
  }

  /** Kinds of policies that are there and that are not evaluated, so that what is said open may be closed. */
  notEvaluated(): readonly string[] {
    return otherPolicies.filter((kind) => this.view.list(kind).length > 0);
  }

  /** The ports that the pods of a workload say they listen on. */
  portsOf(key: string): readonly ListeningPort[] {
    const object = this.view.object(key);
    return object === undefined ? [] : listeningPorts(object);
  }

  end(key: string): PodEnd | undefined {
    const { namespaces, selectors } = this.view.index;
    const labels = selectors.podLabels(key);
    const ref = this.view.ref(key);
    if (labels === undefined || ref === undefined) return undefined;
    const { namespace } = ref;
    // The API server gives every namespace this label; manifests seldom have it.
    const namespaceLabels = { 'kubernetes.io/metadata.name': namespace, ...namespaces.get(namespace).labels };
    return { namespace, namespaceLabels, labels };
  }

  /** Whether pods of `from` may connect to that port of pods of `to`; undefined when one of them has no pods. */
  connection(from: string, to: string, port: ListeningPort): Connection | undefined {
    const source = this.end(from);
    const target = this.end(to);
    if (source === undefined || target === undefined) return undefined;
    const egress = this.#gate(from, 'egress', target, port);
    const ingress = this.#gate(to, 'ingress', source, port);
    return { port, egress, ingress, isOpen: egress.isOpen && ingress.isOpen };
  }

  #gate(key: string, direction: Direction, other: PodEnd, port: ListeningPort): Gate {
    const policies = this.policiesOf(key, direction);
    if (policies.length === 0) return { isOpen: true, policies: [] };
    const letting = policies.filter(({ ref, rules }) =>
      rules[direction]?.some((rule) => letsPod(rule, other, ref.namespace) && letsPort(rule, port)),
    );
    const deciding = letting.length > 0 ? letting : policies;
    return { isOpen: letting.length > 0, policies: deciding.map(({ ref }) => ref) };
  }

  #read(key: string): readonly Policy[] {
    const known = this.#policies.get(key);
    if (known !== undefined) return known;
    const object = this.view.object(key);
    const read = object === undefined ? [] : [readPolicy(object)];
    this.#policies.set(key, read);
    return read;
  }
}

function listeningPorts(object: KubeObject): readonly ListeningPort[] {
  const path = podPathOf(object.kind);
  if (path === undefined) return [];
  return fieldsList(fieldsAt(object, ...path, 'spec')['containers'])
    .flatMap((container) => fieldsList(container['ports']))
    .flatMap((port): readonly ListeningPort[] => {
      const { containerPort } = port;
      if (typeof containerPort !== 'number') return [];
      const name = textOf(port['name']);
      return [
        { protocol: protocolOf(port['protocol']), port: containerPort, ...(name === '' ? {} : { name }) },
      ];
    });
}

/** Whether an object stands for itself, and is not made by another that is told of. */
export function isTop(view: ObjectsView, key: string): boolean {
  const top = view.index.owners.top(key);
  return top !== undefined && keyOf(top) === key;
}
