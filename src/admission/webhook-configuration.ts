import type { KubeClient } from '../kube/kube-client.ts';
import { KubeError } from '../kube/kube-error.ts';
import type { AdmissionSettings } from './settings.ts';

/** A resource that requests are sent about. */
export interface WebhookResource {
  readonly group: string;
  /** As in paths: `pods`. */
  readonly resource: string;
}

export interface WebhookConfigurationOptions {
  readonly settings: Pick<
    AdmissionSettings,
    'webhook' | 'failure_policy' | 'timeout' | 'service' | 'url' | 'exempt_namespaces' | 'judge_own_namespace'
  >;
  readonly resources: readonly WebhookResource[];
  /** The namespace that Skopos runs in; undefined outside of a cluster. */
  readonly ownNamespace: string | undefined;
  /** PEM; left out while it is not known. */
  readonly caBundle?: string;
}

/** The name of the webhook in its configuration; audit annotations and refusals begin with it. */
export const webhookName = 'admission.skopos.dev';

const configurations = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';

/** Longest and shortest that the API allows. */
const timeoutSeconds = { least: 1, most: 30 };

/** What keeping the `caBundle` up to date takes. */
export function webhookRules(name: string) {
  return [
    {
      apiGroups: ['admissionregistration.k8s.io'],
      resources: ['validatingwebhookconfigurations'],
      resourceNames: [name],
      verbs: ['get', 'patch'],
    },
  ] as const;
}

/** Namespaces that requests are not even sent about: those that Skopos itself and the cluster depend on. */
export function exemptNamespaces({
  settings,
  ownNamespace,
}: Pick<WebhookConfigurationOptions, 'ownNamespace'> & {
  readonly settings: Pick<AdmissionSettings, 'exempt_namespaces' | 'judge_own_namespace' | 'service'>;
}): readonly string[] {
  const own = ownNamespace ?? settings.service?.namespace;
  const isExempt = own !== undefined && !settings.judge_own_namespace;
  return [...new Set([...settings.exempt_namespaces, ...(isExempt ? [own] : [])])];
}

/**
 * The `ValidatingWebhookConfiguration` that registers us. Deletes are not sent, nor what only reads; of subresources only those
 * are by which what is judged can change.
 *
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/validating-webhook-configuration-v1/
 */
export function webhookConfiguration(options: WebhookConfigurationOptions) {
  const { settings, resources, caBundle } = options;
  const { webhook, failure_policy, timeout, service, url } = settings;
  const exempt = exemptNamespaces(options);
  const byGroup = grouped(resources);
  const seconds = Math.min(timeoutSeconds.most, Math.max(timeoutSeconds.least, Math.round(timeout / 1000)));
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: webhook, labels: { 'app.kubernetes.io/name': 'skopos' } },
    webhooks: [
      {
        name: webhookName,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: failure_policy === 'closed' ? 'Fail' : 'Ignore',
        matchPolicy: 'Equivalent',
        timeoutSeconds: seconds,
        clientConfig: {
          ...(url === undefined
            ? { service: { ...(service ?? defaultService(options)), path: '/validate' } }
            : { url: `${url.replace(/\/+$/, '')}/validate` }),
          ...(caBundle === undefined ? {} : { caBundle: Buffer.from(caBundle).toString('base64') }),
        },
        ...(exempt.length === 0
          ? {}
          : {
              namespaceSelector: {
                matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: exempt }],
              },
            }),
        rules: [...byGroup].map(([group, of]) => ({
          apiGroups: [group],
          apiVersions: ['*'],
          operations: ['CREATE', 'UPDATE'],
          resources: resourcesOf(group, of),
          scope: '*',
        })),
      },
    ],
  };
}

function defaultService({ ownNamespace }: WebhookConfigurationOptions) {
  return { namespace: ownNamespace ?? 'skopos', name: 'skopos-admission', port: 443 };
}

function resourcesOf(group: string, of: readonly WebhookResource[]): string[] {
  const names = of.map(({ resource }) => resource);
  const hasPods = group === '' && names.includes('pods');
  return [...new Set([...names, ...(hasPods ? ['pods/ephemeralcontainers', 'pods/resize'] : [])])].sort();
}

function grouped(resources: readonly WebhookResource[]): Map<string, WebhookResource[]> {
  const groups = new Map<string, WebhookResource[]>();
  for (const one of resources) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  return groups;
}

interface Registered {
  readonly webhooks?: readonly {
    readonly name: string;
    readonly clientConfig: { readonly caBundle?: string };
  }[];
}

/**
 * Gives our webhook's registration the authorities that it has to trust, if it has others.
 *
 * @throws {KubeError} when we may not, or it is not registered.
 */
export async function publishBundle(
  client: Pick<KubeClient, 'get' | 'write'>,
  name: string,
  bundle: string,
  signal: AbortSignal,
): Promise<void> {
  const path = `${configurations}/${name}`;
  const { webhooks = [] } = await client.get<Registered>({ path, signal });
  const caBundle = Buffer.from(bundle).toString('base64');
  const ours = webhooks.find((webhook) => webhook.name === webhookName);
  if (ours === undefined) throw new KubeError(404, 'NotFound', `${name} has no webhook ${webhookName}`);
  if (ours.clientConfig.caBundle === caBundle) return;
  await client.write({
    method: 'PATCH',
    path,
    // By its name: others of the list stay as they are.
    contentType: 'application/strategic-merge-patch+json',
    body: { webhooks: [{ name: webhookName, clientConfig: { caBundle } }] },
    signal,
  });
}
