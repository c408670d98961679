import type { Labels } from '../../../src/model/labels.ts';

/** One page that is scraped: who it is of, the labels that the scrape puts on it, and its series, as the text format writes them. */
export interface SimulatedScrape {
  readonly of: string;
  readonly labels: Labels;
  readonly series: readonly string[];
}

const histogram = (name: string, labels: string, bounds: readonly string[]): string[] => [
  ...bounds.map((le, i) => `${name}_bucket{${labels}${labels === '' ? '' : ','}le="${le}"} ${i + 1}`),
  `${name}_count{${labels}} ${bounds.length}`,
  `${name}_sum{${labels}} 1`,
];
const slo = ['0.05', '1', '5', '30', '+Inf'];

/** With the names that the components have. Source: https://kubernetes.io/docs/reference/instrumentation/metrics/ */
export const componentScrapes: readonly SimulatedScrape[] = [
  {
    of: 'the API server, scraped',
    labels: { job: 'apiserver', instance: '10.0.0.1:6443', namespace: 'default' },
    series: [
      'kubernetes_build_info{git_version="v1.34.0"} 1',
      ...['LIST', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE'].flatMap((verb) =>
        ['200', '304', '404', '503'].map(
          (code) =>
            `apiserver_request_total{verb="${verb}",code="${code}",resource="pods",scope="cluster"} 5`,
        ),
      ),
      ...['LIST', 'GET', 'POST'].flatMap((verb) =>
        ['cluster', 'namespace', 'resource'].flatMap((scope) =>
          histogram(
            'apiserver_request_sli_duration_seconds',
            `verb="${verb}",scope="${scope}",resource="pods",subresource=""`,
            slo,
          ),
        ),
      ),
      ...histogram('apiserver_client_certificate_expiration_seconds', '', ['3600', '86400', '+Inf']),
      'apiserver_request_terminations_total{code="503"} 1',
      'aggregator_unavailable_apiservice{name="v1beta1.metrics.k8s.io"} 0',
      'aggregator_unavailable_apiservice_total{name="v1beta1.metrics.k8s.io",reason="x"} 1',
      'rest_client_requests_total{code="200",method="GET"} 9',
      'rest_client_requests_total{code="500",method="GET"} 1',
    ],
  },
  {
    of: 'the kubelet, scraped',
    labels: { job: 'kubelet', instance: '10.0.0.1:10250', node: 'a', metrics_path: '/metrics' },
    series: [
      'kubelet_node_name{node="a"} 1',
      'kubelet_running_pods{} 5',
      'kubelet_evictions{eviction_signal="memory.available"} 1',
      'kubernetes_build_info{git_version="v1.34.0"} 1',
      'kubelet_certificate_manager_client_ttl_seconds{} 900000',
      'kubelet_certificate_manager_server_ttl_seconds{} 900000',
      'kubelet_certificate_manager_client_expiration_renew_errors{} 0',
      'kubelet_server_expiration_renew_errors{} 0',
      ...histogram('kubelet_pleg_relist_duration_seconds', '', slo),
      ...histogram('kubelet_pod_worker_duration_seconds', 'operation_type="sync"', slo),
      ...['available_bytes', 'capacity_bytes', 'used_bytes', 'inodes', 'inodes_free', 'inodes_used'].map(
        (end) => `kubelet_volume_stats_${end}{namespace="shop",persistentvolumeclaim="data"} 100`,
      ),
    ],
  },
  {
    of: 'the scheduler, scraped',
    labels: { job: 'kube-scheduler', instance: '10.0.0.1:10259' },
    series: [
      ...[
        'scheduling_algorithm_duration',
        'scheduling_attempt_duration',
        'pod_scheduling_sli_duration',
      ].flatMap((name) => histogram(`scheduler_${name}_seconds`, 'result="scheduled"', slo)),
    ],
  },
  {
    of: 'the controller manager, scraped',
    labels: { job: 'kube-controller-manager', instance: '10.0.0.1:10257' },
    series: [],
  },
];

/** What only node exporter itself can tell: systemd is asked by D-Bus. */
export const nodeExporterAlone: readonly string[] = [
  'node_systemd_unit_state{name="a.service",state="failed"} 0',
  'node_systemd_service_restart_total{name="a.service"} 1',
];

/** Programs whose rules are about themselves: they tell their series where they are run. By the start of names. */
export const programs: readonly { readonly of: string; readonly start: string; readonly labels: Labels }[] = [
  {
    of: 'the Prometheus operator, where it is run',
    start: 'prometheus_operator_',
    labels: {
      ...{ job: 'prometheus-operator', namespace: 'monitoring', pod: 'operator' },
      ...{ state: 'rejected', status: 'failed', controller: 'x' },
    },
  },
  {
    of: 'Prometheus, where it is run',
    start: 'prometheus_',
    labels: {
      ...{ job: 'prometheus-k8s', namespace: 'monitoring', pod: 'prometheus-0' },
      ...{ alertmanager: 'am', rule_group: 'g' },
    },
  },
  {
    of: 'Alertmanager, where it is run',
    start: 'alertmanager_',
    labels: {
      ...{ job: 'alertmanager-main', namespace: 'monitoring', container: 'alertmanager' },
      ...{ service: 'am', integration: 'webhook' },
    },
  },
  {
    of: 'Alertmanager, where it is run',
    start: 'process_start_time_seconds',
    labels: { job: 'alertmanager-main', namespace: 'monitoring', container: 'alertmanager', service: 'am' },
  },
  {
    of: 'the configuration reloader, where it is run',
    start: 'reloader_',
    labels: { job: 'prometheus-k8s', namespace: 'monitoring', pod: 'prometheus-0' },
  },
  {
    of: 'Grafana, where it is run',
    start: 'grafana_',
    labels: { job: 'grafana', namespace: 'monitoring', handler: '/', status_code: '500' },
  },
];
