import { groupOf, type KubeObject, type ObjectRef } from '../model/object.ts';
import { type Severity, severityOf } from '../model/verdict.ts';
import type { Check, Control } from './control.ts';
import { itemsOf } from './pod-spec.ts';

/** Stands for whatever kind an object is of. */
const anyKind = '*';

/** Stands where there is room for a control. */
export const noControl: Control = {
  ...{ id: '', name: '', baseScore: 0, category: '', why: '', fix: '' },
  ...{ checks: [], examples: { pass: [], fail: [] } },
};

/** Where controls stand: those that stay keep their places, new ones take those that are free. */
export function placed(before: readonly Control[], now: readonly Control[]): Control[] {
  const wanted = new Set(now);
  const added = now.filter((control) => !before.includes(control));
  return before.map((control) => (wanted.has(control) ? control : (added.shift() ?? noControl)));
}

/** One control's checks for one kind. */
export interface PlannedControl {
  /** The control's place in the list. */
  readonly column: number;
  readonly checks: readonly Check[];
  /** Whether objects that another workload made are judged too. */
  readonly judgesOwned: boolean;
}

/** What is to be asked of which kind, worked out once. */
export class Plan {
  readonly controls: readonly Control[];
  readonly severities: readonly Severity[];
  /** Kinds of facts that controls cannot do without, and which controls. */
  readonly neededBy: ReadonlyMap<string, readonly number[]>;
  /** Kinds that are judged, and by which controls. */
  readonly judgedBy: ReadonlyMap<string, readonly PlannedControl[]>;

  /** What a person has to find out, by the control's place in the list. */
  readonly manual: ReadonlyMap<number, string>;

  /** Controls that have nothing to say without certain objects: what is to be there, in words, and the kind it would be of. */
  readonly awaitedBy: ReadonlyMap<number, { readonly kind: string; readonly what: string }>;

  /** Controls for which missing facts do not matter once they have judged anything. */
  readonly alternatives: ReadonlySet<number>;

  /** By kind; by kind and namespace for namespaces that checks are confined to. */
  readonly #byPlace: ReadonlyMap<string, readonly PlannedControl[]>;
  readonly #columns: ReadonlyMap<string, number>;

  constructor(controls: readonly Control[]) {
    this.controls = controls;
    this.#columns = new Map(
      controls.flatMap((control, column) => (control === noControl ? [] : [[control.id, column]])),
    );
    this.severities = controls.map(({ baseScore }) => severityOf(baseScore));
    const neededBy = new Map<string, number[]>();
    const judgedBy = new Map<string, PlannedControl[]>();
    for (const [column, control] of controls.entries()) {
      const kinds = new Set(control.checks.flatMap((check) => check.kinds));
      for (const kind of kinds) {
        const checks = control.checks.filter((check) => check.kinds.includes(kind));
        judgedBy.set(kind, [
          ...(judgedBy.get(kind) ?? []),
          { column, checks, judgesOwned: isForOwned(checks) },
        ]);
      }
      for (const kind of new Set(control.checks.flatMap((check) => check.needs ?? []))) {
        neededBy.set(kind, [...(neededBy.get(kind) ?? []), column]);
      }
    }
    this.manual = new Map(
      controls.flatMap(({ checks }, column) =>
        checks.flatMap(({ manual }) => (manual === undefined ? [] : [[column, manual] as const])),
      ),
    );
    this.neededBy = neededBy;
    this.judgedBy = judgedBy;
    this.awaitedBy = awaitedIn(controls);
    this.alternatives = new Set(
      controls.flatMap(({ checks }, column) =>
        checks.some(({ needs }) => needs !== undefined) &&
        checks.every(({ needs, alternative }) => needs === undefined || alternative === true)
          ? [column]
          : [],
      ),
    );
    this.#byPlace = byPlace(judgedBy);
  }

  /** The control's place in the list; -1 for one that is not in it. */
  columnOf(controlId: string): number {
    return this.#columns.get(controlId) ?? -1;
  }

  /** Controls that judge the object's kind; none for a kind of somebody else's group that only shares the name (a Knative `Service`). */
  of(ref: ObjectRef): readonly PlannedControl[] {
    const any = this.judgedBy.get(anyKind) ?? [];
    if (isForeign(ref) && !this.neededBy.has(ref.kind)) return any;
    const own = this.#byPlace.get(`${ref.kind}|${ref.namespace}`) ?? this.#byPlace.get(ref.kind) ?? [];
    return any.length === 0 ? own : [...own, ...any];
  }
}

function awaitedIn(controls: readonly Control[]): Map<number, { kind: string; what: string }> {
  const found = new Map<number, { kind: string; what: string }>();
  for (const [column, { checks }] of controls.entries()) {
    for (const { awaits, kinds } of checks) {
      const [kind] = kinds;
      if (awaits !== undefined && kind !== undefined) found.set(column, { kind, what: awaits });
    }
  }
  return found;
}

function byPlace(
  judgedBy: ReadonlyMap<string, readonly PlannedControl[]>,
): Map<string, readonly PlannedControl[]> {
  const found = new Map<string, readonly PlannedControl[]>();
  for (const [kind, planned] of judgedBy) {
    const confined = new Set(
      planned.flatMap(({ checks }) => checks.flatMap(({ namespace }) => namespace ?? [])),
    );
    found.set(kind, confinedTo(undefined, planned));
    for (const namespace of [...confined, ''])
      found.set(`${kind}|${namespace}`, confinedTo(namespace, planned));
  }
  return found;
}

function isForOwned(checks: readonly Check[]): boolean {
  return checks.some(({ judgesOwned }) => judgesOwned === true);
}

/** What is left of the plan for objects of one namespace, or of all that no check is confined to. */
function confinedTo(
  namespace: string | undefined,
  planned: readonly PlannedControl[],
): readonly PlannedControl[] {
  return planned.flatMap(({ column, checks }) => {
    const left = checks.filter(
      (check) => check.namespace === undefined || namespace === '' || check.namespace === namespace,
    );
    return left.length === 0 ? [] : [{ column, checks: left, judgesOwned: isForOwned(left) }];
  });
}

/** Kinds of Kubernetes itself that other groups have reused the name of. */
const nativeKinds = new Set([
  'Pod',
  'Deployment',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'Service',
  'Ingress',
  'Namespace',
  'Node',
  'ConfigMap',
  'Secret',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'ClusterRole',
  'ClusterRoleBinding',
  'NetworkPolicy',
]);

function isForeign({ group, kind }: ObjectRef): boolean {
  return nativeKinds.has(kind) && group.includes('.') && !group.endsWith('.k8s.io');
}

const workloadKinds = new Set([
  'Pod',
  'Deployment',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
]);

/** The workload that made this one, if one did: while it exists it is judged in this one's place. A node that made a static pod is none. */
export function workloadOwnerOf(
  object: KubeObject,
): { readonly key: string; readonly uid: string } | undefined {
  if (!workloadKinds.has(object.kind)) return undefined;
  const owner = itemsOf(object.metadata.ownerReferences).find(({ item }) => item.controller === true)?.item;
  if (owner === undefined || !workloadKinds.has(owner.kind)) return undefined;
  const namespace = object.metadata.namespace ?? '';
  return {
    key: `${groupOf(owner.apiVersion ?? '')}/${owner.kind}/${namespace}/${owner.name}`,
    uid: owner.uid ?? '',
  };
}

/** Whether others can be owned by objects of this kind. */
export function canOwnWorkloads(kind: string): boolean {
  return workloadKinds.has(kind) && kind !== 'Pod';
}
