// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Grafana's variables
import {
  alertMarks,
  bargauge,
  calcs,
  column,
  dashboard,
  gauge,
  query,
  stacked,
  stat,
  table,
  timeseries,
  variable,
} from './build.ts';

const share: readonly (readonly [number | null, string])[] = [
  [null, 'green'],
  [0.8, 'yellow'],
  [1, 'red'],
];

export const cluster = dashboard({
  uid: 'skopos-cluster',
  title: 'Skopos / Cluster',
  description: 'Nodes, pods and workloads of the cluster: what is not as it should be, and how full it is.',
  tags: ['cluster'],
  variables: [variable('namespace', 'Namespace', 'label_values(kube_namespace_created, namespace)')],
  annotations: [alertMarks('severity="critical"')],
  sections: [
    {
      panels: [
        stat('Nodes ready', 4, [query('sum(kube_node_status_condition{condition="Ready", status="true"})')], {
          description: 'Nodes that take pods.',
          colour: { mode: 'fixed', fixedColor: 'green' },
        }),
        stat(
          'Nodes not ready',
          4,
          [query('sum(kube_node_status_condition{condition="Ready", status=~"false|unknown"}) or vector(0)')],
          {
            description: 'Nodes that do not answer, or say that they are not well.',
            thresholds: [
              [null, 'green'],
              [1, 'red'],
            ],
          },
        ),
        stat(
          'Pods running',
          4,
          [query('sum(kube_pod_status_phase{phase="Running", namespace=~"$namespace"})')],
          {
            description: 'In the chosen namespaces.',
            colour: { mode: 'fixed', fixedColor: 'green' },
          },
        ),
        stat(
          'Pods waiting or failed',
          4,
          [
            query(
              'sum(kube_pod_status_phase{phase=~"Pending|Failed|Unknown", namespace=~"$namespace"}) or vector(0)',
            ),
          ],
          {
            description: 'Pods that are not placed, that failed, or of which nothing is known.',
            thresholds: [
              [null, 'green'],
              [1, 'orange'],
            ],
          },
        ),
        stat(
          'Restarts',
          4,
          [
            query(
              'sum(increase(kube_pod_container_status_restarts_total{namespace=~"$namespace"}[$__range])) or vector(0)',
            ),
          ],
          {
            description: 'Of containers, in the time that is shown.',
            decimals: 0,
            thresholds: [
              [null, 'green'],
              [1, 'yellow'],
              [20, 'orange'],
            ],
          },
        ),
        stat(
          'Jobs failed',
          4,
          [query('sum(kube_job_failed{condition="true", namespace=~"$namespace"}) or vector(0)')],
          {
            description: 'Jobs that gave up and are still there.',
            thresholds: [
              [null, 'green'],
              [1, 'orange'],
            ],
          },
        ),
      ],
    },
    {
      title: 'How full it is',
      panels: [
        gauge(
          'Requested of what there is',
          [8, 8],
          ['cpu', 'memory'].map((resource) =>
            query(
              `sum(kube_pod_container_resource_requests{resource="${resource}"}) / sum(kube_node_status_allocatable{resource="${resource}"})`,
              resource,
              'instant',
            ),
          ),
          {
            description: 'What pods ask for, of what nodes can give. Above 1 nothing more is placed.',
            unit: 'percentunit',
            min: 0,
            max: 1,
            thresholds: share,
          },
        ),
        timeseries(
          'CPU used by namespace',
          8,
          [
            query(
              'sum by (namespace) (rate(container_cpu_usage_seconds_total{container!="", namespace=~"$namespace"}[$__rate_interval]))',
              '{{namespace}}',
            ),
          ],
          {
            description: 'Processors in use.',
            unit: 'short',
            min: 0,
            custom: stacked,
          },
        ),
        timeseries(
          'Memory used by namespace',
          8,
          [
            query(
              'sum by (namespace) (container_memory_working_set_bytes{container!="", namespace=~"$namespace"})',
              '{{namespace}}',
            ),
          ],
          {
            description: 'Working set: what the kernel could not take back.',
            unit: 'bytes',
            min: 0,
            custom: stacked,
          },
        ),
        bargauge(
          'Pods of what a node takes',
          12,
          [
            query(
              'sum by (node) (kube_pod_info) / on (node) kube_node_status_allocatable{resource="pods"}',
              '{{node}}',
              'instant',
            ),
          ],
          {
            description: 'Nodes by how many of their places for pods are taken.',
            unit: 'percentunit',
            min: 0,
            max: 1,
            thresholds: share,
          },
        ),
        timeseries(
          'Pods by phase',
          12,
          [query('sum by (phase) (kube_pod_status_phase{namespace=~"$namespace"}) > 0', '{{phase}}')],
          {
            description: 'In the chosen namespaces.',
            unit: 'short',
            min: 0,
            custom: stacked,
            options: calcs('lastNotNull', 'max'),
          },
        ),
      ],
    },
    {
      title: 'What is not as it should be',
      panels: [
        table(
          'Deployments with too few pods',
          [12, 8],
          [
            query(
              'max by (namespace, deployment) (kube_deployment_spec_replicas{namespace=~"$namespace"} > kube_deployment_status_replicas_available{namespace=~"$namespace"})',
            ),
            query(
              'max by (namespace, deployment) (kube_deployment_status_replicas_available{namespace=~"$namespace"} < kube_deployment_spec_replicas{namespace=~"$namespace"})',
            ),
          ],
          { namespace: 'Namespace', deployment: 'Deployment', 'Value #A': 'Wanted', 'Value #B': 'Available' },
          {
            description: 'Deployments of which fewer pods are available than wanted.',
            noValue: 'None',
            overrides: [
              column('Available', {
                color: { mode: 'fixed', fixedColor: 'orange' },
                'custom.cellOptions': { type: 'color-text' },
              }),
              column('Deployment', {
                links: [
                  {
                    title: 'The workload',
                    url: '/d/skopos-workload?var-namespace=${__data.fields.Namespace}&var-workload=${__value.raw}&${__url_time_range}',
                  },
                ],
              }),
            ],
          },
        ),
        table(
          'Containers that wait',
          [12, 8],
          [query('kube_pod_container_status_waiting_reason{namespace=~"$namespace"} == 1')],
          { namespace: 'Namespace', pod: 'Pod', container: 'Container', reason: 'Reason' },
          { description: 'And why: an image that cannot be pulled, a crash loop.', noValue: 'None' },
        ),
        timeseries(
          'Restarts by namespace',
          12,
          [
            query(
              'sum by (namespace) (increase(kube_pod_container_status_restarts_total{namespace=~"$namespace"}[$__rate_interval])) > 0',
              '{{namespace}}',
            ),
          ],
          {
            description: 'Restarts of containers.',
            unit: 'short',
            min: 0,
            custom: { drawStyle: 'bars', fillOpacity: 60, stacking: { group: 'A', mode: 'normal' } },
          },
        ),
        table(
          'Nodes',
          [12, 8],
          [
            query('max by (node, kubelet_version, os_image, kernel_version) (kube_node_info)'),
            query('max by (node) (kube_node_status_condition{condition="Ready", status="true"})'),
          ],
          {
            node: 'Node',
            kubelet_version: 'Kubelet',
            os_image: 'System',
            kernel_version: 'Kernel',
            'Value #B': 'Ready',
          },
          {
            description: 'What runs on them.',
            overrides: [
              column('Ready', {
                mappings: [
                  {
                    type: 'value',
                    options: {
                      0: { text: 'no', color: 'red', index: 0 },
                      1: { text: 'yes', color: 'green', index: 1 },
                    },
                  },
                ],
                'custom.cellOptions': { type: 'color-text' },
              }),
            ],
          },
        ),
      ],
    },
  ],
});
