import {
  alertMarks,
  bargauge,
  column,
  dashboard,
  heatmap,
  query,
  stacked,
  stat,
  table,
  timeseries,
} from './build.ts';

const quantiles = (series: string) =>
  [0.5, 0.9, 0.99].map((q) =>
    query(`histogram_quantile(${q}, sum by (le) (rate(${series}_bucket[$__rate_interval])))`, `p${q * 100}`),
  );

export const chain = dashboard({
  uid: 'skopos-chain',
  title: 'Skopos / Chain health',
  description: 'Whether a change would become a page now: every part, how fresh it is, and what it costs.',
  tags: ['health'],
  from: 'now-3h',
  variables: [],
  annotations: [alertMarks('alertname=~"Skopos.*", alertname!~"SkoposNew.*"')],
  sections: [
    {
      panels: [
        stat('Sees the cluster', 4, [query('1 - skopos_inventory_blind')], {
          description: 'Whether anything of the cluster or folder can be read.',
          mappings: [
            {
              type: 'value',
              options: {
                0: { text: 'blind', color: 'red', index: 0 },
                1: { text: 'yes', color: 'green', index: 1 },
              },
            },
          ],
          thresholds: [
            [null, 'red'],
            [1, 'green'],
          ],
          options: { graphMode: 'none' },
        }),
        stat('Configuration', 4, [query('skopos_config_last_reload_successful')], {
          description: 'Whether the last reload was taken.',
          mappings: [
            {
              type: 'value',
              options: {
                0: { text: 'refused', color: 'red', index: 0 },
                1: { text: 'in force', color: 'green', index: 1 },
              },
            },
          ],
          thresholds: [
            [null, 'red'],
            [1, 'green'],
          ],
          options: { graphMode: 'none' },
        }),
        stat('Last drill', 4, [query('time() - max(skopos_drill_last_success_timestamp_seconds > 0)')], {
          description: 'How long ago a drill last arrived. Run one with skopos drill.',
          unit: 's',
          decimals: 0,
          noValue: 'never',
          thresholds: [
            [null, 'green'],
            [604_800, 'yellow'],
            [2_592_000, 'orange'],
          ],
          options: { graphMode: 'none' },
        }),
        stat('Objects', 4, [query('skopos_inventory_objects')], {
          description: 'Objects in the inventory.',
          unit: 'short',
          colour: { mode: 'fixed', fixedColor: 'blue' },
        }),
        stat('Alerts firing', 4, [query('sum(skopos_alerts) or vector(0)')], {
          description: 'In the router, whatever their state.',
          thresholds: [
            [null, 'green'],
            [1, 'orange'],
          ],
        }),
        stat(
          'Failed notifications',
          4,
          [query('sum(increase(skopos_notifications_failed_total[$__range])) or vector(0)')],
          {
            description: 'Attempts in the time that is shown. Each is tried again.',
            decimals: 0,
            thresholds: [
              [null, 'green'],
              [1, 'red'],
            ],
          },
        ),
      ],
    },
    {
      panels: [
        timeseries('From change to verdict', 8, quantiles('skopos_change_to_verdict_seconds'), {
          description: 'From noticing a change of an object to the verdicts on it.',
          unit: 's',
          min: 0,
        }),
        timeseries('From change to page', 8, quantiles('skopos_change_to_page_seconds'), {
          description:
            'From noticing a change to the receipt of the first notification about it; group_wait counts.',
          unit: 's',
          min: 0,
        }),
        bargauge(
          'Last success of each part',
          8,
          [query('time() - skopos_last_success_timestamp_seconds', '{{part}}', 'instant')],
          {
            description: 'How long ago each part last did its work.',
            unit: 's',
            min: 0,
            thresholds: [
              [null, 'green'],
              [120, 'yellow'],
              [600, 'red'],
            ],
          },
        ),
        heatmap(
          'Verdicts by how long they took',
          12,
          'sum by (le) (increase(skopos_change_to_verdict_seconds_bucket[$__rate_interval]))',
          {
            description: 'Changes by the time to their verdicts.',
            unit: 's',
          },
        ),
        timeseries(
          'Notifications',
          12,
          [
            query('sum by (receiver) (rate(skopos_notifications_total[$__rate_interval]))', '{{receiver}}'),
            query(
              'sum by (receiver, reason) (rate(skopos_notifications_failed_total[$__rate_interval])) > 0',
              '{{receiver}} failed: {{reason}}',
            ),
          ],
          { description: 'Attempts to send, and those that failed.', unit: 'ops', min: 0 },
        ),
      ],
    },
    {
      title: 'The process',
      panels: [
        timeseries(
          'CPU',
          8,
          [query('rate(process_cpu_seconds_total[$__rate_interval])', '{{instance}} CPU')],
          {
            description: 'Processors in use; 1 is one of them all the time.',
            unit: 'short',
            min: 0,
          },
        ),
        timeseries(
          'Memory',
          8,
          [
            query('process_resident_memory_bytes', '{{instance}} resident'),
            query('skopos_heap_used_bytes', 'heap'),
            query('skopos_tsdb_head_chunk_bytes', 'samples'),
          ],
          {
            description: 'What the process holds, and of it the objects of JavaScript and the samples.',
            unit: 'bytes',
            min: 0,
          },
        ),
        timeseries('Event loop', 8, [query('skopos_event_loop_late_seconds', 'late by')], {
          description: 'How late timers are: above a tenth of a second, changes wait.',
          unit: 's',
          min: 0,
        }),
      ],
    },
    {
      title: 'Samples',
      panels: [
        timeseries('Series in memory', 8, [query('skopos_tsdb_head_series', 'series')], {
          description: 'Series with samples in the last hours.',
          unit: 'short',
          min: 0,
        }),
        timeseries(
          'Samples',
          8,
          [
            query('rate(skopos_tsdb_samples_appended_total[$__rate_interval])', 'taken'),
            query(
              'sum by (reason) (rate(skopos_tsdb_samples_refused_total[$__rate_interval])) > 0',
              'refused: {{reason}}',
            ),
          ],
          { description: 'Per second.', unit: 'short', min: 0 },
        ),
        timeseries('On disk', 8, [query('skopos_tsdb_storage_bytes', '{{part}}')], {
          description: 'By part of the store.',
          unit: 'bytes',
          min: 0,
          custom: stacked,
        }),
        timeseries(
          'Scrapes',
          12,
          [
            query('rate(skopos_scrapes_total[$__rate_interval])', 'begun'),
            query('rate(skopos_scrapes_failed_total[$__rate_interval])', 'failed'),
            query('rate(skopos_scrapes_missed_total[$__rate_interval])', 'left out'),
          ],
          {
            description: 'Of targets, per second.',
            unit: 'ops',
            min: 0,
            overrides: [column('failed', { color: { mode: 'fixed', fixedColor: 'red' } })],
          },
        ),
        timeseries(
          'Watches and lists of the API server',
          12,
          [
            query('rate(skopos_inventory_lists_total[$__rate_interval])', 'lists'),
            query('rate(skopos_inventory_watches_total[$__rate_interval])', 'watches'),
            query('rate(skopos_inventory_expired_total[$__rate_interval])', 'expired'),
            query('rate(skopos_inventory_throttled_total[$__rate_interval])', 'throttled'),
          ],
          { description: 'Per second; nothing where a folder is watched.', unit: 'ops', min: 0 },
        ),
      ],
    },
    {
      title: 'Alerts about Skopos itself',
      panels: [
        table(
          'Firing now',
          [24, 7],
          [query('ALERTS{alertstate="firing", alertname=~"Skopos.*", alertname!~"SkoposNew.*"} == 1')],
          {
            alertname: 'Alert',
            severity: 'Severity',
            part: 'Part',
            receiver: 'Receiver',
            kind: 'Kind',
            namespace: 'Namespace',
          },
          { description: 'What rules say of the chain itself.' },
        ),
      ],
    },
  ],
});
