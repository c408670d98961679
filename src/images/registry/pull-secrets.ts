import { Buffer } from 'node:buffer';
import { BadInputError } from '../../kit/app-error.ts';
import { type CredentialSource, firstOf } from './credentials.ts';
import { dockerConfigCredentials, dockercfgCredentials } from './docker-config.ts';

/** What of a Secret of Kubernetes is needed here. */
export interface PullSecret {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  /** Base64, as the API has it. */
  readonly data: Readonly<Record<string, string>>;
}

/**
 * The logins of `imagePullSecrets`: of types `kubernetes.io/dockerconfigjson` and the older `kubernetes.io/dockercfg`. Programs that they
 * name are never run. As kubelet does, a secret of another type, or that cannot be read, is passed over.
 */
export function pullSecretCredentials(secrets: readonly PullSecret[]): CredentialSource {
  return firstOf(
    secrets.flatMap(({ namespace, name, type, data }) => {
      const options = { origin: `secret ${namespace}/${name}`, mayRunHelpers: false };
      const text = (key: string): string => Buffer.from(data[key] ?? '', 'base64').toString('utf8');
      try {
        if (type === 'kubernetes.io/dockerconfigjson')
          return [dockerConfigCredentials(text('.dockerconfigjson'), options)];
        if (type === 'kubernetes.io/dockercfg') return [dockercfgCredentials(text('.dockercfg'), options)];
      } catch (error) {
        if (!(error instanceof BadInputError)) throw error;
      }
      return [];
    }),
  );
}
