import { drillReceiverName } from '../../alerting/running-config.ts';
import type { Permission } from '../../inventory/permissions/permission.ts';
import type { Embedded } from '../embedded.ts';
import { permissionsOf } from '../permissions.ts';
import { clusterProbe } from './cluster-probe.ts';
import { controlsByKind } from './concerned-controls.ts';
import { Doctor, type Probe } from './doctor.ts';
import { listenCheck } from './listen-probe.ts';
import { partsProbe } from './parts-probe.ts';
import { receiversProbe } from './receivers-probe.ts';
import { replicasProbe } from './replicas-probe.ts';
import { storeProbe } from './store-probe.ts';

/** A part that was last right longer ago is behind; parts speak at each evaluation of rules, at most a minute apart. */
const staleMs = 5 * 60_000;

/** What examines the running process. */
export function embeddedDoctor(embedded: Embedded): Doctor {
  const { choice, clock, config, dataFolder, chain, router, replicas } = embedded;
  const listen: Probe = { id: 'listen', title: 'Address', run: async () => [listenCheck(config)] };
  return new Doctor({
    clock,
    probes: [
      ...(choice.kind === 'cluster' ? [clusterProbe({ access: choice.access, ...neededBy(embedded) })] : []),
      ...(choice.kind === 'cluster' && config.replicas !== undefined
        ? [
            replicasProbe({
              ...{ access: choice.access, clock, replicas: config.replicas },
              problem: replicas.problem,
            }),
          ]
        : []),
      partsProbe({
        clock,
        staleMs,
        // Receivers are looked into on their own.
        parts: () => embedded.parts().filter(({ name }) => !name.startsWith('receiver:')),
      }),
      storeProbe({ folder: dataFolder, fault: () => chain.fault }),
      listen,
      receiversProbe(() => router.configuredReceivers().filter(({ name }) => name !== drillReceiverName)),
    ],
  });
}

function neededBy({ config, wanted, posture, engine }: Embedded) {
  const judging = controlsByKind(posture.controls);
  /** Controls that judge a kind are known beforehand; those that ask for it while they judge another, by their verdicts. */
  const concerned = (permission: Permission): readonly string[] => {
    const ids = new Set(judging(permission));
    const told = `${permission.kind ?? ''} objects, which could not be read`;
    for (const { controlId, reason = '' } of engine.verdicts({ states: ['unknown'] }))
      if (reason.includes(` ${told}`)) ids.add(controlId);
    return [...ids].sort();
  };
  return { permissions: permissionsOf(config, wanted), concerned };
}
