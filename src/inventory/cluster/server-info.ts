import type { KubeClient } from '../../kube/kube-client.ts';
import type { KubeObject } from '../../model/object.ts';

/**
 * What the API server says of its version, as the object by which Kubescape's controls ask for it; every user may read it.
 *
 * Source: https://github.com/kubescape/kubescape, kind `APIServerInfo`, named `version`
 *
 * @throws as `KubeClient.get`.
 */
export async function readServerInfo(
  client: Pick<KubeClient, 'get'>,
  signal: AbortSignal,
): Promise<KubeObject> {
  const { major, minor, gitVersion, platform } = await client.get<Readonly<Record<string, unknown>>>({
    path: '/version',
    signal,
  });
  return {
    apiVersion: 'apiserverinfo.kubescape.cloud/v1beta0',
    kind: 'APIServerInfo',
    metadata: { name: 'version' },
    data: { major, minor, gitVersion, platform },
  };
}
