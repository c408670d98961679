import { isFields } from '../fields.ts';
import { readPath } from './read-path.ts';

type Paths = Readonly<Record<string, readonly string[]>>;

/** Labels by name, written into an object so that a later one takes the place of an earlier one. */
export type LabelSet = Record<string, string>;

/**
 * Adds labels that paths lead to. A name that is `*` or ends in `*` stands for as many labels as the map there has members; what is not
 * there makes no label.
 */
export function addLabels(into: LabelSet, from: unknown, paths: Paths = {}): void {
  for (const [name, path] of Object.entries(paths)) {
    const value = readPath(from, path);
    if (name.endsWith('*')) {
      if (!isFields(value)) continue;
      for (const [key, member] of Object.entries(value)) into[safe(name.slice(0, -1) + key)] = textOf(member);
    } else if (value !== undefined) into[safe(name)] = textOf(value);
  }
}

/** As `labels` of {@link addLabels}, known beforehand. */
export function addFixed(into: LabelSet, fixed: Readonly<Record<string, string>> = {}): void {
  for (const [name, value] of Object.entries(fixed)) into[safe(name)] = value;
}

/** A name that Prometheus takes. */
export function safe(name: string): string {
  const clean = name.replaceAll(/[^a-zA-Z0-9_]/g, '_');
  return /^\d/.test(clean) ? `_${clean}` : clean;
}

function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
