import type { DoctorCheckJson } from '../../api/skopos/doctor-contract.ts';
import type { Permission } from '../../inventory/permissions/permission.ts';
import { messageOf } from '../../kit/app-error.ts';
import { formatDuration } from '../../kit/duration.ts';
import { KubeClient } from '../../kube/kube-client.ts';
import { type AccessChoice, loadAccess } from '../../kube/load-access.ts';
import { credentialsCheck } from './credentials-check.ts';
import type { Probe } from './doctor.ts';
import { checkPermissions } from './permission-check.ts';
import { policyReportsCheck } from './policy-reports-check.ts';

export interface ClusterProbeOptions {
  readonly access: AccessChoice;
  readonly permissions: readonly Permission[];
  /** Controls that cannot be judged without the resource, as far as is known. */
  readonly concerned: (permission: Permission) => readonly string[];
  /** Whether to look for the kinds of policy reports; of a running process, its parts tell. */
  readonly policyReports?: boolean;
}

/** Older ones have no ValidatingAdmissionPolicies: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/ */
const oldestMinor = 30;

/** The server's time has whole seconds, and an answer takes a while. */
const toleratedSkewMs = 2000;
const badSkewMs = 30_000;

/** The API server: whether it answers, its version, until when it knows us, how its clock goes, and what it allows us. */
export function clusterProbe(options: ClusterProbeOptions): Probe {
  const [id, title] = ['api-server', 'API server'];
  return {
    id,
    title,
    async run(signal) {
      const access = await loadAccess(options.access);
      const client = new KubeClient(access);
      try {
        let version: string;
        try {
          ({ gitVersion: version } = await client.get<{ gitVersion: string }>({ path: '/version', signal }));
        } catch (error) {
          const advice = 'Look at the address and the credentials, and whether the server runs.';
          const held = credentialsCheck(await access.credentials(), Date.now());
          return [{ id, title, state: 'fail', message: messageOf(error), advice }, held, ...notAsked];
        }
        return [
          versionCheck(version, access.server),
          credentialsCheck(await access.credentials(), Date.now() + (client.clockSkewMs ?? 0)),
          clockCheck(client.clockSkewMs),
          await checkPermissions(client, options, signal),
          ...(options.policyReports === true ? [await policyReportsCheck(client, signal)] : []),
        ];
      } finally {
        await client.close();
      }
    },
  };
}

const notAsked: readonly DoctorCheckJson[] = [
  ['clock', 'Clock'],
  ['permissions', 'Permissions'],
].map(([id = '', title = '']) => ({
  ...{ id, title, state: 'unknown' as const, message: 'the API server does not answer' },
  advice: 'Mend the check of the API server first.',
}));

function versionCheck(version: string, server: string): DoctorCheckJson {
  const [, major = '0', minor = '0'] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  const isOld = Number(major) < 1 || (major === '1' && Number(minor) < oldestMinor);
  return {
    id: 'api-server',
    title: 'API server',
    state: isOld ? 'warn' : 'ok',
    message: `Kubernetes ${version} at ${server}`,
    advice: isOld
      ? `Kubernetes before 1.${oldestMinor} has no ValidatingAdmissionPolicies, and is not what Skopos is tested with: upgrade the cluster.`
      : '',
  };
}

/** @param skewMs how far the server's clock is ahead */
export function clockCheck(skewMs: number | undefined): DoctorCheckJson {
  const check = { id: 'clock', title: 'Clock' };
  if (skewMs === undefined)
    return {
      ...check,
      state: 'unknown',
      message: 'the API server tells no time',
      advice: 'Ask its operator.',
    };
  const offMs = Math.abs(skewMs);
  if (offMs <= toleratedSkewMs)
    return { ...check, state: 'ok', message: 'as the API server has it', advice: '' };
  return {
    ...check,
    state: offMs >= badSkewMs ? 'fail' : 'warn',
    message: `ours is ${formatDuration(Math.round(offMs / 1000) * 1000)} ${skewMs > 0 ? 'behind' : 'ahead of'} the API server's`,
    advice:
      'Set the clocks by NTP: tokens and certificates may be refused, and silences, time windows and leases end at the wrong time.',
  };
}
