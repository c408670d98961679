import type { Labels } from '../model/labels.ts';

/** Those labels that all have, with the same value. */
export function commonLabels(all: readonly Labels[]): Labels {
  const [first, ...others] = all;
  if (first === undefined) return {};
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((labels) => labels[name] === value)),
  );
}
