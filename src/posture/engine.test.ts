import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Unreadable } from '../model/change.ts';
import { type KubeObject, keyOf, refOf } from '../model/object.ts';
import type { Verdict, VerdictState } from '../model/verdict.ts';
import { type Check, type ClusterView, type Control, defineControl } from './control.ts';
import { type EngineChange, PostureEngine, type VerdictChange } from './engine.ts';
import { judge } from './judge-once.ts';
import { listSelecting } from './selector-kinds.ts';

const allStates: readonly VerdictState[] = ['pass', 'fail', 'unknown', 'excepted', 'not-applicable'];

function control(id: string, baseScore: number, ...checks: Check[]): Control {
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

type Fields = Readonly<Record<string, unknown>>;
const spec = (object: KubeObject): Fields => (object['spec'] ?? {}) as Fields;

let judged: string[] = [];
const noting = (check: Check): Check => ({
  ...check,
  judge(object, context) {
    judged.push(`${check.rule} ${object.kind}/${object.metadata.name}`);
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

const controls = [
  control('T-1', 9, bad),
  control('T-2', 7, covered, bad),
  control('T-3', 5, bound),
  control('T-4', 2, crowded),
  control('T-5', 7, kubelet),
];
const selecting = [control('T-6', 7, selected)];

class World implements ClusterView {
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

const clustered = new Set(['Namespace', 'KubeletInfo']);
const groups: Readonly<Record<string, string>> = { Deployment: 'apps/v1', ReplicaSet: 'apps/v1' };

function object(kind: string, name: string, fields: Fields = {}, owner?: KubeObject): KubeObject {
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

function start(...objects: KubeObject[]) {
  const world = new World();
  const engine = new PostureEngine({ controls, inputs: {}, view: world });
  const changes = engine.apply(world.put(...objects));
  judged = [];
  return { world, engine, changes };
}

const lines = (verdicts: Iterable<Verdict>): string[] =>
  [...verdicts]
    .map(({ controlId, object: { kind, name }, state }) => `${controlId} ${kind}/${name} ${state}`)
    .sort();

const said = (changes: readonly VerdictChange[]): string[] =>
  changes
    .map(
      ({ verdict, before = 'none', removed }) =>
        `${verdict.controlId} ${verdict.object.kind}/${verdict.object.name} ${before}>${removed === true ? 'gone' : verdict.state}`,
    )
    .sort();

describe('a change', () => {
  it('is reported for each control whose verdict it alters, and for no other', () => {
    const { world, engine } = start(object('Pod', 'shop/web'), object('NetworkPolicy', 'shop/all'));
    expect(said(engine.apply(world.put(object('Pod', 'shop/web', { bad: 1 }))))).toEqual([
      'T-1 Pod/web pass>fail',
      'T-2 Pod/web pass>fail',
    ]);
    expect(said(engine.apply(world.put(object('Pod', 'shop/web', { bad: 1, other: 2 }))))).toEqual([]);
    expect(said(engine.apply(world.put(object('Pod', 'shop/web', { bad: 2 }))))).toEqual([
      'T-1 Pod/web fail>fail',
      'T-2 Pod/web fail>fail',
    ]);
    expect(said(engine.apply(world.delete(object('Pod', 'shop/web'))))).toEqual([
      'T-1 Pod/web fail>gone',
      'T-2 Pod/web fail>gone',
    ]);
    expect(engine.size).toBe(1);
  });

  it('judges again those that asked a question that it answers, and nothing else', () => {
    const { world, engine } = start(
      object('Pod', 'shop/web'),
      object('Pod', 'blog/web'),
      object('Namespace', 'shop'),
      object('RoleBinding', 'shop/rb', { role: 'r' }),
      object('RoleBinding', 'shop/other', { role: 'x' }),
    );
    const changes = engine.apply(world.put(object('NetworkPolicy', 'shop/all')));
    expect(said(changes)).toEqual(['T-2 Pod/web fail>pass']);
    expect(changes[0]?.causeKey).toBe('/NetworkPolicy/shop/all');
    expect(changes[0]?.key).toBe('/Pod/shop/web');
    expect(judged.filter((line) => line.includes('Pod'))).toEqual(['covered Pod/web', 'bad Pod/web']);
    judged = [];
    expect(said(engine.apply(world.put(object('Role', 'shop/r', { bad: 1 }))))).toEqual([
      'T-3 RoleBinding/rb pass>fail',
    ]);
    expect(judged).toEqual(['bound RoleBinding/rb']);
  });

  it('of a selector judges again those that it chose before or chooses now, and no other', () => {
    const world = new World();
    const engine = new PostureEngine({ controls: selecting, inputs: {}, view: world });
    const pod = (name: string, app: string) => object('Pod', name, { labels: { app } });
    const policy = (fields: Fields) => object('NetworkPolicy', 'shop/one', fields);
    const choosing = (app: string) => policy({ podSelector: { matchLabels: { app } } });
    engine.apply(world.put(pod('shop/web', 'web'), pod('shop/db', 'db'), pod('blog/web', 'web')));
    const outcome = (changes: EngineChange[]) => {
      judged = [];
      return { said: said(engine.apply(changes)), judged: judged.sort() };
    };
    expect(outcome(world.put(choosing('web')))).toEqual({
      said: ['T-6 Pod/web fail>pass'],
      judged: ['selected Pod/web'],
    });
    expect(outcome(world.put(choosing('none'))).judged).toEqual(['selected Pod/web']);
    expect(outcome(world.put(policy({ podSelector: {} }))).judged).toEqual([
      'selected Pod/db',
      'selected Pod/web',
    ]);
    expect(outcome(world.put(choosing('db'))).said).toEqual(['T-6 Pod/web pass>fail']);
    expect(outcome(world.delete(policy({}))).said).toEqual(['T-6 Pod/db pass>fail']);
    expect(outcome(world.put(pod('shop/web', 'db'))).judged).toEqual(['selected Pod/web']);
    expect(outcome(world.put(choosing('db'))).judged).toEqual(['selected Pod/db', 'selected Pod/web']);
  });

  it('of an owner lets go of what it covers and takes it on again', () => {
    const deployment = object('Deployment', 'shop/web', { bad: 1 });
    const set = object('ReplicaSet', 'shop/web-1', { bad: 1 }, deployment);
    const pod = object('Pod', 'shop/web-1-a', { bad: 1 }, set);
    const { world, engine } = start(pod, set, deployment, object('NetworkPolicy', 'shop/all'));
    expect(lines(engine.verdicts()).filter((line) => !line.startsWith('T-5'))).toEqual([
      'T-1 Deployment/web fail',
      'T-2 Deployment/web fail',
    ]);
    expect(said(engine.apply(world.delete(deployment)))).toEqual([
      'T-1 Deployment/web fail>gone',
      'T-1 ReplicaSet/web-1 none>fail',
      'T-2 Deployment/web fail>gone',
      'T-2 ReplicaSet/web-1 none>fail',
    ]);
    expect(said(engine.apply(world.delete(set)))).toContain('T-1 Pod/web-1-a none>fail');
    expect(said(engine.apply(world.put(set)))).toContain('T-1 Pod/web-1-a fail>gone');
  });

  it('of an owner that was made anew under the same name leaves orphans to be judged', () => {
    const first = object('ReplicaSet', 'shop/web');
    const owner = { ...first, metadata: { ...first.metadata, uid: '1' } };
    const heir = { ...first, metadata: { ...first.metadata, uid: '2' } };
    const { world, engine } = start(owner, object('Pod', 'shop/p', { bad: 1 }, owner));
    expect(said(engine.apply(world.put(heir)))).toContain('T-1 Pod/p none>fail');
  });
});

describe('what cannot be judged', () => {
  it('is unknown when a check throws, with the reason', () => {
    const { engine } = start(object('Namespace', 'shop'), object('Pod', 'shop/a', { bad: 'boom' }));
    expect(engine.verdict('T-4', '/Namespace//shop')).toMatchObject({
      state: 'unknown',
      reason: 'the check crowded failed on it: boom',
    });
  });

  it('is unknown when what it asked cannot be read, once for a kind that it judges', () => {
    const { engine } = start(object('Pod', 'shop/web'), object('RoleBinding', 'shop/rb', { role: 'r' }));
    const unreadable = (kind: string): Unreadable => ({
      group: '',
      kind,
      reason: '403: may not list',
      sinceMs: 0,
    });
    const changes = engine.setUnreadable([unreadable('NetworkPolicy'), unreadable('RoleBinding')]);
    expect(said(changes)).toEqual(['T-2 Pod/web fail>unknown', 'T-3 RoleBinding/* none>unknown']);
    expect(changes.map(({ verdict }) => verdict.reason)).toEqual([
      'it depends on NetworkPolicy objects, which could not be read: 403: may not list',
      'RoleBinding objects could not be read: 403: may not list',
    ]);
    expect(said(engine.setUnreadable([]))).toEqual([
      'T-2 Pod/web unknown>fail',
      'T-3 RoleBinding/* unknown>gone',
    ]);
  });

  it('is unknown when facts are missing that a control needs, until they come', () => {
    const { world, engine, changes } = start(object('Namespace', 'shop', { bad: 1 }));
    expect(said(changes)).toContain('T-5 KubeletInfo/* none>unknown');
    expect(said(engine.apply(world.put(object('KubeletInfo', 'node-1'))))).toEqual([
      'T-5 KubeletInfo/* unknown>gone',
      'T-5 KubeletInfo/node-1 none>pass',
      'T-5 Namespace/shop none>fail',
    ]);
    expect(said(engine.apply(world.delete(object('KubeletInfo', 'node-1'))))).toContain(
      'T-5 Namespace/shop fail>gone',
    );
  });
});

describe('a drill', () => {
  it('is judged, but counted nowhere and seen by no other verdict', () => {
    const { world, engine } = start(object('Namespace', 'shop'), object('Pod', 'shop/a'));
    const before = JSON.stringify([...engine.counts()]);
    const put = world
      .put(object('Pod', 'shop/drill', { bad: 1 }))
      .map((change) => ({ ...change, drill: 'd1' }));
    const changes = engine.apply(put);
    expect(said(changes)).toContain('T-1 Pod/drill none>fail');
    expect(changes.every(({ drill }) => drill === 'd1')).toBe(true);
    expect(JSON.stringify([...engine.counts()])).toBe(before);
    expect(lines(engine.verdicts())).not.toContain('T-1 Pod/drill fail');
    expect(lines(engine.verdicts({ drills: true }))).toContain('T-1 Pod/drill fail');
    engine.apply(world.put(object('Pod', 'shop/a', { other: 1 })));
    expect(engine.verdict('T-4', '/Namespace//shop')?.state).toBe('pass');
    expect(said(engine.apply(world.delete(object('Pod', 'shop/drill'))))).toContain(
      'T-1 Pod/drill fail>gone',
    );
    expect(JSON.stringify([...engine.counts()])).toBe(before);
  });
});

describe('evidence', () => {
  const of = (breaches: ReturnType<Check['judge']>, subject: KubeObject) => {
    const check: Check = { rule: 'r', kinds: [subject.kind], judge: () => breaches };
    const engine = judge({
      controls: [control('T', 5, check)],
      inputs: {},
      view: new World(),
      objects: [subject],
    });
    return engine.verdict('T', keyOf(refOf(subject)))?.evidence;
  };
  const pod = object('Pod', 'shop/web', {
    containers: [
      {
        name: 'app',
        image: 'x',
        env: [{ name: 'DB_PASSWORD', value: 'hunter2' }],
        args: ['--token=abc', '--v=2'],
      },
    ],
  });

  it('names the field, its value and the way to mend it', () => {
    expect(of([{ message: 'm', failedPaths: ['spec.containers[0].image'], fixPaths: [] }], pod)).toEqual([
      {
        path: 'spec.containers[0].image',
        stablePath: 'spec.containers[name=app].image',
        message: 'm',
        value: '"x"',
      },
    ]);
    const fixPaths = [
      { path: 'spec.hostPID', value: 'false' },
      { path: 'spec.hostIPC', value: 'false' },
    ];
    expect(of([{ message: 'm', fixPaths }], pod)?.map(({ fix }) => fix)).toEqual(fixPaths);
  });

  it('says one thing of a variable whose name and value are both in breach, and not its value', () => {
    const paths = ['spec.containers[0].env[0].name', 'spec.containers[0].env[0].value'];
    const found = of([{ message: 'm', failedPaths: paths, deletePaths: paths }], pod);
    expect(found).toEqual([
      {
        path: 'spec.containers[0].env[0]',
        stablePath: 'spec.containers[name=app].env[name=DB_PASSWORD]',
        message: 'm',
        value: '{"name":"DB_PASSWORD","value":"<redacted>"}',
        fix: { deletePath: 'spec.containers[0].env[0]' },
      },
    ]);
  });

  it('never shows secrets, and not more than 200 characters', () => {
    const shown = (path: string, subject: KubeObject) =>
      of([{ message: 'm', reviewPaths: [path] }], subject)?.[0]?.value;
    expect(shown('spec.containers[0]', pod)).not.toContain('hunter2');
    expect(shown('spec.containers[0].args[0]', pod)).toBe('"--token=<redacted>"');
    expect(shown('spec.containers[0].args[1]', pod)).toBe('"--v=2"');
    const secret = { ...object('Secret', 'shop/s'), data: { a: 'c2VjcmV0' } };
    expect(shown('data', secret)).toBe('{"a":"<redacted>"}');
    expect(shown('data.a', secret)).toBe('"<redacted>"');
    expect(shown('spec.long', object('Pod', 'shop/x', { long: 'y'.repeat(500) }))).toHaveLength(200);
  });

  it('tells subjects of one binding apart where no field of it is in breach', () => {
    const { engine } = start(
      object('Role', 'shop/r', { bad: 1 }),
      object('RoleBinding', 'shop/rb', { role: 'r' }),
    );
    const verdict = engine.verdict('T-3', '/RoleBinding/shop/rb');
    expect(verdict?.evidence).toEqual([
      { path: '', stablePath: 'subject:User/eve', message: 'gives bad rights' },
    ]);
    expect(verdict?.related.map(keyOf)).toEqual(['/Role/shop/r']);
  });
});

it('leaves kinds of other groups alone that only share a name', () => {
  const foreign = { ...object('Pod', 'shop/web', { bad: 1 }), apiVersion: 'fleet.example.com/v1' };
  expect(lines(start(foreign).engine.verdicts()).filter((line) => line.includes('web'))).toEqual([]);
});

const namespaces = ['shop', 'blog'];
const fields = fc.record(
  {
    bad: fc.constantFrom(1, 2, 'boom'),
    exempt: fc.boolean(),
    role: fc.constantFrom('a', 'b'),
    labels: fc.constantFrom({}, { app: 'a' }, { app: 'b' }),
    podSelector: fc.constantFrom({}, { matchLabels: { app: 'a' } }, { matchLabels: { app: 'b' } }),
  },
  { requiredKeys: [] },
);
const subject = fc
  .tuple(
    fc.constantFrom(
      'Pod',
      'Deployment',
      'ReplicaSet',
      'NetworkPolicy',
      'Role',
      'RoleBinding',
      'Namespace',
      'KubeletInfo',
    ),
    fc.constantFrom(...namespaces),
    fc.constantFrom('a', 'b', 'c'),
    fields,
    fc.constantFrom(undefined, 'Deployment', 'ReplicaSet'),
    fc.constantFrom('1', '2'),
  )
  .map(([kind, namespace, name, content, owner, uid]) => {
    const isOwned = owner !== undefined && owner !== kind && !clustered.has(kind);
    const full = clustered.has(kind) ? (kind === 'Namespace' ? namespace : name) : `${namespace}/${name}`;
    const parent = isOwned ? object(owner, `${namespace}/${name}`) : undefined;
    const made = object(kind, full, content, parent);
    return kind === 'ReplicaSet' ? { ...made, metadata: { ...made.metadata, uid } } : made;
  });
const operation = fc.oneof(
  { weight: 6, arbitrary: subject.map((one) => ({ type: 'put' as const, one })) },
  { weight: 2, arbitrary: subject.map((one) => ({ type: 'delete' as const, one })) },
);
const batch = fc.record({
  operations: fc.array(operation, { maxLength: 6 }),
  unreadable: fc.option(fc.subarray(['NetworkPolicy', 'Role', 'Pod', 'KubeletInfo']), {
    nil: undefined,
    freq: 4,
  }),
});

it('stands, after any sequence of changes, where one look at the end would', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(fc.array(batch, { maxLength: 12 }), (batches) => {
      const all = [...controls, ...selecting];
      const world = new World();
      const engine = new PostureEngine({ controls: all, inputs: {}, view: world });
      const folded = new Map<string, Verdict>();
      let unreadable: Unreadable[] = [];
      for (const one of batches) {
        const input = one.operations.flatMap(({ type, one: what }) =>
          type === 'put' ? world.put(what) : world.delete(what),
        );
        fold(folded, engine.apply(input));
        if (one.unreadable === undefined) continue;
        unreadable = one.unreadable.map((kind) => ({ group: '', kind, reason: '403', sinceMs: 0 }));
        fold(folded, engine.setUnreadable(unreadable));
      }
      const fresh = judge({
        controls: all,
        inputs: {},
        view: world,
        unreadable,
        objects: [...world.objects.values()],
      });
      fold(folded, engine.apply([]));
      const final = byId(fresh.verdicts({ states: allStates }));
      expect(byId(engine.verdicts({ states: allStates }))).toEqual(final);
      // What was reported on the way adds up to the same.
      expect(byId(folded.values())).toEqual(final);
      expect(counted(engine)).toEqual(counted(fresh));
      expect([...engine.resources()].map((one) => JSON.stringify(one)).sort()).toEqual(
        [...fresh.resources()].map((one) => JSON.stringify(one)).sort(),
      );
      for (const gone of [...world.objects.values()]) engine.apply(world.delete(gone));
      engine.setUnreadable([]);
      expect(engine.held).toEqual({ verdicts: 0, units: 0, sets: 0, tokens: 0 });
    }),
    { numRuns: 150 },
  );
});

function fold(into: Map<string, Verdict>, changes: readonly VerdictChange[]): void {
  for (const { verdict, before, removed } of changes) {
    const id = `${verdict.controlId} ${keyOf(verdict.object)}`;
    expect(into.get(id)?.state).toBe(before);
    if (removed === true) into.delete(id);
    else into.set(id, verdict);
  }
}

function byId(verdicts: Iterable<Verdict>): string[] {
  return [...verdicts].map((verdict) => JSON.stringify(verdict)).sort();
}

function counted(engine: PostureEngine): string[] {
  return [...engine.counts()].map((row) => JSON.stringify(row)).sort();
}

describe('controls that come and go', () => {
  const objects = ['a', 'b'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'shop' },
    spec: { type: name },
  }));
  const onServices = (id: string, bad: string): Control => ({
    ...{ id, name: id, baseScore: 5, category: '', why: '', fix: '' },
    examples: { pass: [], fail: [] },
    checks: [
      {
        rule: id,
        kinds: ['*'],
        judge: ({ spec }) =>
          (spec as { type: string }).type === bad ? [{ message: 'bad', failedPaths: ['spec.type'] }] : [],
      },
    ],
  });
  const engineWith = (room: number): PostureEngine =>
    judge({
      ...{ controls: [onServices('fixed', 'a')], inputs: {}, room, objects },
      view: { get: () => undefined, list: () => [] },
      objectOf: (key) => objects.find((one) => key.endsWith(`/${one.metadata.name}`)),
    });
  const said = (engine: PostureEngine) =>
    [...engine.verdicts({ states: ['fail'] })]
      .map(({ controlId, object }) => `${controlId} ${object.name}`)
      .sort();

  it('judge at once, and take their verdicts with them', () => {
    const engine = engineWith(2);
    const [one, two] = [onServices('one', 'b'), onServices('two', 'a')];
    const came = engine.setMoreControls([one]);
    expect(came.map(({ verdict, before }) => [verdict.controlId, verdict.state, before])).toEqual([
      ['one', 'pass', undefined],
      ['one', 'fail', undefined],
    ]);
    expect(said(engine)).toEqual(['fixed a', 'one b']);
    expect(engine.setMoreControls([two, one]).every(({ verdict }) => verdict.controlId === 'two')).toBe(true);
    expect(said(engine)).toEqual(['fixed a', 'one b', 'two a']);
    const went = engine.setMoreControls([two]);
    expect(went.map(({ verdict, removed }) => [verdict.controlId, removed])).toEqual([
      ['one', true],
      ['one', true],
    ]);
    expect(
      [...engine.counts()].map(({ controlId, states }) => [controlId, states.fail, states.pass]),
    ).toEqual([
      ['fixed', 1, 1],
      ['two', 1, 1],
    ]);
    expect(engine.verdict('one', '/Service/shop/b')).toBeUndefined();
  });

  it('are no more than there is room for', () => {
    const engine = engineWith(1);
    engine.setMoreControls([onServices('one', 'b'), onServices('two', 'a')]);
    expect(said(engine)).toEqual(['fixed a', 'one b']);
  });

  it('take what could not be asked with them, too', () => {
    const engine = engineWith(1);
    const broken: Control = {
      ...onServices('broken', 'a'),
      checks: [{ rule: 'broken', kinds: [], manual: 'no', judge: () => [] }],
    };
    const unknowns = () =>
      [...engine.counts()].filter(({ states }) => states.unknown > 0).map(({ controlId }) => controlId);
    engine.setMoreControls([broken]);
    expect(unknowns()).toEqual(['broken']);
    engine.setMoreControls([{ ...broken }]);
    expect(unknowns()).toEqual(['broken']);
    engine.setMoreControls([]);
    expect(unknowns()).toEqual([]);
  });
});
