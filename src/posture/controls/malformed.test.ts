import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type KubeObject, keyOf, refOf } from '../../model/object.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { ClusterView, Control } from '../control.ts';
import { defaultInputs } from '../inputs.ts';
import { judge } from '../judge-once.ts';
import { type PathStep, parsePath } from '../paths.ts';
import { faultsIn } from '../shapes.ts';
import { controls } from './index.generated.ts';

const wrongValues: readonly unknown[] = [
  null,
  true,
  7,
  '',
  'x',
  [],
  {},
  [null],
  ['x'],
  [7],
  [{}],
  { x: null },
];

const withExamples = controls.filter(({ examples }) => examples.fail.length > 0);

describe.each(withExamples.map((control) => [control.id, control] as const))('%s', (_, control) => {
  const texts = [...control.examples.pass, ...control.examples.fail.map(({ yaml }) => yaml)];

  it('throws for no field of another shape, and for none that is missing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(undefined, ...wrongValues)), {
          minLength: 1,
          maxLength: 4,
        }),
        (text, mutations) => {
          const objects = read(text);
          for (const [pick, value] of mutations) mutate(objects, pick, structuredClone(value));
          for (const { reason = '' } of judged(control, objects))
            expect(reason).not.toContain('failed on it');
        },
      ),
      { numRuns: 25 },
    );
  });

  it('passes nothing whose place in breach is written in a shape that cannot be read', () => {
    for (const { yaml } of control.examples.fail) {
      for (const place of placesIn(control, read(yaml))) {
        for (const value of wrongValues) {
          const state = stateWith(control, yaml, place, value);
          expect([place.path, value, state]).not.toContain('pass');
        }
      }
    }
  });
});

it('is unknown with the path where a workload cannot be read', () => {
  const privileged = controls.filter(({ id }) => id === 'C-0057');
  const reasonOf = (spec: unknown) => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', namespace: 'b' },
      spec,
    } as KubeObject;
    const [control] = privileged;
    return control === undefined ? [] : judged(control, [pod]).map(({ state, reason }) => [state, reason]);
  };
  expect(reasonOf(undefined)).toEqual([['unknown', 'it cannot be read: spec is missing']]);
  expect(reasonOf({})).toEqual([['unknown', 'it cannot be read: spec.containers is missing']]);
  expect(reasonOf({ containers: 'web' })).toEqual([
    ['unknown', 'it cannot be read: spec.containers is a text, where a list belongs'],
  ]);
  expect(reasonOf({ containers: [{ securityContext: { privileged: 'true' } }] })).toEqual([
    [
      'unknown',
      'it cannot be read: spec.containers[0].securityContext.privileged is a text, where a flag belongs',
    ],
  ]);
  // What the check does not read does not matter to it.
  expect(reasonOf({ containers: [{ image: 7 }] })).toEqual([['pass', undefined]]);
  // A breach that can be seen is one.
  expect(reasonOf({ containers: [7, { securityContext: { privileged: true } }] })).toEqual([
    ['fail', undefined],
  ]);
});

it('is unknown where something else that a verdict rests on cannot be read', () => {
  const control = controls.find(({ id }) => id === 'C-0030');
  if (control === undefined) throw new Error('there is no C-0030');
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'b' },
    spec: { containers: [] },
  };
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'p', namespace: 'b' },
    spec: { podSelector: {}, policyTypes: { Ingress: true } },
  };
  const found = judged(control, [pod, policy]).find(({ object }) => object.kind === 'Pod');
  expect(found?.state).not.toBe('pass');
});

function read(text: string): KubeObject[] {
  return parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
}

function judged(control: Control, objects: readonly KubeObject[]): Verdict[] {
  const inputs = { ...defaultInputs, ...control.examples.inputs };
  const engine = judge({ controls: [control], inputs, view: viewOf(objects), objects });
  return [...engine.verdicts({ states: ['pass', 'fail', 'unknown'] })];
}

/** How an object stands with a value in place of what is in breach; undefined when that value can be read. */
function stateWith(control: Control, yaml: string, { at, path }: Place, value: unknown): string | undefined {
  const objects = read(yaml);
  const object = objects[at];
  if (object === undefined || !set(object, parsePath(path), structuredClone(value))) return undefined;
  if (![...faultsIn(object).keys()].some((fault) => fault.startsWith(path))) return undefined;
  return judged(control, objects).find((one) => keyOf(one.object) === keyOf(refOf(object)))?.state;
}

interface Place {
  readonly at: number;
  readonly path: string;
}

/** Where the verdicts on these objects see something wrong. */
function placesIn(control: Control, objects: readonly KubeObject[]): Place[] {
  return judged(control, objects).flatMap(({ object, evidence }) => {
    const at = objects.findIndex((one) => keyOf(refOf(one)) === keyOf(object));
    return evidence.flatMap(({ path }) => (path === '' || at < 0 ? [] : [{ at, path }]));
  });
}

/** Every place of an object below `spec` and its like, leaves and branches; what says which object it is stays. */
function placesOf(value: unknown, path: readonly PathStep[] = []): (readonly PathStep[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.keys(value).flatMap((key) => {
    const step = Array.isArray(value) ? Number(key) : key;
    const isIdentity = path.length === 0 && ['apiVersion', 'kind'].includes(key);
    const isName = path.length === 1 && path[0] === 'metadata' && ['name', 'namespace'].includes(key);
    return isIdentity || isName ? [] : placesOf((value as Record<PathStep, unknown>)[step], [...path, step]);
  });
  return path.length === 0 || path.join('.') === 'metadata' ? inner : [path, ...inner];
}

function mutate(objects: readonly KubeObject[], pick: number, value: unknown): void {
  const places = objects.flatMap((object) => placesOf(object).map((path) => ({ object, path })));
  const place = places[pick % Math.max(places.length, 1)];
  if (place !== undefined) set(place.object, place.path, value);
}

/** Sets, or with `undefined` takes away; false where there is nothing at the path. */
function set(object: KubeObject, path: readonly PathStep[], value: unknown): boolean {
  let at: unknown = object;
  for (const step of path.slice(0, -1)) at = (at as Record<PathStep, unknown> | undefined)?.[step];
  const last = path.at(-1);
  if (typeof at !== 'object' || at === null || last === undefined || !Object.hasOwn(at, last)) return false;
  const parent = at as Record<PathStep, unknown>;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return true;
}

function viewOf(objects: readonly KubeObject[]): ClusterView {
  const placeOf = (object: KubeObject) => refOf(object).namespace;
  return {
    get: (kind, namespace, name) =>
      objects.find((one) => one.kind === kind && placeOf(one) === namespace && one.metadata.name === name),
    list: (kind, namespace) =>
      objects.filter((one) => one.kind === kind && (namespace === undefined || placeOf(one) === namespace)),
  };
}
