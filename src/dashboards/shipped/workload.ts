// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Grafana's variables
import {
  alertMarks,
  calcs,
  column,
  dashboard,
  query,
  severityCells,
  severityColours,
  stacked,
  stat,
  table,
  text,
  timeseries,
  variable,
} from './build.ts';

/** Pods by the names that controllers give them, so that those of "web-api" are not taken for those of "web". */
const safe = 'bcdfghjklmnpqrstvwxz2456789';
const pods = `namespace=~"$namespace", pod=~"$workload-([${safe}]{5,10}-[${safe}]{5}|[${safe}]{5}|[0-9]+)"`;

export const workload = dashboard({
  uid: 'skopos-workload',
  title: 'Skopos / Workload',
  description: 'Everything about one workload: its pods, what they use, and what is wrong with it.',
  tags: ['workload'],
  variables: [
    variable('namespace', 'Namespace', 'label_values(kube_namespace_created, namespace)', {
      multi: false,
      includeAll: false,
      allValue: '',
      current: {},
    }),
    {
      type: 'custom',
      name: 'kind',
      label: 'Kind',
      query: 'Deployment : deployment,StatefulSet : statefulset,DaemonSet : daemonset',
      multi: false,
      includeAll: false,
      hide: 0,
      current: { selected: true, text: 'Deployment', value: 'deployment' },
      options: [],
    },
    variable('workload', 'Workload', 'label_values(kube_${kind}_created{namespace=~"$namespace"}, $kind)', {
      multi: false,
      includeAll: false,
      allValue: '',
      current: {},
    }),
  ],
  annotations: [alertMarks('namespace=~"$namespace"')],
  sections: [
    {
      panels: [
        stat(
          'Pods running',
          4,
          [query(`sum(kube_pod_status_phase{phase="Running", ${pods}}) or vector(0)`)],
          {
            description: 'Pods of this workload.',
            thresholds: [
              [null, 'red'],
              [1, 'green'],
            ],
          },
        ),
        stat(
          'Containers not ready',
          4,
          [query(`count(kube_pod_container_status_ready{${pods}} == 0) or vector(0)`)],
          {
            description: 'Containers that say that they cannot do their work yet, or do not run.',
            thresholds: [
              [null, 'green'],
              [1, 'orange'],
            ],
          },
        ),
        stat(
          'Restarts',
          4,
          [query(`sum(increase(kube_pod_container_status_restarts_total{${pods}}[$__range])) or vector(0)`)],
          {
            description: 'In the time that is shown.',
            decimals: 0,
            thresholds: [
              [null, 'green'],
              [1, 'yellow'],
              [10, 'red'],
            ],
          },
        ),
        stat(
          'Open findings',
          4,
          [query('sum(skopos_finding{namespace=~"$namespace", name="$workload"}) or vector(0)')],
          {
            description: 'Controls that it fails.',
            thresholds: [
              [null, 'green'],
              [1, 'orange'],
            ],
          },
        ),
        stat(
          'Critical vulnerabilities',
          4,
          [
            query(
              'sum(skopos_image_vulnerabilities{severity="critical", namespace=~"$namespace", workload="$workload"}) or vector(0)',
            ),
          ],
          {
            description: 'Of its images, where images are scanned.',
            thresholds: [
              [null, 'green'],
              [1, 'red'],
            ],
          },
        ),
        text(
          'About',
          4,
          '**$workload** in `$namespace`\n\nWhat is used comes from the nodes (`container_…`), what is wanted from objects (`kube_…`).',
        ),
      ],
    },
    {
      title: 'What it uses',
      panels: [
        timeseries(
          'CPU',
          12,
          [
            query(
              `sum by (pod) (rate(container_cpu_usage_seconds_total{container!="", ${pods}}[$__rate_interval]))`,
              '{{pod}}',
            ),
            query(
              `max(sum by (pod) (kube_pod_container_resource_limits{resource="cpu", ${pods}}))`,
              'limit of a pod',
            ),
            query(
              `max(sum by (pod) (kube_pod_container_resource_requests{resource="cpu", ${pods}}))`,
              'request of a pod',
            ),
          ],
          {
            description: 'Processors in use by each pod, and what one may use.',
            unit: 'short',
            min: 0,
            options: calcs('mean', 'max'),
            overrides: limits(),
          },
        ),
        timeseries(
          'Memory',
          12,
          [
            query(`sum by (pod) (container_memory_working_set_bytes{container!="", ${pods}})`, '{{pod}}'),
            query(
              `max(sum by (pod) (kube_pod_container_resource_limits{resource="memory", ${pods}}))`,
              'limit of a pod',
            ),
            query(
              `max(sum by (pod) (kube_pod_container_resource_requests{resource="memory", ${pods}}))`,
              'request of a pod',
            ),
          ],
          {
            description: 'Working set; at the limit a container is killed.',
            unit: 'bytes',
            min: 0,
            options: calcs('mean', 'max'),
            overrides: limits(),
          },
        ),
        timeseries(
          'Throttled',
          12,
          [
            query(
              `sum by (pod) (rate(container_cpu_cfs_throttled_periods_total{container!="", ${pods}}[$__rate_interval])) / sum by (pod) (rate(container_cpu_cfs_periods_total{container!="", ${pods}}[$__rate_interval]))`,
              '{{pod}}',
            ),
          ],
          {
            description: 'Share of the periods in which a pod had to wait as it had used up its limit.',
            unit: 'percentunit',
            min: 0,
            max: 1,
          },
        ),
        timeseries(
          'Network',
          12,
          [
            query(
              `sum by (pod) (rate(container_network_receive_bytes_total{${pods}}[$__rate_interval]))`,
              '{{pod}} in',
            ),
            query(
              `-sum by (pod) (rate(container_network_transmit_bytes_total{${pods}}[$__rate_interval]))`,
              '{{pod}} out',
            ),
          ],
          { description: 'What goes out is below the line.', unit: 'Bps' },
        ),
      ],
    },
    {
      title: 'What is wrong with it',
      panels: [
        table(
          'Findings',
          [12, 8],
          [query('skopos_finding{namespace=~"$namespace", name="$workload"} == 1')],
          { severity: 'Severity', control_id: 'Control', kind: 'Kind', name: 'Name' },
          { description: 'Controls that it fails.', overrides: [severityCells('Severity')] },
        ),
        timeseries(
          'Vulnerabilities of its images',
          12,
          [
            query(
              'sum by (severity) (skopos_image_vulnerabilities{namespace=~"$namespace", workload="$workload"})',
              '{{severity}}',
            ),
          ],
          {
            description: 'Where images are scanned.',
            unit: 'short',
            min: 0,
            custom: stacked,
            overrides: severityColours(),
          },
        ),
        table(
          'Pods',
          [24, 8],
          [
            query(`max by (namespace, pod, node, pod_ip) (kube_pod_info{${pods}})`),
            query(`sum by (namespace, pod) (kube_pod_container_status_restarts_total{${pods}})`),
            query(`max by (namespace, pod) (kube_pod_start_time{${pods}}) * 1000`),
          ],
          { pod: 'Pod', node: 'Node', pod_ip: 'Address', 'Value #B': 'Restarts', 'Value #C': 'Started' },
          { description: 'Where they run.', overrides: [column('Started', { unit: 'dateTimeFromNow' })] },
        ),
      ],
    },
  ],
});

/** Bounds are lines, whatever the rest is. */
function limits() {
  const line = (colour: string) => ({
    color: { mode: 'fixed', fixedColor: colour },
    'custom.fillOpacity': 0,
    'custom.lineStyle': { fill: 'dash', dash: [8, 6] },
  });
  return [column('limit of a pod', line('red')), column('request of a pod', line('orange'))];
}
