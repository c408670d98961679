/**
 * Labels that the series of an expression may have: these only, or any but these. A rule's templates can be held against
 * it before there is any data.
 */
export interface LabelSet {
  readonly kind: 'only' | 'all-but';
  readonly names: ReadonlySet<string>;
}

export const noLabels: LabelSet = { kind: 'only', names: new Set() };
export const anyLabels: LabelSet = { kind: 'all-but', names: new Set() };

export function only(names: Iterable<string>): LabelSet {
  return { kind: 'only', names: new Set(names) };
}

export function mayHave({ kind, names }: LabelSet, name: string): boolean {
  return kind === 'only' ? names.has(name) : !names.has(name);
}

export function withNames(set: LabelSet, added: Iterable<string>): LabelSet {
  const names = new Set(set.names);
  for (const name of added) {
    if (set.kind === 'only') names.add(name);
    else names.delete(name);
  }
  return { kind: set.kind, names };
}

export function withoutNames(set: LabelSet, removed: Iterable<string>): LabelSet {
  const names = new Set(set.names);
  for (const name of removed) {
    if (set.kind === 'only') names.delete(name);
    else names.add(name);
  }
  return { kind: set.kind, names };
}

/** Those of `names` that the set may have. */
export function restrictedTo(set: LabelSet, names: Iterable<string>): LabelSet {
  return only([...names].filter((name) => mayHave(set, name)));
}

/** What either may have. */
export function union(a: LabelSet, b: LabelSet): LabelSet {
  if (a.kind === 'only') return withNames(b, a.names);
  if (b.kind === 'only') return withNames(a, b.names);
  return { kind: 'all-but', names: new Set([...a.names].filter((name) => b.names.has(name))) };
}
