/**
 * Paths into objects, as controls write them: `spec.containers[0].image`, keys that hold other characters in brackets
 * and quotes: `metadata.annotations["example.com/a.b"]`. Single quotes and none are read too, as Kubescape writes these.
 */

/** One step of a path: a field's name or a place in a list. */
export type PathStep = string | number;

/**
 * Splits a path into its steps. Never throws: what is no step (`[x]`, an open bracket) is read as part of a field's name,
 * so that a look-up finds nothing there.
 */
export function parsePath(path: string): readonly PathStep[] {
  const known = parsed.get(path);
  if (known !== undefined) return known;
  const steps = stepsOf(path);
  if (parsed.size >= mostParsed) parsed.clear();
  parsed.set(path, steps);
  return steps;
}

/** The same paths are asked for in every object of a kind. */
const parsed = new Map<string, readonly PathStep[]>();
const mostParsed = 5000;

function stepsOf(path: string): PathStep[] {
  const steps: PathStep[] = [];
  for (const match of path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\[([^\]=]*)\]|([^.[]+)|\[/g)) {
    const [whole, index, quoted, bare, field] = match;
    if (index !== undefined) steps.push(Number(index));
    else if (quoted !== undefined) steps.push(quoted.replace(/\\(.)/g, '$1'));
    else steps.push(bare?.replace(/^'(.*)'$/, '$1') ?? field ?? whole);
  }
  return steps;
}

/** What stands at the path, `undefined` where nothing does. '' gives the object itself. */
export function valueAt(object: unknown, path: string): unknown {
  let at = object;
  for (const step of parsePath(path)) at = childOf(at, step);
  return at;
}

/**
 * The path with list items named by their `name` where they have one, so that reordering a list changes nothing:
 * `spec.containers[0].image` becomes `spec.containers[name=web].image`. Items without a name, or past the end of the
 * list, keep their index. A name that several items of one list share is no identity: these keep their index too.
 */
export function stablePathOf(object: unknown, path: string): string {
  let at = object;
  let out = '';
  for (const step of parsePath(path)) {
    const child = childOf(at, step);
    if (typeof step === 'number') out += `[${stableIndexOf(at, child, step)}]`;
    else if (/^[^.[\]"]+$/.test(step)) out += out === '' ? step : `.${step}`;
    else out += `[${JSON.stringify(step)}]`;
    at = child;
  }
  return out;
}

function stableIndexOf(list: unknown, item: unknown, index: number): string {
  const name = nameOf(item);
  if (name === undefined || !Array.isArray(list)) return String(index);
  const isShared = list.some((other, i) => i !== index && nameOf(other) === name);
  return isShared ? String(index) : `name=${name}`;
}

function nameOf(item: unknown): string | undefined {
  const name = childOf(item, 'name');
  return typeof name === 'string' && name !== '' ? name : undefined;
}

function childOf(parent: unknown, step: PathStep): unknown {
  if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, step)) return undefined;
  return (parent as Record<PathStep, unknown>)[step];
}
