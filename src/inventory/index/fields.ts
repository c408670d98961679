/** What an unchecked field of an object is read as: any shape but the expected counts as absent. */
export type Fields = Readonly<Record<string, unknown>>;

const none: Fields = Object.freeze({});

/** The mapping at `path`, or an empty one. */
export function fieldsAt(from: unknown, ...path: readonly string[]): Fields {
  let at = from;
  for (const field of path) at = isFields(at) ? at[field] : undefined;
  return isFields(at) ? at : none;
}

/** The mappings in a list; whatever else it holds is left out. */
export function fieldsList(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function textList(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** A mapping of text to text; numbers and booleans, which only a manifest can hold there, as they are written. */
export function labelsOf(value: unknown): Readonly<Record<string, string>> {
  if (!isFields(value)) return {};
  if (Object.values(value).every((text) => typeof text === 'string'))
    return value as Readonly<Record<string, string>>;
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
