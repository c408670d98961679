import type { KubeletSettings } from '../config/kubelet-schema.ts';
import type { PolicyRule } from '../inventory/permissions/permission.ts';
import { formatDuration } from '../kit/duration.ts';

const credentials = '/var/run/secrets/kubernetes.io/serviceaccount';

/** What scraping kubelets asks for. Never `nodes/proxy`, by which commands can be run in every pod. */
export const kubeletRules: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
];

/**
 * Sections of a `prometheus.yml` that scrape each node's kubelet at its own address, with the labels that kube-prometheus' rules ask for:
 * `job="kubelet"`, `metrics_path`, `node`.
 *
 * Source: https://github.com/prometheus-operator/kube-prometheus/blob/main/manifests/kubernetesControlPlane-serviceMonitorKubelet.yaml
 * @param folder where the token and the authority of the service account are
 */
export function kubeletSections(
  settings: KubeletSettings,
  folder = credentials,
): readonly Readonly<Record<string, unknown>>[] {
  const pages = ['/metrics', '/metrics/probes', ...(settings.containers ? ['/metrics/cadvisor'] : [])];
  return pages.map((page) => ({
    job_name: `kubelet${page}`,
    scheme: 'https',
    metrics_path: page,
    scrape_interval: formatDuration(settings.interval),
    // The kubelet's labels are those of the container that it tells of.
    honor_labels: true,
    // cAdvisor tells when it looked, which lags and steps back; series of what is gone would linger.
    honor_timestamps: page !== '/metrics/cadvisor',
    authorization: { credentials_file: `${folder}/token` },
    tls_config: { ca_file: `${folder}/ca.crt`, insecure_skip_verify: settings.insecure_skip_verify },
    kubernetes_sd_configs: [{ role: 'node' }],
    relabel_configs: [
      { target_label: 'job', replacement: 'kubelet' },
      { target_label: 'metrics_path', source_labels: ['__metrics_path__'] },
      { target_label: 'node', source_labels: ['__meta_kubernetes_node_name'] },
    ],
  }));
}
