import type { Control } from './control.ts';

/** Every kind that these controls judge or ask for by name, each once; those that are read for every control need not be among them. */
export function kindsReadBy(controls: Iterable<Control>): readonly string[] {
  const kinds = new Set<string>();
  for (const { checks } of controls)
    for (const { kinds: judged, asks = [] } of checks)
      for (const kind of [...judged, ...asks]) kinds.add(kind);
  return [...kinds];
}
