import { parseDocument } from 'yaml';

/** The mapping that a file of settings is; undefined when it is none, or has a fault anywhere. */
export function parseSettings(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const document = parseDocument(text, { logLevel: 'silent' });
    if (document.errors.length > 0) return undefined;
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Settings as base64 of JSON, as facts carry them, with the values of fields of these names replaced wherever they are: a text by
 * `<withheld>`, anything else by nothing.
 */
export function sealedSettings(settings: unknown, secretFields: ReadonlySet<string>): string {
  const json = JSON.stringify(settings, (key, value: unknown) => {
    if (!secretFields.has(key)) return value;
    return typeof value === 'string' ? '<withheld>' : undefined;
  });
  return Buffer.from(json).toString('base64');
}

/** What is at a path of fields; undefined where there is nothing. */
export function fieldOf(value: unknown, ...fields: readonly string[]): unknown {
  let at = value;
  for (const field of fields) {
    if (!isFields(at)) return undefined;
    at = at[field];
  }
  return at;
}

export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
