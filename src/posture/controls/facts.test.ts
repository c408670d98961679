import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../model/object.ts';
import type { VerdictState } from '../../model/verdict.ts';
import type { ClusterView, Control } from '../control.ts';
import { decodedText, mappingOf } from '../embedded.ts';
import { defaultInputs } from '../inputs.ts';
import { judge } from '../judge-once.ts';
import { controls } from './index.generated.ts';

/** Controls over flags of the control plane, facts of hosts, and what clouds say. */
const ours = controls.filter(({ checks }) =>
  checks.some(
    ({ kinds, awaits }) =>
      awaits !== undefined ||
      kinds.some((kind) => /Info$|^ClusterDescribe$|Polic.*Version|ListEntities|DescribeRepo/.test(kind)),
  ),
);

describe.each(ours.map((control) => [control.id, control] as const))('%s', (_, control) => {
  const failing = control.examples.fail.map(({ yaml }) => objectsOf(yaml));

  it.skipIf(failing.length === 0)('never passes what it fails when part of it is of another type', () => {
    fc.assert(
      fc.property(fc.constantFrom(...failing), fc.nat(), fc.constantFrom(...rough), (objects, at, value) => {
        const parts = objects.map(opened) as KubeObject[];
        const places = parts.flatMap((object, i) => placesIn(object).map((path) => ({ i, path })));
        const place = places[at % places.length];
        // An empty field of a file is as good as none, and may well pass.
        if (place === undefined || (value === null && place.path.includes(mark))) return;
        const changed = parts.map((object, i) =>
          closed(i === place.i ? replaced(object, place.path, value) : object),
        );
        const said = statesOf(control, changed);
        const told = `${place.path.join('.')} = ${JSON.stringify(value)}: ${JSON.stringify(said)}`;
        expect(
          said.states.includes('pass') && !said.states.includes('fail') && !said.states.includes('unknown'),
          told,
        ).toBe(false);
        expect(
          said.reasons.filter((reason) => reason.includes('failed on it')),
          told,
        ).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('is unknown once, and no more, where there is nothing of what it is about', () => {
    const { states, reasons } = statesOf(control, []);
    expect(states).toEqual(['unknown']);
    expect(reasons[0]).toMatch(/needs /);
  });
});

const rough: readonly unknown[] = [null, true, 7, 'x', '', [], {}, [null], [[]], { x: 1 }];

/** The same with files inside of it opened, so that these are changed too. */
function opened(object: KubeObject): unknown {
  return JSON.parse(JSON.stringify(object), (key, value: unknown) => {
    if (key !== 'content' || typeof value !== 'string') return value;
    const inside = mappingOf(decodedText(value) ?? '');
    return inside === undefined ? value : { [mark]: inside };
  });
}

function closed(object: unknown): KubeObject {
  return JSON.parse(JSON.stringify(object), (_, value: unknown) => {
    const inside =
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[mark] : undefined;
    return inside === undefined ? value : btoa(JSON.stringify(inside));
  }) as KubeObject;
}

const mark = '(opened)';

function objectsOf(yaml: string): KubeObject[] {
  return parseAllDocuments(yaml).map((document) => document.toJS() as KubeObject);
}

type Path = readonly (string | number)[];

/** Everything that a check may read; who the object is cannot be in doubt. */
function placesIn(object: KubeObject): Path[] {
  const found: Path[] = [];
  const walk = (value: unknown, path: Path): void => {
    if (path.length > 0) found.push(path);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, child] of Object.entries(value))
      walk(child, [...path, Array.isArray(value) ? Number(key) : key]);
  };
  const { apiVersion, kind, metadata, ...rest } = object;
  walk(rest, []);
  return found;
}

/** A copy with another value at the path, of another type than was there. */
function replaced(at: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined)
    return typeof at === typeof value && Array.isArray(at) === Array.isArray(value) ? at : value;
  if (Array.isArray(at)) return at.map((item, i) => (i === step ? replaced(item, rest, value) : item));
  return { ...(at as object), [step]: replaced((at as Record<string | number, unknown>)[step], rest, value) };
}

function statesOf(
  control: Control,
  objects: readonly KubeObject[],
): { states: VerdictState[]; reasons: string[] } {
  const engine = judge({ controls: [control], inputs: defaultInputs, view: viewOf(objects), objects });
  const verdicts = [...engine.verdicts({ states: ['pass', 'fail', 'unknown'] })];
  return {
    states: verdicts.map(({ state }) => state),
    reasons: verdicts.flatMap(({ reason }) => reason ?? []),
  };
}

function viewOf(objects: readonly KubeObject[]): ClusterView {
  const namespaceOf = (object: KubeObject) => object.metadata.namespace ?? '';
  return {
    get: (kind, namespace, name) =>
      objects.find((o) => o.kind === kind && namespaceOf(o) === namespace && o.metadata.name === name),
    list: (kind, namespace) =>
      objects.filter((o) => o.kind === kind && (namespace === undefined || namespaceOf(o) === namespace)),
  };
}
