// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Grafana's variables
import {
  alertMarks,
  bargauge,
  column,
  dashboard,
  gauge,
  query,
  severityCells,
  severityColours,
  stacked,
  stat,
  table,
  timeseries,
  variable,
} from './build.ts';

const findings = 'skopos_finding{severity=~"$severity", namespace=~"$namespace"}';
const toWorkload = [
  {
    title: 'The workload',
    url: '/d/skopos-workload?var-namespace=${__data.fields.Namespace}&var-workload=${__value.raw}&${__url_time_range}',
  },
];

export const posture = dashboard({
  uid: 'skopos-posture',
  title: 'Skopos / Security posture',
  description: 'What is wrong in the cluster, what is new, and how the scores of frameworks move.',
  tags: ['security'],
  from: 'now-24h',
  variables: [
    variable('framework', 'Framework', 'label_values(skopos_framework_score, framework)'),
    variable('severity', 'Severity', 'label_values(skopos_control_resources, severity)'),
    variable('namespace', 'Namespace', 'label_values(skopos_control_resources, namespace)'),
  ],
  annotations: [alertMarks('alertname=~"SkoposNew.*"')],
  sections: [
    {
      panels: [
        stat(
          'Critical',
          3,
          [query(`sum(skopos_finding{severity="critical", namespace=~"$namespace"}) or vector(0)`)],
          {
            description: 'Open critical findings: a control and an object that it fails.',
            thresholds: [
              [null, 'green'],
              [1, 'red'],
            ],
          },
        ),
        stat(
          'High',
          3,
          [query(`sum(skopos_finding{severity="high", namespace=~"$namespace"}) or vector(0)`)],
          {
            description: 'Open findings of high severity.',
            thresholds: [
              [null, 'green'],
              [1, 'orange'],
            ],
          },
        ),
        stat(
          'New today',
          3,
          [query(`sum(skopos_new_finding{severity=~"$severity", namespace=~"$namespace"}) or vector(0)`)],
          {
            description:
              'Findings that were not there when watching began and that opened lately (posture.new_for, a day).',
            thresholds: [
              [null, 'green'],
              [1, 'orange'],
            ],
          },
        ),
        stat(
          'Not judged',
          3,
          [
            query(
              'sum(skopos_control_resources{status="unknown", severity=~"$severity", namespace=~"$namespace"}) or vector(0)',
            ),
          ],
          {
            description: 'Objects that a control could not judge: not well, but unknown.',
            thresholds: [
              [null, 'green'],
              [1, 'yellow'],
            ],
          },
        ),
        gauge(
          'Scores',
          [12, 4],
          [query('skopos_framework_score{framework=~"$framework"}', '{{framework}}', 'instant')],
          {
            description:
              'The mean, over controls that have something to judge, of the share of objects that passed.',
            unit: 'percent',
            decimals: 1,
            min: 0,
            max: 100,
            thresholds: [
              [null, 'red'],
              [60, 'orange'],
              [80, 'yellow'],
              [95, 'green'],
            ],
          },
        ),
      ],
    },
    {
      panels: [
        timeseries(
          'Open findings by severity',
          12,
          [query(`sum by (severity) (${findings})`, '{{severity}}')],
          {
            description: 'Controls and objects with an open finding.',
            unit: 'short',
            decimals: 0,
            min: 0,
            custom: stacked,
            overrides: severityColours(),
          },
        ),
        timeseries(
          'Scores of frameworks',
          12,
          [query('skopos_framework_score{framework=~"$framework"}', '{{framework}}')],
          {
            description: 'Up is better. What is unknown did not pass.',
            unit: 'percent',
            max: 100,
            custom: { fillOpacity: 0, lineWidth: 2 },
          },
        ),
        timeseries(
          'New findings per hour',
          12,
          [
            query(
              'sum by (severity) (increase(skopos_findings_new_total{severity=~"$severity", namespace=~"$namespace"}[1h]))',
              '{{severity}}',
            ),
          ],
          {
            description: 'Findings that opened within the hour before.',
            unit: 'short',
            min: 0,
            custom: { ...stacked, drawStyle: 'bars', fillOpacity: 60 },
            overrides: severityColours(),
          },
        ),
        bargauge(
          'Namespaces with the most findings',
          12,
          [query(`topk(10, sum by (namespace) (${findings}))`, '{{namespace}}', 'instant')],
          {
            description:
              'Open findings of the chosen severities; objects without a namespace are in the one without a name.',
            unit: 'short',
            min: 0,
            thresholds: [[null, 'orange']],
          },
        ),
      ],
    },
    {
      title: 'New findings',
      panels: [
        table(
          'New findings',
          [24, 8],
          [query('skopos_new_finding{severity=~"$severity", namespace=~"$namespace"} == 1')],
          {
            severity: 'Severity',
            control_id: 'Control',
            control: 'What is wrong',
            namespace: 'Namespace',
            kind: 'Kind',
            name: 'Name',
          },
          {
            description: 'What changed for the worse: these are what alerts are about.',
            noValue: 'Nothing new',
            overrides: [
              severityCells('Severity'),
              column('What is wrong', { 'custom.width': 360 }),
              column('Name', { links: toWorkload }),
            ],
          },
        ),
      ],
    },
    {
      title: 'Controls',
      panels: [
        table(
          'Controls that fail most',
          [14, 10],
          [
            query(
              'topk(25, sum by (control_id, control, severity) (skopos_control_resources{status="fail", severity=~"$severity", namespace=~"$namespace"}) > 0)',
            ),
          ],
          { severity: 'Severity', control_id: 'Control', control: 'What is wrong', Value: 'Objects' },
          {
            description: 'Controls by how many objects fail them.',
            transformations: [{ id: 'sortBy', options: { sort: [{ field: 'Value', desc: true }] } }],
            overrides: [
              severityCells('Severity'),
              column('What is wrong', { 'custom.width': 300 }),
              column('Objects', {
                'custom.cellOptions': { type: 'gauge', mode: 'basic' },
                color: { mode: 'fixed', fixedColor: 'orange' },
                min: 0,
              }),
            ],
          },
        ),
        timeseries(
          'What controls say of objects',
          10,
          [
            query(
              'sum by (status) (skopos_control_resources{severity=~"$severity", namespace=~"$namespace"})',
              '{{status}}',
            ),
          ],
          {
            description: 'Every control and object that it looks at, by the verdict.',
            unit: 'short',
            min: 0,
            custom: { fillOpacity: 30, stacking: { group: 'A', mode: 'percent' } },
            overrides: [
              column('pass', { color: { mode: 'fixed', fixedColor: 'green' } }),
              column('fail', { color: { mode: 'fixed', fixedColor: 'red' } }),
              column('unknown', { color: { mode: 'fixed', fixedColor: 'text' } }),
              column('excepted', { color: { mode: 'fixed', fixedColor: 'purple' } }),
            ],
          },
        ),
      ],
    },
    {
      title: 'Admission',
      isFolded: true,
      panels: [
        timeseries(
          'Requests by decision',
          12,
          [
            query(
              'sum by (outcome) (rate(skopos_admission_requests_total[$__rate_interval]))',
              '{{outcome}}',
            ),
          ],
          {
            description: 'What the webhook decided; nothing where it is off.',
            unit: 'reqps',
            min: 0,
            custom: stacked,
          },
        ),
        timeseries(
          'Time to decide',
          12,
          [0.5, 0.99].map((q) =>
            query(
              `histogram_quantile(${q}, sum by (le) (rate(skopos_admission_duration_seconds_bucket[$__rate_interval])))`,
              `p${q * 100}`,
            ),
          ),
          {
            description: 'Without the way to the webhook and back.',
            unit: 's',
            min: 0,
          },
        ),
      ],
    },
  ],
});
