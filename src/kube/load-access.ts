import type { KubeAccess } from './access.ts';
import { inClusterAccess } from './in-cluster.ts';
import { loadKubeconfig } from './kubeconfig.ts';

/** A kubeconfig and the context in it (its current one when left out), the pod's own service account, or what is known already. */
export type AccessChoice =
  | { readonly kubeconfig: string; readonly context?: string }
  | { readonly access: KubeAccess }
  | 'in-cluster';

/**
 * @throws {BadInputError} when the kubeconfig is wrong.
 * @throws {UnavailableError} when this process is in no cluster.
 */
export async function loadAccess(choice: AccessChoice): Promise<KubeAccess> {
  if (choice === 'in-cluster') return await inClusterAccess();
  if ('access' in choice) return choice.access;
  return await loadKubeconfig(choice.kubeconfig, choice.context);
}
