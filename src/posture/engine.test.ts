import { describe, expect, it } from 'vitest';
import type { Unreadable } from '../model/change.ts';
import { type KubeObject, keyOf, refOf } from '../model/object.ts';
import type { Check } from './control.ts';
import { type EngineChange, PostureEngine } from './engine.ts';
import {
  control,
  type Fields,
  lines,
  object,
  said,
  selecting,
  start,
  takeJudged,
  World,
} from './engine-testing.ts';
import { judge } from './judge-once.ts';

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
    expect(takeJudged().filter((line) => line.includes('Pod'))).toEqual(['covered Pod/web', 'bad Pod/web']);
    takeJudged();
    expect(said(engine.apply(world.put(object('Role', 'shop/r', { bad: 1 }))))).toEqual([
      'T-3 RoleBinding/rb pass>fail',
    ]);
    expect(takeJudged()).toEqual(['bound RoleBinding/rb']);
  });

  it('of a selector judges again those that it chose before or chooses now, and no other', () => {
    const world = new World();
    const engine = new PostureEngine({ controls: selecting, inputs: {}, view: world });
    const pod = (name: string, app: string) => object('Pod', name, { labels: { app } });
    const policy = (fields: Fields) => object('NetworkPolicy', 'shop/one', fields);
    const choosing = (app: string) => policy({ podSelector: { matchLabels: { app } } });
    engine.apply(world.put(pod('shop/web', 'web'), pod('shop/db', 'db'), pod('blog/web', 'web')));
    const outcome = (changes: EngineChange[]) => {
      takeJudged();
      return { said: said(engine.apply(changes)), judged: takeJudged().sort() };
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
    const labelled = { ...choosing('db'), metadata: { ...choosing('db').metadata, labels: { a: 'b' } } };
    expect(outcome(world.put(labelled)).judged).toEqual([]);
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
