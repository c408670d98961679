import { certificateSecretRules } from '../admission/certificate-store.ts';
import { webhookRules } from '../admission/webhook-configuration.ts';
import { eventRules } from '../cluster-state/event-writer.ts';
import { policyReportRules } from '../cluster-state/policy-reports.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { isScanOn } from '../images/live/config.ts';
import { type Permission, permissionsOf } from '../inventory/permissions/permission.ts';
import { leaseRules } from '../kube/lease.ts';
import { ruleMapRules } from './images/image-rules.ts';
import { pullSecretRules } from './images/pull-secrets.ts';

/** What the webhook, replicas and results ask of the API server, as far as they are configured. */
export function clusterPartPermissions({
  admission,
  replicas,
  results,
  images,
}: Pick<LoadedConfig, 'admission' | 'replicas' | 'results' | 'images'>): readonly Permission[] {
  const secret = admission?.certificates.secret;
  const isPatched = admission?.certificates.patch_webhook === true;
  return [
    ...(replicas === undefined
      ? []
      : permissionsOf(leaseRules, {
          scope: 'own-namespace',
          purpose: 'to elect a leader, and to share namespaces out',
        })),
    ...(secret === undefined
      ? []
      : permissionsOf(certificateSecretRules(secret), {
          scope: 'own-namespace',
          purpose: 'to share certificates of the admission webhook between replicas',
        })),
    ...(isPatched
      ? permissionsOf(webhookRules(admission.webhook), {
          scope: 'cluster',
          purpose: 'to tell the API server which authority to trust for the admission webhook',
        })
      : []),
    ...(images.pull_secrets && isScanOn(images)
      ? permissionsOf(pullSecretRules, {
          scope: 'cluster',
          purpose: 'to read the pull secrets of pods whose images are scanned',
        })
      : []),
    ...(images.rule_config_maps.length > 0 && isScanOn(images)
      ? permissionsOf(ruleMapRules(images.rule_config_maps), {
          scope: 'own-namespace',
          purpose: 'to read what vulnerabilities of images do not count',
        })
      : []),
    ...(results?.events === true
      ? permissionsOf(eventRules, { scope: 'cluster', purpose: 'to write events about objects' })
      : []),
    ...(results?.policy_reports === true
      ? permissionsOf(policyReportRules, { scope: 'cluster', purpose: 'to write policy reports' }).map(
          (one) => ({
            ...one,
            optional: true,
          }),
        )
      : []),
  ];
}
