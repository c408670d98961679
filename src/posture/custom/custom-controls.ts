import { formatRef, type KubeObject, refOf } from '../../model/object.ts';
import type { Breach, Check, ClusterView, Control } from '../control.ts';
import type { Framework } from '../frameworks/framework.ts';
import { valueAt } from '../paths.ts';
import { type Binding, type Denial, judgePolicy } from './judge-policy.ts';
import { type Policy, readPolicy } from './policy.ts';
import { type BindingFields, bindingShape, type FieldProblem, faultsOf } from './policy-fields.ts';
import { fieldsReadBy } from './read-places.ts';
import { kindOfResource, resourceOf } from './resources.ts';

/** Kinds of objects that custom controls are made of. */
export const policyKinds = ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'] as const;

/** More are not judged: each is asked of every object that it may be about. */
export const mostCustomControls = 100;

/** The framework that all custom controls are in. */
export const customFrameworkName = 'Custom';

export interface PolicyProblem extends FieldProblem {
  readonly object: KubeObject;
}

export interface CustomControls {
  /** By policy, in the order of their names; one that is wrong is there too, and answers that it could not be asked. */
  readonly controls: readonly Control[];
  /** What the API server would refuse. */
  readonly problems: readonly PolicyProblem[];
  /** What is allowed, but says nothing: a policy without a binding, a binding without its policy. */
  readonly warnings: readonly string[];
}

/** Controls from ValidatingAdmissionPolicy objects and their bindings; objects of other kinds are left out. */
export function customControls(objects: Iterable<KubeObject>): CustomControls {
  const policies = new Map<string, KubeObject>();
  const bindings = new Map<string, Binding[]>();
  const problems: PolicyProblem[] = [];
  const warnings: string[] = [];
  for (const object of objects) {
    if (!isOfAdmission(object)) continue;
    if (object.kind === policyKinds[0]) policies.set(object.metadata.name, object);
    if (object.kind !== policyKinds[1]) continue;
    const faults = faultsOf(object['spec'], bindingShape, 'spec');
    problems.push(...faults.map((fault) => ({ ...fault, object })));
    if (faults.length > 0) continue;
    const fields = object['spec'] as BindingFields;
    const own = bindings.get(fields.policyName) ?? [];
    bindings.set(fields.policyName, [...own, { name: object.metadata.name, fields }]);
  }
  const sorted = [...policies.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const controls = sorted.slice(0, mostCustomControls).map((object) => {
    const { name } = object.metadata;
    const policy = readPolicy(object);
    if ('name' in policy) return controlOf(policy, bindings.get(name) ?? []);
    problems.push(...policy.map((fault) => ({ ...fault, object })));
    return brokenControl(object, policy);
  });
  for (const { metadata } of sorted.slice(0, mostCustomControls))
    if (!bindings.has(metadata.name))
      warnings.push(`the policy "${metadata.name}" has no binding, so it judges nothing`);
  for (const [name, own] of bindings)
    if (!policies.has(name))
      warnings.push(`the binding "${own[0]?.name ?? ''}" is for the policy "${name}", which is not there`);
  if (sorted.length > mostCustomControls)
    warnings.push(
      `${sorted.length - mostCustomControls} policies are left out: at most ${mostCustomControls} are judged`,
    );
  return { controls, problems, warnings };
}

/** The framework of these controls; undefined when there are none. */
export function customFramework(controls: readonly Control[]): Framework | undefined {
  if (controls.length === 0) return undefined;
  const ids = controls.map(({ id }) => id);
  return { name: customFrameworkName, title: 'Your own ValidatingAdmissionPolicies', controls: ids };
}

/** For people: where, what, and for an expression the line with a caret. */
export function describeProblem({ object, path, message }: PolicyProblem): string {
  return `${formatRef(refOf(object))}: ${path} ${message}`;
}

function isOfAdmission({ apiVersion }: KubeObject): boolean {
  return typeof apiVersion === 'string' && apiVersion.startsWith('admissionregistration.k8s.io/');
}

const annotation = (object: KubeObject, name: string): string | undefined =>
  object.metadata.annotations?.[`skopos.io/${name}`];

const scores: Readonly<Record<string, number>> = { critical: 9, high: 7, medium: 5, low: 2 };

function described(object: KubeObject): Omit<Control, 'checks'> {
  const { name } = object.metadata;
  return {
    id: name,
    name: annotation(object, 'title') ?? name,
    baseScore: scores[annotation(object, 'severity') ?? ''] ?? 5,
    category: annotation(object, 'category') ?? 'Custom',
    why: annotation(object, 'why') ?? `The ValidatingAdmissionPolicy ${name} asks for it.`,
    fix: annotation(object, 'fix') ?? 'Change the object so that the policy would let it in.',
    examples: { pass: [], fail: [] },
  };
}

function brokenControl(object: KubeObject, faults: readonly FieldProblem[]): Control {
  const [first] = faults;
  const manual = `the policy cannot be asked: ${first?.path ?? 'spec'} ${first?.message ?? ''}`;
  return {
    ...described(object),
    isIdle: true,
    checks: [{ rule: object.metadata.name, kinds: [], manual, judge: () => [] }],
  };
}

function controlOf(policy: Policy, bindings: readonly Binding[]): Control {
  const ask = asker(policy, bindings);
  const check: Check = {
    rule: policy.name,
    kinds: kindsOf(policy),
    judgesOwned: true,
    applies: (object, { view }) => bindings.length > 0 && ask(object, view, 'keep') !== undefined,
    judge: (object, { view }) => (ask(object, view) ?? []).map((denial) => breachOf(denial, policy, object)),
  };
  return { ...described(policy.object), checks: [check], isIdle: bindings.length === 0 };
}

/** Whether a policy is about an object and what it says are one question: the answer to the first is kept for the second. */
function asker(policy: Policy, bindings: readonly Binding[]) {
  let kept: { readonly object: KubeObject; readonly said: readonly Denial[] | undefined } | undefined;
  return (object: KubeObject, view: ClusterView, keep?: 'keep'): readonly Denial[] | undefined => {
    const held = kept;
    kept = undefined;
    if (keep === undefined && held?.object === object) return held.said;
    const said = judgePolicy(policy, bindings, { object, resource: resourceOf(object, view), view });
    if (keep !== undefined) kept = { object, said };
    return said;
  };
}

/** The kinds that the policy may be about; `*` where its resources do not tell. */
function kindsOf({ fields }: Policy): readonly string[] {
  const resources = (fields.matchConstraints?.resourceRules ?? []).flatMap((rule) => rule.resources ?? []);
  const kinds = resources.map((resource) => kindOfResource.get(resource.split('/')[0] ?? ''));
  return kinds.includes(undefined) ? ['*'] : [...new Set(kinds.flatMap((kind) => kind ?? []))];
}

function breachOf({ message, validation, isUnknown }: Denial, policy: Policy, object: KubeObject): Breach {
  if (isUnknown === true) return { message, unknown: true };
  const paths = validation === undefined ? [] : fieldsReadBy(validation, policy);
  const path = paths.find((one) => valueAt(object, one) !== undefined) ?? paths[0];
  return path === undefined
    ? { message, external: { name: validation?.path ?? 'policy' }, objects: [object] }
    : { message, failedPaths: [path] };
}
