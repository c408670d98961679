import { DataChanges } from './data-changes.ts';
import { VulnerabilityDatabaseError } from './database-error.ts';
import type { DatabaseFile } from './database-file.ts';

type Files = readonly Pick<DatabaseFile, 'path' | 'build' | 'ecosystems' | 'changes' | 'names'>[];

/**
 * The names of which files that are open tell something else than others did in their place; undefined where that cannot be said,
 * or for too many. Files are compared by their preparations, not by what they tell.
 */
export function changesBetween(before: Files, after: Files): DataChanges | undefined {
  const others = new Map(before.map((file) => [file.path, file]));
  const changed = after.map((file) => {
    const other = others.get(file.path);
    others.delete(file.path);
    return other === undefined ? () => namesIn(file) : () => changesOf(file, other);
  });
  const gone = [...others.values()].map((file) => () => namesIn(file));
  try {
    return allOrNone([...changed, ...gone]);
  } catch (error) {
    if (error instanceof VulnerabilityDatabaseError) return undefined;
    throw error;
  }
}

function allOrNone(asked: readonly (() => DataChanges | undefined)[]): DataChanges | undefined {
  const all = new DataChanges();
  for (const ask of asked) {
    const changes = ask();
    if (changes === undefined) return undefined;
    all.addAll(changes);
  }
  return all;
}

/** Of a file that was not there before, or is there no more: what it calls ecosystems concerns all names. */
function namesIn(file: Files[number]): DataChanges | undefined {
  return file.build === undefined || file.ecosystems.size > 0 ? undefined : file.names();
}

function changesOf(file: Files[number], before: Files[number]): DataChanges | undefined {
  if (file.build === undefined || before.build === undefined) return undefined;
  if (file.build.id === before.build.id) return noChanges;
  if (file.build.since !== before.build.id) return undefined;
  return areSame(file.ecosystems, before.ecosystems) ? file.changes() : undefined;
}

const noChanges = new DataChanges();

function areSame(left: ReadonlyMap<string, string>, right: ReadonlyMap<string, string>): boolean {
  return left.size === right.size && [...left].every(([key, value]) => right.get(key) === value);
}
