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
  const steps = stepsOf('deletePath' in fix ? fix.deletePath : fix.path);
  let at: unknown = object;
  let depth = 0;
  while (depth < steps.length) {
    const next = childOf(at, steps[depth] ?? '');
    if (next === undefined) break;
    at = next;
    depth++;
  }
  const isThere = depth === steps.length;
  if (steps.length === 0) return undefined;
  if ('deletePath' in fix) return isThere ? { op: 'remove', path: pointer(steps) } : undefined;
  const value = readValue(fix.value);
  if (isThere) return { op: 'replace', path: pointer(steps), value };
  // What is missing on the way is made with it.
  const missing = steps.slice(depth + 1).reverse();
  const whole = missing.reduce<unknown>(
    (inner, step) => (typeof step === 'number' ? [inner] : { [step]: inner }),
    value,
  );
  const step = steps[depth] ?? '';
  if (
    Array.isArray(at)
      ? typeof step !== 'number'
      : typeof at !== 'object' || at === null || typeof step === 'number'
  )
    return undefined;
  const end = Array.isArray(at) ? '-' : step;
  return { op: 'add', path: pointer([...steps.slice(0, depth), end]), value: whole };
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
