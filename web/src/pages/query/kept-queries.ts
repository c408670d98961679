import { useSyncExternalStore } from 'react';

/** A query that was run, or that was given a name to be found again. Kept in this browser only. */
export interface KeptQuery {
  readonly expr: string;
  readonly atMs: number;
  /** Only of saved ones. */
  readonly name?: string;
}

const keys = { history: 'skopos.query.history', saved: 'skopos.query.saved' } as const;
const most = { history: 100, saved: 500 } as const;
type Kind = keyof typeof keys;

const listeners = new Set<() => void>();
const cache = new Map<Kind, readonly KeptQuery[]>();

/** Newest first. Storage may be switched off or full: then they are kept until the page is left. */
export function keptQueries(kind: Kind): readonly KeptQuery[] {
  let list = cache.get(kind);
  if (list === undefined) {
    list = readStored(keys[kind]);
    cache.set(kind, list);
  }
  return list;
}

function readStored(key: string): readonly KeptQuery[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(stored) ? stored.filter((each) => typeof each?.expr === 'string') : [];
  } catch {
    return [];
  }
}

function store(kind: Kind, list: readonly KeptQuery[]): void {
  const kept = list.slice(0, most[kind]);
  cache.set(kind, kept);
  try {
    localStorage.setItem(keys[kind], JSON.stringify(kept));
  } catch {
    // Nothing can be kept beyond this page.
  }
  for (const listener of listeners) listener();
}

export function remember(expr: string): void {
  const others = keptQueries('history').filter((each) => each.expr !== expr);
  store('history', [{ expr, atMs: Date.now() }, ...others]);
}

export function save(name: string, expr: string): void {
  const others = keptQueries('saved').filter((each) => each.name !== name);
  store('saved', [{ name, expr, atMs: Date.now() }, ...others]);
}

export function forget(kind: Kind, query: KeptQuery): void {
  store(
    kind,
    keptQueries(kind).filter((each) => each !== query),
  );
}

export function forgetAll(kind: Kind): void {
  store(kind, []);
}

export function useKeptQueries(kind: Kind): readonly KeptQuery[] {
  return useSyncExternalStore(subscribe, () => keptQueries(kind));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
