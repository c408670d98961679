import type { ImageUse } from '../../images/live/live-image.ts';
import type { CredentialSource } from '../../images/registry/credentials.ts';
import { type PullSecret, pullSecretCredentials } from '../../images/registry/pull-secrets.ts';
import { messageOf } from '../../kit/app-error.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { Logger } from '../../log/logger.ts';

/** Secrets that are read for one image. */
const mostSecrets = 20;

/** What reading them asks of the API server. */
export const pullSecretRules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }] as const;

interface SecretObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

/**
 * Logins of the pods that run an image, read when they are needed and kept nowhere. A secret that cannot be read is passed over,
 * as kubelet does: the registry then says whether it was needed.
 */
export function podLogins(client: Pick<KubeClient, 'get'>, log: Logger) {
  return async (uses: readonly ImageUse[], signal: AbortSignal): Promise<CredentialSource> => {
    const names = new Map(
      uses.flatMap(({ pullSecrets = [] }) => pullSecrets.map((one) => [`${one.namespace}/${one.name}`, one])),
    );
    const secrets: PullSecret[] = [];
    for (const { namespace, name } of [...names.values()].slice(0, mostSecrets)) {
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`;
      try {
        const { type = '', data = {} } = await client.get<SecretObject>({ path, signal });
        secrets.push({ namespace, name, type, data });
      } catch (error) {
        signal.throwIfAborted();
        log.warn(
          { secret: `${namespace}/${name}`, err: messageOf(error) },
          'a pull secret could not be read',
        );
      }
    }
    return pullSecretCredentials(secrets);
  };
}
