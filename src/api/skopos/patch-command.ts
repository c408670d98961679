import type { KubeObject, ObjectRef } from '../../model/object.ts';
import type { Evidence } from '../../model/verdict.ts';

type Step = string | number;

/** The `kubectl patch` that does in the cluster what the fix says; undefined when it must be done by hand. */
export function patchCommand(ref: ObjectRef, object: KubeObject, fix: Evidence['fix']): string | undefined {
  const operation = fix === undefined ? undefined : operationOf(object, fix);
  if (operation === undefined) return undefined;
  const kind = `${ref.kind.toLowerCase()}${ref.group === '' ? '' : `.${ref.group}`}`;
  const namespace = ref.namespace === '' ? '' : ` -n ${quoted(ref.namespace)}`;
  const patch = quoted(JSON.stringify([operation]));
  return `kubectl patch ${quoted(kind)} ${quoted(ref.name)}${namespace} --type=json -p ${patch}`;
}

/** As in RFC 6902. */
function operationOf(object: KubeObject, fix: NonNullable<Evidence['fix']>): unknown {
  const isDeletion = 'deletePath' in fix;
  const steps = stepsOf(isDeletion ? fix.deletePath : fix.path);
  const [at, depth] = deepest(object, steps);
  if (steps.length === 0) return undefined;
  const isThere = depth === steps.length;
  if (isDeletion) return isThere ? { op: 'remove', path: pointer(steps) } : undefined;
  const value = readValue(fix.value);
  return isThere ? { op: 'replace', path: pointer(steps), value } : addition(at, steps, depth, value);
}

/** Adds the value with all that is missing on the way. */
function addition(parent: unknown, steps: readonly Step[], depth: number, value: unknown): unknown {
  const step = steps[depth] ?? '';
  const isList = Array.isArray(parent);
  if (typeof parent !== 'object' || parent === null || isList !== (typeof step === 'number'))
    return undefined;
  const whole = steps
    .slice(depth + 1)
    .reduceRight<unknown>((inner, next) => (typeof next === 'number' ? [inner] : { [next]: inner }), value);
  return { op: 'add', path: pointer([...steps.slice(0, depth), isList ? '-' : step]), value: whole };
}

/** What stands as far along the steps as there is something, and how many steps that is. */
function deepest(object: unknown, steps: readonly Step[]): readonly [at: unknown, depth: number] {
  let at = object;
  for (const [depth, step] of steps.entries()) {
    const next = childOf(at, step);
    if (next === undefined) return [at, depth];
    at = next;
  }
  return [at, steps.length];
}

/** The steps of a path such as `spec.containers[0].image` or `metadata.annotations["a.b/c"]`. */
function stepsOf(path: string): Step[] {
  return [...path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)].map(([, index, text, field]) =>
    index === undefined ? (text?.replace(/\\(.)/g, '$1') ?? field ?? '') : Number(index),
  );
}

function childOf(at: unknown, step: Step): unknown {
  if (Array.isArray(at)) return typeof step === 'number' ? at[step] : undefined;
  if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
  return (at as Readonly<Record<string, unknown>>)[step];
}

function pointer(steps: readonly Step[]): string {
  return steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Fix values are texts: `true`, `NET_RAW`, `["ALL"]`. */
function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** For a shell. */
function quoted(text: string): string {
  return /^[\w./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
