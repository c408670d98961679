import type { KubeAccess } from './access.ts';
import { inClusterAccess } from './in-cluster.ts';
import { loadKubeconfig } from './kubeconfig.ts';

/** A kubeconfig and the context in it (its current one when left out), or the pod's own service account. */
export type AccessChoice = { readonly kubeconfig: string; readonly context?: string } | 'in-cluster';

/**
 * @throws {BadInputError} when the kubeconfig is wrong.
 * @throws {UnavailableError} when this process is in no cluster.
 */
export async function loadAccess(choice: AccessChoice): Promise<KubeAccess> {
  return choice === 'in-cluster'
    ? await inClusterAccess()
    : await loadKubeconfig(choice.kubeconfig, choice.context);
}
