import type { KubeObject } from '../model/object.ts';
import type { CloudConfig } from './cloud.ts';
import type { Check } from './control.ts';

const versions: Readonly<Record<CloudConfig['provider'], string>> = {
  aks: 'management.azure.com/v1',
  eks: 'eks.amazonaws.com/v1',
  gke: 'container.googleapis.com/v1',
};

/** Whether it is a report of the cloud's (roles, policies, registries) of this kind. */
export function isCloudReport(object: KubeObject, kind: string, provider: CloudConfig['provider']): boolean {
  return (
    object.kind === kind &&
    object.apiVersion === versions[provider] &&
    object.metadata?.['provider'] === provider
  );
}

/** Who may do what in the cloud can be listed, but whether they should is for a person to say: always unknown. */
export function reviewedReport(
  rule: string,
  kind: string,
  provider: CloudConfig['provider'],
  message: string,
): Check {
  return {
    rule,
    kinds: [kind],
    needs: [kind],
    applies: (object) => isCloudReport(object, kind, provider),
    judge: (object) => [{ message, failedPaths: [], fixPaths: [], undecided: true, external: object }],
  };
}
