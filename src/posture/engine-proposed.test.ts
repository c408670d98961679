import { describe, expect, it } from 'vitest';
import { memberOf } from '../inventory/shard.ts';
import { type KubeObject, keyOf, refOf } from '../model/object.ts';
import { type ClusterView, defineControl } from './control.ts';
import { controls } from './controls/index.generated.ts';
import type { PostureEngine } from './engine.ts';
import { defaultInputs } from './inputs.ts';
import { judge } from './judge-once.ts';

function object(kind: string, namespace: string, name: string, more: object = {}): KubeObject {
  const metadata = { name, ...(namespace === '' ? {} : { namespace }) };
  const group = kind.endsWith('Binding') || kind.endsWith('Role') ? 'rbac.authorization.k8s.io/v1' : 'v1';
  return { apiVersion: group, kind, metadata, ...more };
}

const privileged = {
  spec: { containers: [{ name: 'a', image: 'a', securityContext: { privileged: true } }] },
};

/** Objects of some namespaces that fail several controls, with relations between them. */
const cluster: readonly KubeObject[] = ['one', 'two', 'three', 'kube-system'].flatMap((namespace) => [
  object('Namespace', '', namespace),
  object('Pod', namespace, 'bad', privileged),
  object('ServiceAccount', namespace, 'robot'),
  object('ClusterRoleBinding', '', `admin-${namespace}`, {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'all' },
    subjects: [{ kind: 'ServiceAccount', namespace, name: 'robot' }],
  }),
  object('RoleBinding', namespace, 'admin', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'all' },
    subjects: [{ kind: 'ServiceAccount', namespace, name: 'robot' }],
  }),
]);
const all = [
  ...cluster,
  object('ClusterRole', '', 'all', { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] }),
];

function viewOf(objects: readonly KubeObject[]): ClusterView {
  return {
    get: (kind, namespace, name) =>
      objects.find(
        (one) =>
          one.kind === kind &&
          one.metadata.name === name &&
          (namespace === '' || one.metadata.namespace === namespace),
      ),
    list: (kind, namespace) =>
      objects.filter(
        (one) => one.kind === kind && (namespace === undefined || one.metadata.namespace === namespace),
      ),
  };
}

function said(engine: PostureEngine): string[] {
  return [...engine.verdicts({ states: ['pass', 'fail', 'unknown', 'excepted', 'not-applicable'] })]
    .map(
      (one) => `${one.controlId} ${keyOf(one.object)} ${one.state} ${one.evidence.map(({ path }) => path)}`,
    )
    .sort();
}

describe('an object that is proposed', () => {
  it('gets the verdicts that it has once it is there, whichever object it is', () => {
    const whole = judge({ controls, inputs: defaultInputs, view: viewOf(all), objects: all });
    for (const one of all) {
      const others = all.filter((other) => other !== one);
      const engine = judge({ controls, inputs: defaultInputs, view: viewOf(others), objects: others });
      const before = said(engine);
      const proposed = engine.judgeProposed({ object: one });
      const there = [...whole.verdicts({ states: ['fail', 'unknown', 'excepted'], key: keyOf(refOf(one)) })];
      expect(proposed).toEqual(there.filter(({ object: { name } }) => name !== '*'));
      // What is there is judged in place of what it replaces, too.
      expect(whole.judgeProposed({ object: one })).toEqual(proposed);
      expect(said(engine)).toEqual(before);
    }
  });

  it('is asked only about some controls, and is unknown where there is no time', () => {
    const engine = judge({ controls, inputs: defaultInputs, view: viewOf(all), objects: all });
    const pod = object('Pod', 'one', 'new', privileged);
    const isAsked = (id: string) => id === 'C-0057';
    expect(engine.judgeProposed({ object: pod, isAsked })).toMatchObject([
      { controlId: 'C-0057', state: 'fail' },
    ]);
    expect(engine.judgeProposed({ object: pod, isAsked, hasTime: () => false })).toMatchObject([
      { controlId: 'C-0057', state: 'unknown', reason: 'there was no time left to judge it' },
    ]);
  });

  it('sees itself among what it asks for', () => {
    const lone = defineControl({
      ...{ id: 'C-9998', name: 'Lone', baseScore: 5, category: 'Test', why: '', fix: '' },
      checks: [
        {
          rule: 'lone',
          kinds: ['Pod'],
          judge: (pod, { view }) =>
            view.list('Pod', pod.metadata.namespace).length === 1 &&
            view.get('Pod', 'lone', pod.metadata.name)?.metadata.name === 'a'
              ? [{ message: 'is alone' }]
              : [],
        },
      ],
      examples: { pass: [], fail: [] },
    });
    const engine = judge({ controls: [lone], inputs: defaultInputs, view: viewOf([]), objects: [] });
    expect(engine.judgeProposed({ object: object('Pod', 'lone', 'a') })).toHaveLength(1);
  });
});

describe('judging shared between replicas', () => {
  function replica(name: string, members: readonly string[]): PostureEngine {
    const isOurs = (namespace: string) => memberOf(namespace, members) === name;
    return judge({ controls, inputs: defaultInputs, view: viewOf(all), objects: all, isOurs });
  }

  it('gives together what one gives alone, each verdict once', () => {
    const alone = judge({ controls, inputs: defaultInputs, view: viewOf(all), objects: all });
    for (const members of [['a'], ['a', 'b'], ['a', 'b', 'c']]) {
      const together = members.flatMap((name) => said(replica(name, members)));
      expect(together.sort()).toEqual(said(alone));
    }
  });

  it('judges again only what moved when a member comes or goes, and ends where one look would', () => {
    const three = ['a', 'b', 'c'];
    for (const [before, after] of [
      [three, ['a', 'c']],
      [['a', 'c'], three],
    ] as const) {
      const engine = replica('a', before);
      const changes = engine.setShare((namespace) => memberOf(namespace, after) === 'a');
      expect(said(engine)).toEqual(said(replica('a', after)));
      for (const { verdict, removed } of changes) {
        const { namespace } = verdict.object;
        expect(memberOf(namespace, before)).not.toBe(memberOf(namespace, after));
        expect(removed === true).toBe(memberOf(namespace, before) === 'a');
      }
    }
  });
});
