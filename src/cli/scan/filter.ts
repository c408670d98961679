import type { Inventory } from '../../inventory/inventory.ts';
import { BadInputError } from '../../kit/app-error.ts';
import { didYouMean } from '../../kit/nearest.ts';
import type { ObjectRef } from '../../model/object.ts';
import { keyOf } from '../../model/object.ts';
import type { Control } from '../../posture/control.ts';
import { controlOf } from '../../posture/frameworks/index.ts';

/** What of a target is told of; everything is still read, as verdicts rest on other objects. */
export interface FilterFlags {
  readonly includeNamespaces?: readonly string[];
  readonly excludeNamespaces?: readonly string[];
  readonly includeKinds?: readonly string[];
  readonly excludeKinds?: readonly string[];
  readonly includeControls?: readonly string[];
  readonly excludeControls?: readonly string[];
  /** Label selectors, `app=web,tier!=db,!legacy`; all must hold. */
  readonly selector?: readonly string[];
}

/**
 * The controls that are left.
 *
 * @throws {BadInputError} for one that does not exist, or that none of the chosen frameworks has.
 */
export function filterControls(
  controls: readonly Control[],
  { includeControls, excludeControls }: FilterFlags,
  frameworks: readonly string[],
): readonly Control[] {
  const included = includeControls?.map((id) => controlOf(id, '--include-controls', controls));
  const excluded = new Set(excludeControls?.map((id) => controlOf(id, '--exclude-controls', controls)));
  const absent = included?.find((control) => !controls.includes(control));
  if (absent !== undefined)
    throw new BadInputError(
      '--include-controls',
      `${absent.id} is not in ${frameworks.join(', ')}; add --framework AllControls`,
    );
  const left = controls.filter(
    (control) => !excluded.has(control) && (included === undefined || included.includes(control)),
  );
  if (left.length === 0) throw new BadInputError('--exclude-controls', 'leaves no control to judge by');
  return left;
}

/**
 * Whether an object is told of; undefined when all are.
 *
 * @throws {BadInputError} for a namespace or kind that is not there, and for filters that leave no object: an empty pass
 * would say nothing.
 */
export function objectFilter(
  inventory: Inventory,
  flags: FilterFlags,
): ((ref: ObjectRef) => boolean) | undefined {
  const { includeNamespaces, excludeNamespaces, includeKinds, excludeKinds, selector } = flags;
  if (![includeNamespaces, excludeNamespaces, includeKinds, excludeKinds, selector].some(Boolean))
    return undefined;
  const refs = [...inventory.keys()].flatMap((key) => inventory.ref(key) ?? []);
  const namespaces = new Set(
    refs.map(({ kind, namespace, name }) => (kind === 'Namespace' ? name : namespace)),
  );
  namespaces.delete('');
  const kinds = new Set(refs.map(({ kind }) => kind));
  const chosen = {
    inNamespaces: known(includeNamespaces, namespaces, '--include-namespaces', 'namespace'),
    notNamespaces: known(excludeNamespaces, namespaces, '--exclude-namespaces', 'namespace'),
    inKinds: known(includeKinds, kinds, '--include-kinds', 'kind'),
    notKinds: known(excludeKinds, kinds, '--exclude-kinds', 'kind'),
  };
  const requirements = (selector ?? []).flatMap(readSelector);
  const isWanted = (ref: ObjectRef): boolean => {
    const namespace = ref.kind === 'Namespace' ? ref.name : ref.namespace;
    if (chosen.inNamespaces?.has(namespace) === false || chosen.notNamespaces?.has(namespace)) return false;
    if (chosen.inKinds?.has(ref.kind) === false || chosen.notKinds?.has(ref.kind)) return false;
    if (requirements.length === 0) return true;
    const labels = inventory.object(keyOf(ref))?.metadata.labels ?? {};
    return requirements.every((holds) => holds(labels));
  };
  if (!refs.some(isWanted))
    throw new BadInputError('', `the filters leave none of the ${refs.length} objects; nothing was judged`);
  return isWanted;
}

function known(
  asked: readonly string[] | undefined,
  there: ReadonlySet<string>,
  flag: string,
  noun: string,
): ReadonlySet<string> | undefined {
  return (
    asked &&
    new Set(
      asked.map((name) => {
        const found = [...there].find((one) => one.toLowerCase() === name.toLowerCase());
        if (found !== undefined) return found;
        const hint = didYouMean(name, there);
        const all = [...there].sort();
        const rest = hint === '' && all.length <= 20 ? `; there are: ${all.join(', ')}` : hint;
        throw new BadInputError(flag, `no object is of ${noun} "${name}"${rest}`);
      }),
    )
  );
}

type Holds = (labels: Readonly<Record<string, string>>) => boolean;

/** Selectors of Kubernetes, by equality and by sets, as kubectl's `-l` takes them: `app=web,tier in (a, b),!legacy`. */
function readSelector(text: string): Holds[] {
  // Commas within brackets are part of a set.
  return text.split(/,(?![^(]*\))/).map((raw): Holds => {
    const part = raw.trim();
    const set = /^([\w./-]+)\s+(in|notin)\s+\(([^()]*)\)$/.exec(part);
    if (set !== null) {
      const [, key = '', operator, list = ''] = set;
      const values = list.split(',').map((value) => value.trim());
      return (labels) =>
        (Object.hasOwn(labels, key) && values.includes(labels[key] ?? '')) === (operator === 'in');
    }
    const match = /^(!?)([\w./-]+)\s*(?:(==|=|!=)\s*([\w.-]*))?$/.exec(part);
    const [, not, key = '', operator, value = ''] = match ?? [];
    if (match === null || (not === '!' && operator !== undefined))
      throw new BadInputError(
        '--selector',
        `expected key=value, key!=value, key in (a, b), key notin (a, b), key or !key, got "${part}"`,
      );
    if (operator === undefined) return (labels) => Object.hasOwn(labels, key) === (not === '');
    const wanted = operator !== '!=';
    return (labels) => (Object.hasOwn(labels, key) && labels[key] === value) === wanted;
  });
}
