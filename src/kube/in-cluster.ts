import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UnavailableError } from '../kit/app-error.ts';
import type { Credentials, KubeAccess } from './access.ts';

const tokenLifeMs = 60_000;

/**
 * The access that every pod has by its service account.
 *
 * @throws {UnavailableError} when this process is in no cluster.
 *
 * Source: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 */
export async function inClusterAccess(
  env: Readonly<Record<string, string | undefined>> = process.env,
  folder = '/var/run/secrets/kubernetes.io/serviceaccount',
): Promise<KubeAccess> {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'];
  if (host === undefined || port === undefined)
    throw new UnavailableError(
      'this process is in no cluster (KUBERNETES_SERVICE_HOST is not set); give --kubeconfig',
    );
  const ca = await readFile(join(folder, 'ca.crt'), 'utf8');
  return {
    name: 'in-cluster',
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    tls: { ca, insecure: false },
    credentials: tokenFile(join(folder, 'token')),
  };
}

/** A token that is replaced on disk before it runs out. */
export function tokenFile(
  path: string,
  now: () => number = Date.now,
): (renew?: boolean) => Promise<Credentials> {
  const read = async () => ({ authorization: `Bearer ${(await readFile(path, 'utf8')).trim()}` });
  return rereading(read, undefined, now);
}

/**
 * Credentials that stand in files: read again every minute and when they are no longer accepted. While they cannot be read, as in the
 * middle of being replaced, those from before are used.
 */
export function rereading(
  read: () => Promise<Credentials>,
  first: Credentials | undefined,
  now: () => number = Date.now,
): (renew?: boolean) => Promise<Credentials> {
  let held = first;
  let readAtMs = first === undefined ? Number.NEGATIVE_INFINITY : now();
  return async (renew = false) => {
    if (held !== undefined && !renew && now() - readAtMs <= tokenLifeMs) return held;
    try {
      held = await read();
      readAtMs = now();
    } catch (error) {
      if (held === undefined) throw error;
    }
    return held;
  };
}
