import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { scanHost } from '../../host/scan-host.ts';
import { Inventory } from '../../inventory/inventory.ts';
import { systemClock } from '../../kit/clock.ts';
import { createLogger } from '../../log/logger.ts';
import { type HostKind, hostKinds, hostObject } from '../../model/host.ts';
import type { Control } from '../../posture/control.ts';
import type { Target } from './read-target.ts';

/** The target that stands for this machine. */
export const hostTarget = 'host';

/**
 * This machine, or one whose files are in a folder, as what its node would tell. Only controls about such facts are asked, and none about a
 * control plane where there is none.
 *
 * @throws {UnavailableError} when there is no host at the root.
 */
export async function readHost(root: string | undefined, cwd: string): Promise<Target> {
  const folder = resolve(cwd, root ?? '/');
  const facts = await scanHost({ root: folder, clock: systemClock });
  const name = root === undefined ? hostname() : folder;
  const inventory = new Inventory({ cluster: name, clock: systemClock, log: createLogger('silent') });
  const atMs = systemClock.now();
  const origin = { source: 'host' };
  inventory.apply(
    'host',
    facts.map((fact) => ({ type: 'put', object: hostObject(name, fact), origin, atMs })),
  );
  const there = new Set<string>(facts.map(({ kind }) => kind));
  const warnings = there.has('ControlPlaneInfo')
    ? []
    : ['this machine is no control plane; controls about one are left out'];
  return {
    source: { kind: 'host', name },
    inventory,
    warnings,
    isAbout: (control) => hostKindsOf(control).some((kind) => there.has(kind)),
  };
}

function hostKindsOf({ checks }: Control): readonly HostKind[] {
  const asked = new Set(checks.flatMap(({ kinds, needs = [] }) => [...kinds, ...needs]));
  return hostKinds.filter((kind) => asked.has(kind));
}
