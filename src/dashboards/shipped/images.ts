// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Grafana's variables
import {
  alertMarks,
  bargauge,
  column,
  dashboard,
  heatmap,
  query,
  severityCells,
  severityColours,
  stacked,
  stat,
  table,
  timeseries,
  variable,
} from './build.ts';

const vulnerabilities =
  'skopos_image_vulnerabilities{severity=~"$severity", namespace=~"$namespace", fixable=~"$fixable"}';

export const images = dashboard({
  uid: 'skopos-images',
  title: 'Skopos / Images',
  description: 'Known vulnerabilities in the images that run, what can be mended now, and what is new.',
  tags: ['security'],
  from: 'now-24h',
  variables: [
    variable('namespace', 'Namespace', 'label_values(skopos_image_vulnerabilities, namespace)'),
    variable('severity', 'Severity', 'label_values(skopos_image_vulnerabilities, severity)'),
    {
      type: 'custom',
      name: 'fixable',
      label: 'Fixable',
      query: 'Only what can be fixed : true,Only what cannot : false',
      multi: false,
      includeAll: true,
      allValue: '.*',
      hide: 0,
      current: { selected: true, text: 'All', value: '$__all' },
      options: [],
    },
  ],
  annotations: [alertMarks('alertname=~"SkoposNew.*"')],
  sections: [
    {
      panels: [
        stat(
          'Critical',
          4,
          [
            query(
              'sum(skopos_image_vulnerabilities{severity="critical", namespace=~"$namespace", fixable=~"$fixable"}) or vector(0)',
            ),
          ],
          {
            description: 'Critical vulnerabilities, counted for each container that runs them.',
            thresholds: [
              [null, 'green'],
              [1, 'red'],
            ],
          },
        ),
        stat(
          'Exploited in the wild',
          4,
          [
            query(
              'sum(skopos_image_vulnerabilities{known_exploited="true", namespace=~"$namespace"}) or vector(0)',
            ),
          ],
          {
            description: 'Vulnerabilities that attackers are known to use. These first.',
            thresholds: [
              [null, 'green'],
              [1, 'red'],
            ],
          },
        ),
        stat(
          'Fixable',
          4,
          [
            query(
              'sum(skopos_image_vulnerabilities{fixable="true", severity=~"$severity", namespace=~"$namespace"}) or vector(0)',
            ),
          ],
          {
            description: 'Vulnerabilities that a newer package mends.',
            thresholds: [
              [null, 'green'],
              [1, 'yellow'],
            ],
          },
        ),
        stat(
          'New today',
          4,
          [
            query(
              'count(skopos_new_image_vulnerability{severity=~"$severity", namespace=~"$namespace"}) or vector(0)',
            ),
          ],
          {
            description: 'Vulnerabilities that were not in the image before (posture.new_for, a day).',
            thresholds: [
              [null, 'green'],
              [1, 'orange'],
            ],
          },
        ),
        stat('Images', 4, [query('sum(skopos_images)')], {
          description: 'Images in use.',
          colour: { mode: 'fixed', fixedColor: 'text' },
        }),
        stat('Images not known', 4, [query('sum(skopos_images{state=~"unknown|partial"}) or vector(0)')], {
          description:
            'Images that could not be read, or only in part: what they hold is not counted anywhere.',
          thresholds: [
            [null, 'green'],
            [1, 'yellow'],
          ],
        }),
      ],
    },
    {
      panels: [
        timeseries(
          'Vulnerabilities by severity',
          12,
          [query(`sum by (severity) (${vulnerabilities})`, '{{severity}}')],
          {
            description: 'Counted for each container that runs them.',
            unit: 'short',
            min: 0,
            custom: stacked,
            overrides: severityColours(),
          },
        ),
        bargauge(
          'Workloads with the most',
          12,
          [
            query(
              `topk(10, sum by (namespace, workload) (${vulnerabilities}))`,
              '{{namespace}}/{{workload}}',
              'instant',
            ),
          ],
          {
            description: 'Vulnerabilities of the chosen severities.',
            unit: 'short',
            min: 0,
            thresholds: [[null, 'orange']],
          },
        ),
      ],
    },
    {
      title: 'What is new',
      panels: [
        table(
          'New vulnerabilities',
          [24, 10],
          [
            query(
              'skopos_new_image_vulnerability{severity=~"$severity", namespace=~"$namespace", fixable=~"$fixable"} == 1',
            ),
          ],
          {
            severity: 'Severity',
            vulnerability: 'Vulnerability',
            package: 'Package',
            installed: 'Installed',
            fixed_in: 'Fixed in',
            known_exploited: 'Exploited',
            namespace: 'Namespace',
            workload: 'Workload',
            repository: 'Image',
          },
          {
            description: 'In an image in use, and not there before.',
            overrides: [
              severityCells('Severity'),
              column('Exploited', {
                mappings: [
                  {
                    type: 'value',
                    options: {
                      true: { text: 'yes', color: 'red', index: 0 },
                      false: { text: 'no', index: 1 },
                    },
                  },
                ],
                'custom.cellOptions': { type: 'color-text' },
              }),
            ],
          },
        ),
        table(
          'Workloads',
          [24, 10],
          [
            query(`sum by (namespace, workload, kind) (${vulnerabilities})`),
            query(
              'sum by (namespace, workload, kind) (skopos_image_vulnerabilities{severity="critical", namespace=~"$namespace", fixable=~"$fixable"})',
            ),
            query(
              'sum by (namespace, workload, kind) (skopos_image_vulnerabilities{fixable="true", severity=~"$severity", namespace=~"$namespace"})',
            ),
          ],
          {
            namespace: 'Namespace',
            kind: 'Kind',
            workload: 'Workload',
            'Value #A': 'All',
            'Value #B': 'Critical',
            'Value #C': 'Fixable',
          },
          {
            description: 'By workload; a row leads to its dashboard.',
            noValue: '0',
            transformations: [{ id: 'sortBy', options: { sort: [{ field: 'Value #B', desc: true }] } }],
            overrides: [
              column('Critical', {
                thresholds: {
                  mode: 'absolute',
                  steps: [
                    { value: null, color: 'text' },
                    { value: 1, color: 'red' },
                  ],
                },
                color: { mode: 'thresholds' },
                'custom.cellOptions': { type: 'color-text' },
              }),
              column('Workload', {
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
      ],
    },
    {
      title: 'Scanning',
      panels: [
        timeseries(
          'Images by what is known of them',
          12,
          [query('sum by (state) (skopos_images)', '{{state}}')],
          {
            description: '`unknown` is not free of vulnerabilities: nothing can be said of it.',
            unit: 'short',
            min: 0,
            custom: stacked,
          },
        ),
        heatmap(
          'How long scans take',
          12,
          'sum by (le) (increase(skopos_image_scan_seconds_bucket[$__rate_interval]))',
          {
            description: 'Scans by the time they took.',
            unit: 's',
          },
        ),
      ],
    },
  ],
});
