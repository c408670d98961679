import { keyOf, type ObjectRef } from '../../model/object.ts';
import type { RbacSubject } from '../index/rbac.ts';
import { AccessGraph } from './access.ts';
import { Escalation, type HeldPower, type ReachStep } from './escalation.ts';
import { Exposure, type Way } from './exposure.ts';
import { isTop, NetworkGraph } from './network.ts';
import { type Direction, type ListeningPort, type Policy, portsText } from './network-policy.ts';
import type { ObjectsView } from './objects-view.ts';
import type { Action } from './permissions.ts';
import { relatedTo } from './related.ts';
import { parseSubject, subjectKeyOf } from './subjects.ts';

interface Named {
  readonly key: string;
  readonly object: ObjectRef;
}

interface ReachableJson extends Named {
  readonly ways: readonly ReturnType<typeof wayJson>[];
}

/**
 * How objects hang together, as documents for the API and the command line: access, exposure, and the relations of one.
 * It shows one moment; what is worked out is kept, so that a page that asks twice is answered at once.
 */
export class RelationsReport {
  readonly #view: ObjectsView;
  readonly #access: AccessGraph;
  readonly #escalation: Escalation;
  readonly #network: NetworkGraph;
  #exposure: Exposure | undefined;
  #ranking: readonly ReturnType<RelationsReport['rowOf']>[] | undefined;
  #exposed: readonly ReachableJson[] | undefined;

  constructor(view: ObjectsView) {
    this.#view = view;
    this.#access = new AccessGraph(view);
    this.#escalation = new Escalation(this.#access);
    this.#network = new NetworkGraph(view);
  }

  /** @throws {BadInputError} for what is no subject as people write it. */
  parseSubject(text: string): RbacSubject {
    return parseSubject(text);
  }

  /** Everybody who has a power or something that runs as them, the most dangerous first. */
  ranking() {
    this.#ranking ??= this.#access
      .subjects()
      .map((subject) => this.rowOf(subject))
      .filter(({ powers, workloads }) => powers.length > 0 || workloads > 0)
      .sort(byDanger);
    return this.#ranking;
  }

  rowOf(subject: RbacSubject) {
    return {
      subject: subjectJson(subject),
      powers: this.#escalation.powersOf(subject).map(powerJson),
      leadsToCluster: this.#escalation.leadsToCluster(subject),
      workloads: this.#workloadsOf(subject).length,
    };
  }

  /** Everything about one subject. That it is not known anywhere shows in nothing being there. */
  subject(subject: RbacSubject) {
    const { accounts, toCluster, isCut } = this.#escalation.reachOf(subject);
    return {
      ...this.rowOf(subject),
      workloads: this.#workloadsOf(subject),
      permissions: this.#access.permissionsOf(subject).map(({ namespace, binding, role, named, rules }) => ({
        namespace,
        binding: namedOf(binding),
        role: namedOf(role),
        ...(subjectKeyOf(named) === subjectKeyOf(subject) ? {} : { group: named.name }),
        rules,
      })),
      unknownRoles: this.#access
        .unknownRolesOf(subject)
        .map(({ binding, role }) => ({ binding: namedOf(binding), role: namedOf(role) })),
      reaches: accounts.map(({ step }) => stepJson(step)),
      isCut,
      ...(toCluster === undefined ? {} : { toCluster: toCluster.map(stepJson) }),
    };
  }

  /** Who may do something in a namespace, '' for everywhere. */
  whoMay(action: Action, namespace: string) {
    return {
      items: this.#access.whoMay(action, namespace).map(({ subject, permission }) => ({
        subject: subjectJson(subject),
        namespace: permission.namespace,
        binding: namedOf(permission.binding),
        role: namedOf(permission.role),
      })),
    };
  }

  /** Every workload that can be reached from outside, the widest open first. */
  exposed(): readonly ReachableJson[] {
    this.#exposed ??= this.#exposureNow()
      .exposed()
      .map(({ object, ways }) => ({ ...namedOf(object), ways: ways.map(wayJson) }));
    return this.#exposed;
  }

  notEvaluated() {
    return this.#network.notEvaluated();
  }

  /** Whether one may connect to the other; undefined when one of them is not there or has no pods. */
  connection(from: string, to: string, ports: readonly ListeningPort[]) {
    const ends = [this.#view.ref(from), this.#view.ref(to)] as const;
    const asked = ports.length > 0 ? ports : this.#network.portsOf(to);
    const found = asked.map((port) => this.#network.connection(from, to, port));
    if (ends[0] === undefined || ends[1] === undefined || found.includes(undefined)) return undefined;
    return {
      from: namedOf(ends[0]),
      to: namedOf(ends[1]),
      notEvaluated: this.notEvaluated(),
      ports: found
        .filter((one) => one !== undefined)
        .map(({ port, isOpen, egress, ingress }) => ({
          port,
          isOpen,
          egress: { isOpen: egress.isOpen, policies: egress.policies.map(namedOf) },
          ingress: { isOpen: ingress.isOpen, policies: ingress.policies.map(namedOf) },
        })),
    };
  }

  /** What one object hangs together with; undefined when it is not there. */
  relations(key: string) {
    const object = this.#view.ref(key);
    if (object === undefined) return undefined;
    const account = this.#accountOf(key, object);
    return {
      ...namedOf(object),
      related: relatedTo(this.#view, key).map(({ relation, object: other, isHeld }) => ({
        ...namedOf(other),
        relation,
        isHeld,
      })),
      ...(this.#view.index.selectors.podLabels(key) === undefined
        ? {}
        : {
            network: {
              ways: this.#exposureNow().waysTo(key).map(wayJson),
              ingress: this.#traffic(key, 'ingress'),
              egress: this.#traffic(key, 'egress'),
              notEvaluated: this.notEvaluated(),
            },
          }),
      ...(account === undefined ? {} : { access: this.rowOf(account) }),
    };
  }

  #exposureNow(): Exposure {
    this.#exposure ??= new Exposure(this.#network);
    return this.#exposure;
  }

  #accountOf(key: string, { kind, namespace, name }: ObjectRef): RbacSubject | undefined {
    const account = kind === 'ServiceAccount' ? name : this.#view.index.accounts.accountOf(key);
    return account === undefined ? undefined : { kind: 'ServiceAccount', namespace, name: account };
  }

  #workloadsOf({ kind, namespace, name }: RbacSubject): readonly Named[] {
    if (kind !== 'ServiceAccount') return [];
    return this.#view.index.accounts
      .workloadsOf(namespace, name)
      .filter((key) => isTop(this.#view, key))
      .flatMap((key) => {
        const object = this.#view.ref(key);
        return object === undefined ? [] : [{ key, object }];
      });
  }

  #traffic(key: string, direction: Direction) {
    const policies = this.#network.policiesOf(key, direction);
    return {
      isLimited: policies.length > 0,
      rules: policies.flatMap((policy) => rulesJson(policy, direction)),
      denying: policies.filter(({ rules }) => rules[direction]?.length === 0).map(({ ref }) => namedOf(ref)),
    };
  }
}

function rulesJson({ ref, rules }: Policy, direction: Direction) {
  return (rules[direction] ?? []).map(({ peers, ports }) => ({
    policy: namedOf(ref),
    peers: peers.map(({ text }) => text),
    ports: portsText(ports),
  }));
}

function wayJson({ through, policies, ...way }: Way) {
  return { ...way, through: through.map(namedOf), policies: policies.map(namedOf) };
}

function stepJson({ from, to, held }: ReachStep) {
  return {
    from: subjectJson(from),
    ...(to === undefined ? {} : { to: subjectJson(to) }),
    power: powerJson(held),
  };
}

function powerJson({ power: { id, title, why, weight }, namespace, names, permission }: HeldPower) {
  const { binding, role } = permission;
  return { id, title, why, weight, namespace, names, binding: namedOf(binding), role: namedOf(role) };
}

function subjectJson(subject: RbacSubject) {
  return { ...subject, key: subjectKeyOf(subject) };
}

function namedOf(object: ObjectRef): Named {
  return { key: keyOf(object), object };
}

interface Row {
  readonly subject: { readonly key: string };
  readonly powers: readonly { readonly weight: number; readonly namespace: string }[];
  readonly leadsToCluster: boolean;
}

function byDanger(a: Row, b: Row): number {
  return (
    Number(b.leadsToCluster) - Number(a.leadsToCluster) ||
    weightOf(b) - weightOf(a) ||
    (a.subject.key < b.subject.key ? -1 : 1)
  );
}

/** What holds everywhere weighs more than any number of powers in one namespace. */
function weightOf({ powers }: Row): number {
  return powers.reduce((sum, { weight, namespace }) => sum + weight * (namespace === '' ? 10 : 1), 0);
}
