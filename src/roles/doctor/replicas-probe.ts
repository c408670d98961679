import type { DoctorCheckJson, DoctorItemJson } from '../../api/skopos/doctor-contract.ts';
import type { LoadedConfig } from '../../config/load-config.ts';
import { messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import { formatDuration } from '../../kit/duration.ts';
import { KubeClient } from '../../kube/kube-client.ts';
import { kubeLeases, type Lease } from '../../kube/lease.ts';
import { electionLabels } from '../../kube/lease-elector.ts';
import { memberLabel } from '../../kube/lease-members.ts';
import { type AccessChoice, loadAccess } from '../../kube/load-access.ts';
import { ownNamespace } from '../../kube/own-pod.ts';
import type { Probe } from './doctor.ts';

export interface ReplicasProbeOptions {
  readonly access: AccessChoice;
  readonly clock: Clock;
  readonly replicas: NonNullable<LoadedConfig['replicas']>;
  /** Of a running process: what keeps it from renewing; '' when nothing does. */
  readonly problem?: () => string;
}

const check = { id: 'replicas', title: 'Replicas' };

/** Who leads and since when, who else there is, and whether one lease has a leader and another has, too. */
export function replicasProbe(options: ReplicasProbeOptions): Probe {
  const { access, clock, replicas, problem = () => '' } = options;
  return {
    ...check,
    async run(signal) {
      const namespace = replicas.namespace ?? ownNamespace();
      if (namespace === undefined)
        return [
          {
            ...check,
            state: 'unknown',
            message: 'it is not known where their Leases are: this process runs in no cluster',
            advice: 'Say so with `replicas.namespace`.',
          },
        ];
      const client = new KubeClient(await loadAccess(access));
      try {
        const api = kubeLeases(client, namespace);
        const [leases, members] = await Promise.all([
          api.list(electionLabels, signal),
          api.list({ [memberLabel]: replicas.name }, signal),
        ]);
        const nowMs = clock.now() + (client.clockSkewMs ?? 0);
        return [replicasCheck({ name: replicas.name, leases, members, nowMs, problem: problem() })];
      } catch (error) {
        const advice = `Give the role in ${namespace} what \`skopos export rbac\` says, and look at the check of the API server.`;
        return [{ ...check, state: 'unknown', message: messageOf(error), advice }];
      } finally {
        await client.close();
      }
    },
  };
}

export interface ReplicasLook {
  /** Of the replicas' own lease. */
  readonly name: string;
  /** Leases of leaders in the namespace, of this name and others. */
  readonly leases: readonly Lease[];
  /** Those by which replicas know of each other. */
  readonly members: readonly Lease[];
  /** By the API server's clock: what leases say is by their holders', which should not be far from it. */
  readonly nowMs: number;
  readonly problem: string;
}

export function replicasCheck({ name, leases, members, nowMs, problem }: ReplicasLook): DoctorCheckJson {
  const own = leases.find(({ metadata }) => metadata.name === name);
  const others = leases.filter((lease) => lease !== own && isHeld(lease, nowMs));
  const items = members
    .map((lease): DoctorItemJson => memberItem(lease, nowMs))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const list = items.length === 0 ? {} : { items };
  if (own === undefined || !isHeld(own, nowMs))
    return {
      ...check,
      ...list,
      state: 'fail',
      message: `nobody leads: ${silenceOf(own, name, nowMs)}`,
      advice:
        'Certificates, events, reports and built-in schedules wait for a leader. Look whether the replicas run, and whether they may update Leases.',
    };
  const leader = told(own, nowMs);
  const alive = items.filter(({ state }) => state === 'ok').length;
  const message = `${leader}${alive === 0 ? '' : `; ${alive} ${alive === 1 ? 'replica' : 'replicas'}`}`;
  if (problem !== '')
    return {
      ...check,
      ...list,
      state: 'warn',
      message: `${message}; but ${problem}`,
      advice: 'Look at the log.',
    };
  if (others.length > 0)
    return {
      ...check,
      ...list,
      state: 'warn',
      message: `there is more than one leader: ${[own, ...others].map((lease) => `${told(lease, nowMs)} by ${lease.metadata.name}`).join('; ')}`,
      advice:
        'Replicas that watch one cluster need one `replicas.name`; those of another cluster, another `replicas.namespace`.',
    };
  const gone = items.length - alive;
  return {
    ...check,
    ...list,
    state: gone > 0 ? 'warn' : 'ok',
    message: gone > 0 ? `${message}, and ${gone} that went without a word` : message,
    advice: gone > 0 ? 'Look at those pods; what they left is cleared away after some minutes.' : '',
  };
}

function memberItem(lease: Lease, nowMs: number): DoctorItemJson {
  const isHere = isHeld(lease, nowMs);
  return {
    name: lease.spec.holderIdentity ?? lease.metadata.name,
    state: isHere ? 'ok' : 'warn',
    message: `since ${lease.spec.acquireTime ?? 'it is not known when'}, ${isHere ? 'renewed' : 'last renewed'} ${age(lease, nowMs)}`,
  };
}

function told(lease: Lease, nowMs: number): string {
  const { holderIdentity = '', acquireTime = '' } = lease.spec;
  return `${holderIdentity} leads since ${acquireTime.replace(/\.\d+Z$/, 'Z')}, renewed ${age(lease, nowMs)}`;
}

function silenceOf(lease: Lease | undefined, name: string, nowMs: number): string {
  if (lease === undefined) return `there is no Lease ${name} of a leader`;
  const { holderIdentity = '' } = lease.spec;
  if (holderIdentity === '') return `the Lease ${name} was given back`;
  return `${holderIdentity} had the Lease ${name}, and renewed it last ${age(lease, nowMs)}`;
}

/** Clocks differ a little: a lease is given twice its duration before it counts as lost. */
function isHeld({ spec }: Lease, nowMs: number): boolean {
  const renewedMs = Date.parse(spec.renewTime ?? '');
  if ((spec.holderIdentity ?? '') === '' || !Number.isFinite(renewedMs)) return false;
  return nowMs - renewedMs < 2 * (spec.leaseDurationSeconds ?? 15) * 1000;
}

function age({ spec }: Lease, nowMs: number): string {
  const renewedMs = Date.parse(spec.renewTime ?? '');
  if (!Number.isFinite(renewedMs)) return 'never';
  const seconds = Math.max(0, Math.round((nowMs - renewedMs) / 1000));
  return `${formatDuration(seconds * 1000)} ago`;
}
