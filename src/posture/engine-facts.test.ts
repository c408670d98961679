import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../model/object.ts';
import type { Check, ClusterView } from './control.ts';
import { defineControl } from './control.ts';
import { defaultInputs } from './inputs.ts';
import { judge } from './judge-once.ts';

function verdictsOf(checks: readonly Check[], objects: readonly KubeObject[]) {
  const control = defineControl({
    id: 'C-9999',
    name: 'Test',
    baseScore: 5,
    category: 'Test',
    why: '',
    fix: '',
    checks,
    examples: { pass: [], fail: [] },
  });
  const view: ClusterView = {
    get: () => undefined,
    list: (kind) => objects.filter((object) => object.kind === kind),
  };
  const engine = judge({ controls: [control], inputs: defaultInputs, view, objects });
  return [...engine.verdicts({ states: ['pass', 'fail', 'unknown', 'not-applicable'] })].map(
    ({ state, object, reason, evidence }) => ({ state, name: object.name, reason, evidence }),
  );
}

function object(kind: string, name: string, namespace?: string): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
}

const pods: Check = { rule: 'pods', kinds: ['Pod'], judge: () => [] };

describe('a check that is confined to a namespace', () => {
  it('says nothing at all of objects elsewhere, and judges those without one', () => {
    const confined = { ...pods, namespace: 'kube-system' };
    const list = [object('Pod', 'a', 'shop'), object('Pod', 'b', 'kube-system'), object('Pod', 'c')];
    expect(verdictsOf([confined], list).map(({ name }) => name)).toEqual(['b', 'c']);
  });
});

describe('a check that awaits an object', () => {
  const waiting: Check = {
    ...pods,
    awaits: 'the pod of the API server',
    applies: ({ metadata }) => metadata.name === 'api',
  };

  it('is unknown once while there is none, however many others there are', () => {
    const said = verdictsOf([waiting], [object('Pod', 'a'), object('Pod', 'b')]);
    expect(said.filter(({ state }) => state === 'unknown')).toMatchObject([
      { name: '*', reason: 'needs the pod of the API server, which is not among the objects here' },
    ]);
  });

  it('is not when it has judged one', () => {
    expect(verdictsOf([waiting], [object('Pod', 'api')])).toMatchObject([{ state: 'pass', name: 'api' }]);
  });
});

describe('alternative checks', () => {
  const cloud: Check = {
    rule: 'cloud',
    kinds: ['ClusterDescribe'],
    needs: ['ClusterDescribe'],
    alternative: true,
    judge: () => [],
  };
  const native: Check = { ...pods, awaits: 'the pod of the API server' };

  it('are content with one of them', () => {
    expect(verdictsOf([cloud, native], [object('Pod', 'a')])).toMatchObject([{ state: 'pass' }]);
    expect(verdictsOf([cloud, native], [object('ClusterDescribe', 'a')])).toMatchObject([{ state: 'pass' }]);
  });

  it('are unknown once without any', () => {
    expect(verdictsOf([cloud, native], [])).toMatchObject([{ state: 'unknown' }]);
  });
});

describe('what cannot be told', () => {
  it('is unknown by the reason of the check, which is then not asked', () => {
    const blind: Check = {
      ...pods,
      unreadable: () => 'spec.x is no text',
      judge: () => [{ message: 'wrong' }],
    };
    expect(verdictsOf([blind], [object('Pod', 'a')])).toMatchObject([
      { state: 'unknown', reason: 'spec.x is no text' },
    ]);
  });

  it('is unknown where a person has to look, and fails where something is wrong besides', () => {
    const review = { message: 'look at it', undecided: true as const };
    expect(verdictsOf([{ ...pods, judge: () => [review] }], [object('Pod', 'a')])).toMatchObject([
      { state: 'unknown', reason: 'look at it' },
    ]);
    const both: Check = { ...pods, judge: () => [review, { message: 'wrong' }] };
    expect(verdictsOf([both], [object('Pod', 'a')])).toMatchObject([
      { state: 'fail', evidence: [{ message: 'wrong' }] },
    ]);
  });

  it('names all facts that are missing in one verdict', () => {
    const check: Check = { ...pods, kinds: ['A'], needs: ['A', 'B'] };
    expect(verdictsOf([check], [])).toMatchObject([
      { state: 'unknown', reason: 'needs A and B facts, which nothing reports here' },
    ]);
  });
});

describe('evidence of facts', () => {
  it('shows what the check shows, with its value, and what to run', () => {
    const facts: Check = {
      ...pods,
      judge: () => [
        {
          message: 'too open',
          failedPaths: ['elsewhere'],
          fixCommand: 'chmod 600 /a',
          shown: [{ path: 'data.file.permissions', value: '0644' }, { path: 'data.file' }],
        },
      ],
    };
    const [verdict] = verdictsOf([facts], [object('Pod', 'a')]);
    const common = { message: 'too open', command: 'chmod 600 /a' };
    expect(verdict?.evidence).toEqual([
      { ...common, path: 'data.file.permissions', stablePath: 'data.file.permissions', value: '"0644"' },
      { ...common, path: 'data.file', stablePath: 'data.file' },
    ]);
  });
});
