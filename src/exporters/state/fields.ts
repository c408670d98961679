/** An object of Kubernetes or a part of one, of which nothing is known for sure. */
export type Fields = Readonly<Record<string, unknown>>;

const none: Fields = {};

/** What is at the end of a path of field names; undefined where any of them is missing. */
export function at(from: unknown, ...path: readonly string[]): unknown {
  let value = from;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Fields)[name];
  }
  return value ?? undefined;
}

/** The fields there; without any where there are none. */
export function fieldsAt(from: unknown, ...path: readonly string[]): Fields {
  const value = at(from, ...path);
  return isFields(value) ? value : none;
}

/** The members of a list that are objects. */
export function listAt(from: unknown, ...path: readonly string[]): readonly Fields[] {
  const value = at(from, ...path);
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** The members of a list that are texts. */
export function textsAt(from: unknown, ...path: readonly string[]): readonly string[] {
  const value = at(from, ...path);
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** '' where there is no text; numbers and flags as they are written. */
export function textAt(from: unknown, ...path: readonly string[]): string {
  const value = at(from, ...path);
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

export function numberAt(from: unknown, ...path: readonly string[]): number | undefined {
  const value = at(from, ...path);
  return typeof value === 'number' ? value : undefined;
}

export function flagAt(from: unknown, ...path: readonly string[]): boolean | undefined {
  const value = at(from, ...path);
  return typeof value === 'boolean' ? value : undefined;
}

/** Whether there is a field at all, however empty. */
export function hasAt(from: unknown, ...path: readonly string[]): boolean {
  return at(from, ...path) !== undefined;
}

/** A time as whole seconds since 1970; undefined where there is none. */
export function secondsAt(from: unknown, ...path: readonly string[]): number | undefined {
  return secondsOf(at(from, ...path));
}

/** Reads a time of the API such as `2026-01-31T08:00:00Z`. */
export function secondsOf(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
