import { type KubeObject, keyOf, refOf } from '../model/object.ts';
import type { Verdict, VerdictState } from '../model/verdict.ts';
import { type Check, type ClusterView, type Control, defineControl } from './control.ts';
import { type EngineChange, PostureEngine, type VerdictChange } from './engine.ts';
import { listSelecting } from './selector-kinds.ts';

export const allStates: readonly VerdictState[] = ['pass', 'fail', 'unknown', 'excepted', 'not-applicable'];

export function control(id: string, baseScore: number, ...checks: Check[]): Control {
  return defineControl({
    id,
    name: `control ${id}`,
    baseScore,
    category: 'test',
    why: '',
    fix: '',
    checks,
    examples: { pass: [], fail: [] },
  });
}

export type Fields = Readonly<Record<string, unknown>>;
const spec = (object: KubeObject): Fields => (object['spec'] ?? {}) as Fields;

let judgings: string[] = [];

/** What was judged since the last call, or since the start of the engine: `rule Kind/name`, in order. */
export function takeJudged(): string[] {
  const taken = judgings;
  judgings = [];
  return taken;
}

const noting = (check: Check): Check => ({
  ...check,
  judge(object, context) {
    judgings.push(`${check.rule} ${object.kind}/${object.metadata.name}`);
    return check.judge(object, context);
  },
});

const bad = noting({
  rule: 'bad',
  kinds: ['Pod', 'Deployment', 'ReplicaSet'],
  judge: (object) =>
    spec(object)['bad'] === undefined
      ? []
      : [{ message: 'is bad', failedPaths: ['spec.bad'], deletePaths: ['spec.bad'] }],
});
const covered = noting({
  rule: 'covered',
  kinds: ['Pod'],
  applies: (object) => spec(object)['exempt'] !== true,
  judge(object, { view }) {
    const policies = view.list('NetworkPolicy', object.metadata.namespace);
    return policies.length > 0 ? [] : [{ message: 'no policy selects it' }];
  },
});
const bound = noting({
  rule: 'bound',
  kinds: ['RoleBinding'],
  judge(object, { view }) {
    const role = view.get('Role', object.metadata.namespace ?? '', String(spec(object)['role']));
    if (role === undefined || spec(role)['bad'] === undefined) return [];
    return [
      {
        message: 'gives bad rights',
        external: { kind: 'User', name: 'eve' },
        failedPaths: ['relatedObjects[1].spec.bad'],
        related: [object, role],
      },
    ];
  },
});
const crowded = noting({
  rule: 'crowded',
  kinds: ['Namespace'],
  judge(object, { view }) {
    const pods = view.list('Pod', object.metadata.name);
    if (pods.some((pod) => spec(pod)['bad'] === 'boom')) throw new Error('boom');
    return pods.length > 1 ? [{ message: `holds ${pods.length} pods`, related: [...pods] }] : [];
  },
});
const kubelet = noting({
  rule: 'kubelet',
  kinds: ['KubeletInfo', 'Namespace'],
  needs: ['KubeletInfo'],
  judge: (object) => (spec(object)['bad'] === undefined ? [] : [{ message: 'is bad' }]),
});

const selected = noting({
  rule: 'selected',
  kinds: ['Pod'],
  judge(object, { view }) {
    const labels = (spec(object)['labels'] ?? {}) as Readonly<Record<string, string>>;
    const found = listSelecting(view, 'NetworkPolicy', object.metadata.namespace ?? '', labels);
    return found.length > 0 ? [] : [{ message: 'nothing selects it' }];
  },
});

export const controls = [
  control('T-1', 9, bad),
  control('T-2', 7, covered, bad),
  control('T-3', 5, bound),
  control('T-4', 2, crowded),
  control('T-5', 7, kubelet),
];
export const selecting = [control('T-6', 7, selected)];

export class World implements ClusterView {
  readonly objects = new Map<string, KubeObject>();
  get(kind: string, namespace: string, name: string): KubeObject | undefined {
    return this.list(kind, namespace).find((object) => object.metadata.name === name);
  }
  list(kind: string, namespace?: string): KubeObject[] {
    return [...this.objects.values()]
      .filter(
        (one) =>
          one.kind === kind && (namespace === undefined || (one.metadata.namespace ?? '') === namespace),
      )
      .sort((a, b) => (keyOf(refOf(a)) < keyOf(refOf(b)) ? -1 : 1));
  }
  put(...objects: KubeObject[]): EngineChange[] {
    return objects.map((object) => {
      const ref = refOf(object);
      this.objects.set(keyOf(ref), object);
      return { key: keyOf(ref), ref, object };
    });
  }
  delete(object: KubeObject): EngineChange[] {
    const ref = refOf(object);
    this.objects.delete(keyOf(ref));
    return [{ key: keyOf(ref), ref }];
  }
}

export const clustered = new Set(['Namespace', 'KubeletInfo']);
const groups: Readonly<Record<string, string>> = { Deployment: 'apps/v1', ReplicaSet: 'apps/v1' };

export function object(kind: string, name: string, fields: Fields = {}, owner?: KubeObject): KubeObject {
  const ownerReferences =
    owner === undefined
      ? {}
      : {
          ownerReferences: [
            {
              apiVersion: owner.apiVersion,
              kind: owner.kind,
              name: owner.metadata.name,
              controller: true,
              ...(owner.metadata.uid === undefined ? {} : { uid: owner.metadata.uid }),
            },
          ],
        };
  const [namespace, short = name] = name.includes('/') ? name.split('/') : [undefined, name];
  return {
    apiVersion: groups[kind] ?? 'v1',
    kind,
    metadata: { name: short, ...(namespace === undefined ? {} : { namespace }), ...ownerReferences },
    spec: fields,
  };
}

export function start(...objects: KubeObject[]) {
  const world = new World();
  const engine = new PostureEngine({ controls, inputs: {}, view: world });
  const changes = engine.apply(world.put(...objects));
  takeJudged();
  return { world, engine, changes };
}

export const lines = (verdicts: Iterable<Verdict>): string[] =>
  [...verdicts]
    .map(({ controlId, object: { kind, name }, state }) => `${controlId} ${kind}/${name} ${state}`)
    .sort();

export const said = (changes: readonly VerdictChange[]): string[] =>
  changes
    .map(
      ({ verdict, before = 'none', removed }) =>
        `${verdict.controlId} ${verdict.object.kind}/${verdict.object.name} ${before}>${removed === true ? 'gone' : verdict.state}`,
    )
    .sort();
