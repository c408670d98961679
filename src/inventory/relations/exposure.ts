import { keyOf, type ObjectRef } from '../../model/object.ts';
import { fieldsAt, fieldsList } from '../index/fields.ts';
import { podPathOf } from '../index/selectors.ts';
import { isTop, type NetworkGraph } from './network.ts';
import { type ListeningPort, letsEveryAddress, letsPort, protocolOf } from './network-policy.ts';
import { type ServicePort, type ServiceWay, serviceWays, type WayKind, type WayScope } from './ways-in.ts';

/** What NetworkPolicies say of a way in. */
export type WayState =
  /** They let everyone through, or there are none. */
  | 'open'
  /** They let only some through. */
  | 'limited'
  /** They let nobody through to the port. */
  | 'closed'
  /** Policies do not hold for pods on the host's network. */
  | 'not-filtered';

/** One way from outside of the cluster to a workload. */
export interface Way {
  readonly kind: WayKind;
  readonly scope: WayScope;
  /** From outside inwards; without the workload itself. */
  readonly through: readonly ObjectRef[];
  readonly hosts: readonly string[];
  /** Ports of the pods that it ends at. */
  readonly ports: readonly ListeningPort[];
  readonly state: WayState;
  /** The policies that say so. */
  readonly policies: readonly ObjectRef[];
}

export interface Exposed {
  readonly key: string;
  readonly object: ObjectRef;
  readonly ways: readonly Way[];
}

/** Which workloads can be reached from outside of the cluster, and how, at one moment. */
export class Exposure {
  readonly #network: NetworkGraph;
  readonly #byService: ReadonlyMap<string, readonly ServiceWay[]>;

  constructor(network: NetworkGraph) {
    this.#network = network;
    this.#byService = serviceWays(network.view);
  }

  /** Every way to the pods of a workload; none for what has no pods. */
  waysTo(key: string): readonly Way[] {
    const { index } = this.#network.view;
    const services = index.selectors
      .selecting(key, 'Service')
      .flatMap((service) => this.#byService.get(service) ?? []);
    return [...services.map((way) => this.#wayBy(key, way)), ...this.#hostWays(key)];
  }

  /** All workloads that there is a way to, those with the widest open first. What another makes is told by that. */
  exposed(): readonly Exposed[] {
    const { view } = this.#network;
    const keys = new Set(view.index.hostNetwork.keys());
    for (const service of this.#byService.keys())
      for (const key of view.index.selectors.selected(service)) keys.add(key);
    return [...keys]
      .filter((key) => isTop(view, key))
      .flatMap((key): readonly Exposed[] => {
        const object = view.ref(key);
        const ways = this.waysTo(key);
        return object === undefined || ways.length === 0 ? [] : [{ key, object, ways }];
      })
      .sort((a, b) => worst(b.ways) - worst(a.ways) || (a.key < b.key ? -1 : 1));
  }

  #wayBy(key: string, { kind, scope, through, hosts, ports }: ServiceWay): Way {
    const listening = this.#network.portsOf(key);
    const ends = ports.map((port) => endOf(port, listening));
    return { kind, scope, through, hosts, ports: ends, ...this.#stateOf(key, ends) };
  }

  /** What the policies say of somebody outside. A controller that passes requests on is a pod nobody can name here. */
  #stateOf(key: string, ports: readonly ListeningPort[]): Pick<Way, 'state' | 'policies'> {
    const policies = this.#network.policiesOf(key, 'ingress');
    const refs = policies.map(({ ref }) => ref);
    if (policies.length === 0) return { state: 'open', policies: [] };
    const rules = policies.flatMap(({ rules: { ingress = [] } }) => ingress);
    const letting = rules.filter((rule) => ports.length === 0 || ports.some((port) => letsPort(rule, port)));
    if (letting.length === 0) return { state: 'closed', policies: refs };
    return { state: letting.some(letsEveryAddress) ? 'open' : 'limited', policies: refs };
  }

  #hostWays(key: string): readonly Way[] {
    const { view } = this.#network;
    const object = view.object(key);
    const path = object === undefined ? undefined : podPathOf(object.kind);
    if (path === undefined) return [];
    const spec = fieldsAt(object, ...path, 'spec');
    const common = { scope: 'nodes', through: [], hosts: [] } as const;
    if (spec['hostNetwork'] === true)
      return [
        {
          ...common,
          kind: 'host-network',
          ports: this.#network.portsOf(key),
          state: 'not-filtered',
          policies: [],
        },
      ];
    const ports = fieldsList(spec['containers'])
      .flatMap((container) => fieldsList(container['ports']))
      .flatMap((port): readonly ListeningPort[] => {
        const { containerPort, hostPort } = port;
        if (typeof containerPort !== 'number' || typeof hostPort !== 'number' || hostPort <= 0) return [];
        return [{ protocol: protocolOf(port['protocol']), port: containerPort }];
      });
    return ports.length === 0 ? [] : [{ ...common, kind: 'host-port', ports, ...this.#stateOf(key, ports) }];
  }
}

/** The port of the pods behind a port of a Service; a name that no pod gives stays without number. */
function endOf({ protocol, target, port }: ServicePort, listening: readonly ListeningPort[]): ListeningPort {
  if (typeof target === 'number') {
    const named = listening.find((one) => one.port === target && one.protocol === protocol)?.name;
    return { protocol, port: target, ...(named === undefined ? {} : { name: named }) };
  }
  const found = listening.find(({ name }) => name === target);
  return { protocol, port: found?.port ?? port, name: target };
}

const scopeWeights = { outside: 4, nodes: 2, private: 1 } as const;
const stateWeights = { open: 3, 'not-filtered': 3, limited: 2, closed: 0 } as const;

/** How urgent the widest way is, to sort by. */
function worst(ways: readonly Way[]): number {
  return Math.max(
    ...ways.map(
      ({ scope, state }) => stateWeights[state] * 10 + (typeof scope === 'string' ? scopeWeights[scope] : 2),
    ),
  );
}

/** Key of whom a way goes through last before the workload; undefined where it comes by the host. */
export function lastOf({ through }: Way): string | undefined {
  const last = through.at(-1);
  return last === undefined ? undefined : keyOf(last);
}
