import type { TemplateField } from '../notifier.ts';

/** Every text within a value that is a template, with its path. */
export function templatesWithin(path: string, value: unknown, html = false): TemplateField[] {
  if (typeof value === 'string')
    return value.includes('{{') ? [{ path, template: value, ...(html ? { html } : {}) }] : [];
  if (Array.isArray(value)) return value.flatMap((item, i) => templatesWithin(`${path}[${i}]`, item, html));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    ...(key.includes('{{') ? [{ path: `${path}.${key}`, template: key }] : []),
    ...templatesWithin(path === '' ? key : `${path}.${key}`, item, html),
  ]);
}

/** The templates among the named settings of an entry. */
export function templatesOf(entry: object, keys: readonly string[]): TemplateField[] {
  return keys.flatMap((key) => templatesWithin(key, (entry as Record<string, unknown>)[key]));
}
