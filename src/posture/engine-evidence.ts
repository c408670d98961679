import { formatRef, type KubeObject, keyOf, type ObjectRef, refOf } from '../model/object.ts';
import type { Evidence } from '../model/verdict.ts';
import type { Breach, ShownPlace } from './control.ts';
import { stablePathOf, valueAt } from './paths.ts';
import { redact } from './redact.ts';

const longestValue = 200;
const longestMessage = 600;

/** What the breaches of one object show: one piece of evidence a field, or one for the whole where no field is named. */
export function evidenceOf(object: KubeObject, breaches: readonly Breach[]): Evidence[] {
  const found = new Map<string, Evidence>();
  for (const breach of breaches) {
    for (const bare of evidenceOfBreach(object, breach)) {
      const evidence = breach.fixCommand ? { ...bare, command: breach.fixCommand } : bare;
      const same = found.get(evidence.stablePath);
      found.set(evidence.stablePath, same === undefined ? evidence : merged(same, evidence));
    }
  }
  return [...found.values()];
}

/** Other objects that the breaches rest on, each once. */
export function relatedOf(object: KubeObject, breaches: readonly Breach[]): ObjectRef[] {
  const own = keyOf(refOf(object));
  const found = new Map<string, ObjectRef>();
  for (const { objects = [], related = [] } of breaches) {
    for (const other of [...objects, ...related]) {
      if (typeof other.kind !== 'string') continue;
      const ref = refOf(other);
      const key = keyOf(ref);
      if (key !== own) found.set(key, ref);
    }
  }
  return [...found.values()];
}

function evidenceOfBreach(object: KubeObject, breach: Breach): Evidence[] {
  const own = keyOf(refOf(object));
  const other = breach.objects?.find((candidate) => keyOf(refOf(candidate)) !== own);
  const isOwn = other === undefined || breach.objects?.some((one) => keyOf(refOf(one)) === own) === true;
  const subject = isOwn ? object : other;
  const prefix = isOwn ? '' : `${keyOf(refOf(subject))}:`;
  const message = isOwn ? breach.message : `${formatRef(refOf(subject))}: ${breach.message}`;
  if (breach.shown !== undefined) return breach.shown.map((place) => shownEvidence(object, breach, place));
  const places = placesOf(breach, own);
  if (places.length === 0) {
    return [
      { path: '', stablePath: `${prefix}${externalName(breach)}`, message: capped(message, longestMessage) },
    ];
  }
  return places.map(({ path, fix }) => {
    const value = isOwn || subject !== undefined ? valueText(subject, path) : undefined;
    return {
      path: isOwn ? path : '',
      stablePath: `${prefix}${stablePathOf(subject, path)}`,
      message: capped(message, longestMessage),
      ...(value === undefined ? {} : { value }),
      ...(fix === undefined || !isOwn ? {} : { fix }),
    };
  });
}

function shownEvidence(object: KubeObject, breach: Breach, { path, value }: ShownPlace): Evidence {
  return {
    path,
    stablePath: stablePathOf(object, path),
    message: capped(breach.message, longestMessage),
    ...(value === undefined ? {} : { value: capped(JSON.stringify(value), longestValue) }),
  };
}

interface Place {
  readonly path: string;
  readonly fix?: NonNullable<Evidence['fix']>;
}

/**
 * The fields in breach with what to do about each. Fields that are to be set but do not fail by themselves are places of
 * their own, except that one to set mends one that fails.
 */
function placesOf(breach: Breach, own: string): Place[] {
  const localPaths = (paths: readonly string[] | undefined) =>
    (paths ?? []).flatMap((path) => localPath(path, breach, own) ?? []);
  const deletes = wholeItems(localPaths(breach.deletePaths));
  const paths = wholeItems([
    ...localPaths(breach.failedPaths),
    ...localPaths(breach.reviewPaths),
    ...deletes,
  ]);
  const fixes = (breach.fixPaths ?? []).filter(({ path }) => path !== '');
  const places: Place[] = [...new Set(paths)].map((path) => {
    const set =
      fixes.find((fix) => fix.path === path) ??
      (paths.length === 1 && fixes.length === 1 ? fixes[0] : undefined);
    if (set !== undefined) return { path, fix: { path: set.path, value: set.value } };
    return deletes.includes(path) ? { path, fix: { deletePath: path } } : { path };
  });
  const settled = new Set(
    places.flatMap(({ fix }) => (fix !== undefined && 'path' in fix ? [fix.path] : [])),
  );
  for (const { path, value } of fixes) {
    if (!settled.has(path)) places.push({ path, fix: { path, value } });
  }
  return places;
}

/** A path into the judged object; those into related objects (`relatedObjects[1].rules[0]`) only when that is the same object. */
function localPath(path: string, breach: Breach, own: string): string | undefined {
  const match = /^relatedObjects\[(\d+)\]\.?(.*)$/.exec(path);
  if (match === null) return path === '' ? undefined : path;
  const related = breach.related?.[Number(match[1])];
  if (related === undefined || keyOf(refOf(related)) !== own) return undefined;
  return match[2] === '' ? undefined : match[2];
}

/** An item that is in breach by both its name and its value (an environment variable) is in breach as a whole. */
function wholeItems(paths: readonly string[]): string[] {
  const all = new Set(paths);
  return [
    ...new Set(
      paths.map((path) => {
        const item = path.replace(/\.(?:name|value)$/, '');
        return item !== path && item.endsWith(']') && all.has(`${item}.name`) && all.has(`${item}.value`)
          ? item
          : path;
      }),
    ),
  ];
}

/** Tells apart breaches of one object that name no field: by the subject, say, that a binding gives rights to. */
function externalName(breach: Breach): string {
  if (typeof breach.external !== 'object' || breach.external === null) return '';
  const { kind, namespace, name } = breach.external as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string') return '';
  return `subject:${[kind, namespace, name].filter((part) => typeof part === 'string' && part !== '').join('/')}`;
}

function valueText(object: KubeObject, path: string): string | undefined {
  const value = valueAt(object, path);
  if (value === undefined) return undefined;
  return capped(JSON.stringify(redact(object, path, value)), longestValue);
}

function merged(first: Evidence, second: Evidence): Evidence {
  const message = first.message.includes(second.message)
    ? first.message
    : capped(`${first.message}; ${second.message}`, longestMessage);
  return { ...second, ...first, message };
}

function capped(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
