import type { Permission } from '../../inventory/permissions/permission.ts';
import type { Control } from '../../posture/control.ts';

/** Of each kind, the controls that judge it or ask for it by name. */
export function controlsByKind(controls: readonly Control[]): (permission: Permission) => readonly string[] {
  const byKind = new Map<string, Set<string>>();
  for (const { id, checks } of controls)
    for (const { kinds, asks = [] } of checks)
      for (const kind of [...kinds, ...asks])
        byKind.set(kind, (byKind.get(kind) ?? new Set<string>()).add(id));
  return ({ kind = '' }) => [...(byKind.get(kind) ?? [])].sort();
}
