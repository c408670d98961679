import type { RbacSubject } from '../index/rbac.ts';
import type { AccessGraph, Permission } from './access.ts';
import { namesAllowed } from './permissions.ts';
import { type Power, powers } from './powers.ts';
import { subjectKeyOf } from './subjects.ts';

/** A power that somebody has, where, and by what. */
export interface HeldPower {
  readonly power: Power;
  /** '' for everywhere. */
  readonly namespace: string;
  /** Objects that it is limited to; empty for any. */
  readonly names: readonly string[];
  readonly permission: Permission;
}

/** One step of a way up: who goes on as whom, and what allows it. */
export interface ReachStep {
  readonly from: RbacSubject;
  /** Undefined for the whole cluster. */
  readonly to: RbacSubject | undefined;
  readonly held: HeldPower;
}

/** How far somebody gets. */
export interface Reach {
  /** All others that can be acted as, nearest first; each with the last step that leads there. */
  readonly accounts: readonly { readonly subject: RbacSubject; readonly step: ReachStep }[];
  /** The steps that end in everything, the fewest that there are; undefined when there is no such way. */
  readonly toCluster: readonly ReachStep[] | undefined;
  /** More can be reached than `accounts` lists. */
  readonly isCut: boolean;
}

/** How many others a reach lists. */
const mostAccounts = 500;

/**
 * How far subjects get beyond what their roles say, at one moment. What was found is remembered, so that asking for all of
 * them costs little more than asking for one.
 */
export class Escalation {
  readonly #graph: AccessGraph;
  readonly #places: Places;
  readonly #powers = new Map<string, readonly HeldPower[]>();
  #toCluster: ReadonlySet<string> | undefined;

  constructor(graph: AccessGraph) {
    this.#graph = graph;
    this.#places = new Places(graph);
  }

  /** The powers that a subject has itself, the worst first. One that counts for the whole cluster only is none within a namespace. */
  powersOf(subject: RbacSubject): readonly HeldPower[] {
    const key = subjectKeyOf(subject);
    const known = this.#powers.get(key);
    if (known !== undefined) return known;
    const found = findPowers(this.#graph.permissionsOf(subject));
    this.#powers.set(key, found);
    return found;
  }

  /** Whether the subject gets to do everything, by itself or as others. */
  leadsToCluster(subject: RbacSubject): boolean {
    this.#toCluster ??= this.#findToCluster();
    return this.#toCluster.has(subjectKeyOf(subject));
  }

  /** How far a subject gets by its powers and by those of whom it can act as. */
  reachOf(start: RbacSubject): Reach {
    const stepTo = new Map<string, ReachStep>();
    const queue: RbacSubject[] = [start];
    let last: ReachStep | undefined;
    for (const from of queue) {
      for (const held of this.powersOf(from)) {
        if (isWhole(held)) last ??= { from, to: undefined, held };
        for (const to of this.#places.reachedBy(held)) {
          const key = subjectKeyOf(to);
          if (stepTo.has(key) || key === subjectKeyOf(start)) continue;
          stepTo.set(key, { from, to, held });
          queue.push(to);
        }
      }
    }
    const [, ...reached] = queue;
    return {
      accounts: reached.slice(0, mostAccounts).flatMap((subject) => {
        const step = stepTo.get(subjectKeyOf(subject));
        return step === undefined ? [] : [{ subject, step }];
      }),
      isCut: reached.length > mostAccounts,
      toCluster: last === undefined ? undefined : [...waybackOf(last.from, stepTo), last],
    };
  }

  /** Backwards from those that may do everything themselves to all that can act as one of them. */
  #findToCluster(): ReadonlySet<string> {
    const actsAs = new Map<string, string[]>();
    const found = new Set<string>();
    for (const subject of this.#graph.subjects()) {
      const key = subjectKeyOf(subject);
      const held = this.powersOf(subject);
      if (held.some(isWhole)) found.add(key);
      for (const to of held.flatMap((one) => this.#places.reachedBy(one))) {
        const others = actsAs.get(subjectKeyOf(to));
        if (others === undefined) actsAs.set(subjectKeyOf(to), [key]);
        else others.push(key);
      }
    }
    for (const key of found) for (const other of actsAs.get(key) ?? []) found.add(other);
    return found;
  }
}

function findPowers(permissions: readonly Permission[]): readonly HeldPower[] {
  const found: HeldPower[] = [];
  for (const permission of permissions) {
    for (const power of powers) {
      if (power.clusterWide === true && permission.namespace !== '') continue;
      const names = namesOf(power, permission);
      if (names === undefined) continue;
      const { namespace } = permission;
      const isKnown = found.some(
        (held) => held.power === power && covers(held.namespace, namespace) && held.names.length === 0,
      );
      if (!isKnown) found.push({ power, namespace, names, permission });
    }
  }
  // Who may do everything may do all the rest; saying so again would hide it.
  const everything = found.find(({ power }) => power.id === 'everything');
  if (everything !== undefined) return [everything];
  return found.sort((a, b) => powers.indexOf(a.power) - powers.indexOf(b.power));
}

/** The steps that lead to whom, from the first. */
function waybackOf(end: RbacSubject, stepTo: ReadonlyMap<string, ReachStep>): readonly ReachStep[] {
  const steps: ReachStep[] = [];
  for (let at = stepTo.get(subjectKeyOf(end)); at !== undefined; at = stepTo.get(subjectKeyOf(at.from)))
    steps.unshift(at);
  return steps;
}

/** Acting as a group of one's choice, or making a user of any name, is the same as everything. */
function isWhole({ power, names }: HeldPower): boolean {
  if (power.leads === 'cluster') return names.length === 0 || power.id === 'escalate';
  if (power.leads === 'groups') return names.length === 0 || names.includes('system:masters');
  return power.leads === 'users' && names.length === 0;
}

function namesOf(power: Power, { rules }: Permission): readonly string[] | undefined {
  const names = new Set<string>();
  for (const rule of rules) {
    for (const action of power.actions) {
      const found = namesAllowed(rule, action);
      if (found?.length === 0) return [];
      for (const name of found ?? []) names.add(name);
    }
  }
  return names.size === 0 ? undefined : [...names];
}

function covers(wide: string, namespace: string): boolean {
  return wide === '' || wide === namespace;
}

/** Who is where: service accounts by namespace, and those that pods run as. */
class Places {
  readonly #graph: AccessGraph;
  readonly #all: readonly RbacSubject[];
  #running: readonly RbacSubject[] | undefined;

  constructor(graph: AccessGraph) {
    this.#graph = graph;
    this.#all = graph.subjects();
  }

  reachedBy({ power, namespace, names }: HeldPower): readonly RbacSubject[] {
    const isThere = (subject: RbacSubject) =>
      covers(namespace, subject.namespace) && (names.length === 0 || names.includes(subject.name));
    switch (power.leads) {
      case 'accounts-by-pods':
        return this.#all.filter(
          (subject) => subject.kind === 'ServiceAccount' && covers(namespace, subject.namespace),
        );
      case 'accounts-of-pods':
        return this.#runningAs().filter((subject) => covers(namespace, subject.namespace));
      case 'accounts':
        return this.#all.filter((subject) => subject.kind === 'ServiceAccount' && isThere(subject));
      case 'users':
        return this.#all.filter((subject) => subject.kind === 'User' && isThere(subject));
      case 'groups':
        return this.#all.filter((subject) => subject.kind === 'Group' && isThere(subject));
      default:
        return [];
    }
  }

  #runningAs(): readonly RbacSubject[] {
    this.#running ??= this.#all.filter(
      ({ kind, namespace, name }) =>
        kind === 'ServiceAccount' && this.#graph.view.index.accounts.workloadsOf(namespace, name).length > 0,
    );
    return this.#running;
  }
}
