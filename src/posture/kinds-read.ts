import type { Control } from './control.ts';

/** Every kind that these controls judge or ask for by name, each once; those that are read for every control need not be among them. */
export function kindsReadBy(controls: Iterable<Control>): readonly string[] {
  const kinds = new Set<string>();
  for (const { checks } of controls)
    for (const { kinds: judged, asks = [] } of checks)
      for (const kind of [...judged, ...asks]) kinds.add(kind);
  return [...kinds];
}

/** Whether any of these controls asks what the API server says of itself. */
export function asksServerInfo(controls: Iterable<Control>): boolean {
  for (const { checks } of controls)
    if (checks.some(({ needs }) => needs?.includes('APIServerInfo'))) return true;
  return false;
}
