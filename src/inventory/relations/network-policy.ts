import { type KubeObject, type ObjectRef, refOf } from '../../model/object.ts';
import { type Fields, fieldsAt, fieldsList, isFields, textList, textOf } from '../index/fields.ts';
import { type LabelTest, labelSelector } from '../index/selectors.ts';

type Labels = Readonly<Record<string, string>>;

export type Direction = 'ingress' | 'egress';
export type Protocol = 'TCP' | 'UDP' | 'SCTP';

/** Whom a rule lets through. */
export type Peer =
  | {
      readonly kind: 'pods';
      /** Undefined: the policy's own namespace. */
      readonly namespaces: LabelTest | undefined;
      readonly pods: LabelTest;
      /** For people: `pods app=web in namespaces team=a`. */
      readonly text: string;
    }
  | {
      readonly kind: 'block';
      readonly cidr: string;
      readonly except: readonly string[];
      readonly text: string;
    };

/** Ports that a rule lets through: a number, a range, or a name that the pod behind gives to one of its ports. */
export interface PolicyPort {
  readonly protocol: Protocol;
  /** Undefined: all ports of the protocol. */
  readonly port: number | string | undefined;
  readonly endPort: number | undefined;
}

export interface PolicyRule {
  /** Empty: everyone. */
  readonly peers: readonly Peer[];
  /** Empty: every port. */
  readonly ports: readonly PolicyPort[];
}

/** A NetworkPolicy, read once. */
export interface Policy {
  readonly ref: ObjectRef;
  readonly selects: LabelTest;
  /** What it lets through in a direction; undefined when it does not concern that direction. */
  readonly rules: Readonly<Record<Direction, readonly PolicyRule[] | undefined>>;
}

/** One end of a connection. */
export interface PodEnd {
  readonly namespace: string;
  readonly namespaceLabels: Labels;
  readonly labels: Labels;
}

/** A port that something listens on, with the name that its pod gives it. */
export interface ListeningPort {
  readonly protocol: Protocol;
  readonly port: number;
  readonly name?: string;
}

/**
 * Reads a NetworkPolicy.
 *
 * Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function readPolicy(object: KubeObject): Policy {
  const spec = fieldsAt(object, 'spec');
  const types = policyTypes(spec);
  return {
    ref: refOf(object),
    selects: labelSelector(fieldsAt(object, 'spec', 'podSelector')),
    rules: {
      ingress: types.includes('Ingress')
        ? fieldsList(spec['ingress']).map((rule) => readRule(rule, 'from'))
        : undefined,
      egress: types.includes('Egress')
        ? fieldsList(spec['egress']).map((rule) => readRule(rule, 'to'))
        : undefined,
    },
  };
}

/** Left out, the policy concerns what comes in, and what goes out when it has rules for that. */
function policyTypes(spec: Fields): readonly string[] {
  const types = textList(spec['policyTypes']);
  if (types.length > 0) return types;
  return fieldsList(spec['egress']).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

function readRule(rule: Fields, side: 'from' | 'to'): PolicyRule {
  return {
    peers: fieldsList(rule[side]).map(readPeer),
    ports: fieldsList(rule['ports']).map(readPort),
  };
}

function readPeer(peer: Fields): Peer {
  const block = peer['ipBlock'];
  if (isFields(block)) {
    const cidr = textOf(block['cidr']);
    const except = textList(block['except']);
    return {
      kind: 'block',
      cidr,
      except,
      text: except.length === 0 ? cidr : `${cidr} but ${except.join(', ')}`,
    };
  }
  const { podSelector, namespaceSelector } = peer;
  const pods = isFields(podSelector) ? selectorText(podSelector, 'pods') : 'all pods';
  const place = isFields(namespaceSelector)
    ? ` in ${selectorText(namespaceSelector, 'namespaces')}`
    : ' in the same namespace';
  return {
    kind: 'pods',
    namespaces: isFields(namespaceSelector) ? labelSelector(namespaceSelector) : undefined,
    pods: isFields(podSelector) ? labelSelector(podSelector) : () => true,
    text: pods + place,
  };
}

function readPort(one: Fields): PolicyPort {
  const { port, endPort } = one;
  return {
    protocol: protocolOf(one['protocol']),
    port: typeof port === 'number' || typeof port === 'string' ? port : undefined,
    endPort: typeof endPort === 'number' ? endPort : undefined,
  };
}

export function protocolOf(value: unknown): Protocol {
  return value === 'UDP' || value === 'SCTP' ? value : 'TCP';
}

function selectorText(selector: Fields, what: string): string {
  const equal = Object.entries(fieldsAt(selector, 'matchLabels')).map(
    ([name, value]) => `${name}=${String(value)}`,
  );
  const others = fieldsList(selector['matchExpressions']).map((one) => {
    const values = textList(one['values']);
    const operator = textOf(one['operator']);
    const words = { In: 'in', NotIn: 'not in', Exists: 'is there', DoesNotExist: 'is not there' };
    const word = words[operator as keyof typeof words] ?? operator;
    return `${textOf(one['key'])} ${word}${values.length === 0 ? '' : ` (${values.join(', ')})`}`;
  });
  const all = [...equal, ...others];
  return all.length === 0 ? `all ${what}` : `${what} with ${all.join(', ')}`;
}

/** Whether the rule lets the pod through, from or to the other end of a policy in `home`. */
export function letsPod(rule: PolicyRule, pod: PodEnd, home: string): boolean {
  return (
    rule.peers.length === 0 ||
    rule.peers.some(
      (peer) =>
        peer.kind === 'pods' &&
        (peer.namespaces === undefined ? pod.namespace === home : peer.namespaces(pod.namespaceLabels)) &&
        peer.pods(pod.labels),
    )
  );
}

/** Whether the rule lets every address outside of the cluster through. */
export function letsEveryAddress(rule: PolicyRule): boolean {
  return (
    rule.peers.length === 0 ||
    rule.peers.some(
      (peer) => peer.kind === 'block' && peer.except.length === 0 && /^(0\.0\.0\.0|::)\/0$/.test(peer.cidr),
    )
  );
}

/** Whether the rule lets the port through. */
export function letsPort(rule: PolicyRule, { protocol, port, name }: ListeningPort): boolean {
  return (
    rule.ports.length === 0 ||
    rule.ports.some((one) => {
      if (one.protocol !== protocol) return false;
      if (one.port === undefined) return true;
      if (typeof one.port === 'string') return one.port === name;
      return one.endPort === undefined ? port === one.port : port >= one.port && port <= one.endPort;
    })
  );
}

/** For people: `every port`, `TCP 80, 8000–8080`. */
export function portsText(ports: readonly PolicyPort[]): string {
  if (ports.length === 0) return 'every port';
  const numbers = ports.map(({ protocol, port, endPort }) => {
    const range = endPort === undefined ? '' : `–${endPort}`;
    return port === undefined ? `every ${protocol} port` : `${protocol} ${port}${range}`;
  });
  return numbers.join(', ');
}
