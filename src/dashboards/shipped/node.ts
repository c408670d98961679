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

const on = 'instance=~"$node"';
const disks = 'fstype!~"tmpfs|ramfs|squashfs|overlay|"';
const percent: readonly (readonly [number | null, string])[] = [
  [null, 'green'],
  [0.8, 'yellow'],
  [0.9, 'red'],
];

export const node = dashboard({
  uid: 'skopos-node',
  title: 'Skopos / Node',
  description: 'One node or several: processors, memory, disks and network.',
  tags: ['node'],
  from: 'now-3h',
  variables: [variable('node', 'Node', 'label_values(node_uname_info, instance)')],
  annotations: [alertMarks('alertname=~"Node.*"')],
  sections: [
    {
      panels: [
        stat('Nodes', 3, [query(`count(node_uname_info{${on}})`)], {
          description: 'Nodes that are shown.',
          colour: { mode: 'fixed', fixedColor: 'text' },
          options: { graphMode: 'none' },
        }),
        stat('Processors', 3, [query(`count(node_cpu_seconds_total{mode="idle", ${on}})`)], {
          description: 'Of them all.',
          colour: { mode: 'fixed', fixedColor: 'text' },
          options: { graphMode: 'none' },
        }),
        stat('Memory', 3, [query(`sum(node_memory_MemTotal_bytes{${on}})`)], {
          description: 'Of them all.',
          unit: 'bytes',
          colour: { mode: 'fixed', fixedColor: 'text' },
          options: { graphMode: 'none' },
        }),
        stat('Up for', 3, [query(`time() - max(node_boot_time_seconds{${on}})`)], {
          description: 'Since the last start of any of them.',
          unit: 's',
          decimals: 1,
          colour: { mode: 'fixed', fixedColor: 'text' },
          options: { graphMode: 'none' },
        }),
        gauge(
          'In use',
          [12, 4],
          [
            query(
              `1 - sum(rate(node_cpu_seconds_total{mode=~"idle|iowait", ${on}}[$__rate_interval])) / count(node_cpu_seconds_total{mode="idle", ${on}})`,
              'CPU',
            ),
            query(
              `1 - sum(node_memory_MemAvailable_bytes{${on}}) / sum(node_memory_MemTotal_bytes{${on}})`,
              'Memory',
            ),
            query(
              `max(1 - node_filesystem_avail_bytes{${disks}, ${on}} / node_filesystem_size_bytes{${disks}, ${on}})`,
              'Fullest disk',
            ),
          ],
          { description: 'Of what there is.', unit: 'percentunit', min: 0, max: 1, thresholds: percent },
        ),
      ],
    },
    {
      title: 'Processors and memory',
      panels: [
        timeseries(
          'CPU by what it does',
          12,
          [
            query(
              `sum by (mode) (rate(node_cpu_seconds_total{mode!="idle", ${on}}[$__rate_interval]))`,
              '{{mode}}',
            ),
          ],
          {
            description:
              'Processors in use. iowait is time that nothing else was done in while a disk was waited for.',
            unit: 'short',
            min: 0,
            custom: stacked,
            options: calcs('mean', 'max', 'lastNotNull'),
            overrides: [
              column('user', { color: { mode: 'fixed', fixedColor: 'blue' } }),
              column('system', { color: { mode: 'fixed', fixedColor: 'orange' } }),
              column('iowait', { color: { mode: 'fixed', fixedColor: 'red' } }),
            ],
          },
        ),
        timeseries(
          'Memory',
          12,
          [
            query(`sum(node_memory_MemTotal_bytes{${on}} - node_memory_MemAvailable_bytes{${on}})`, 'in use'),
            query(`sum(node_memory_Cached_bytes{${on}} + node_memory_Buffers_bytes{${on}})`, 'cache'),
            query(`sum(node_memory_MemFree_bytes{${on}})`, 'free'),
            query(
              `sum(node_memory_SwapTotal_bytes{${on}} - node_memory_SwapFree_bytes{${on}})`,
              'swap in use',
            ),
          ],
          {
            description: 'Cache is given back when programs need it.',
            unit: 'bytes',
            min: 0,
            options: calcs('min', 'max', 'lastNotNull'),
          },
        ),
        timeseries(
          'Load of a processor',
          12,
          [1, 5, 15].map((minutes) =>
            query(
              `node_load${minutes}{${on}} / on (instance) count by (instance) (node_cpu_seconds_total{mode="idle", ${on}})`,
              `{{instance}} ${minutes} min`,
            ),
          ),
          {
            description: 'Processes that run or wait, for each processor; above 1 they wait for each other.',
            unit: 'short',
            min: 0,
            thresholds: [
              [null, 'transparent'],
              [1, 'red'],
            ],
          },
        ),
        timeseries(
          'Pressure',
          12,
          [
            query(
              `rate(node_pressure_cpu_waiting_seconds_total{${on}}[$__rate_interval])`,
              '{{instance}} CPU',
            ),
            query(
              `rate(node_pressure_memory_stalled_seconds_total{${on}}[$__rate_interval])`,
              '{{instance}} memory',
            ),
            query(
              `rate(node_pressure_io_stalled_seconds_total{${on}}[$__rate_interval])`,
              '{{instance}} disks',
            ),
          ],
          {
            description: 'Share of the time in which something waited for processors, memory or disks.',
            unit: 'percentunit',
            min: 0,
          },
        ),
      ],
    },
    {
      title: 'Disks',
      panels: [
        bargauge(
          'Disks by how full they are',
          12,
          [
            query(
              `1 - node_filesystem_avail_bytes{${disks}, ${on}} / node_filesystem_size_bytes{${disks}, ${on}}`,
              '{{instance}} {{mountpoint}}',
              'instant',
            ),
          ],
          {
            description: 'Of what programs without root may use.',
            unit: 'percentunit',
            min: 0,
            max: 1,
            thresholds: percent,
          },
        ),
        table(
          'Disks that will be full within four days',
          [12, 8],
          [
            query(`predict_linear(node_filesystem_avail_bytes{${disks}, ${on}}[6h], 4 * 86400) < 0`),
            query(
              `node_filesystem_avail_bytes{${disks}, ${on}} and predict_linear(node_filesystem_avail_bytes{${disks}, ${on}}[6h], 4 * 86400) < 0`,
            ),
          ],
          { instance: 'Node', mountpoint: 'Where', device: 'Device', 'Value #B': 'Free now' },
          {
            description: 'If they go on as in the last six hours. Nothing here is good.',
            noValue: 'None',
            overrides: [column('Free now', { unit: 'bytes' })],
          },
        ),
        timeseries(
          'Read and written',
          12,
          [
            query(
              `sum by (instance) (rate(node_disk_read_bytes_total{${on}}[$__rate_interval]))`,
              '{{instance}} read',
            ),
            query(
              `-sum by (instance) (rate(node_disk_written_bytes_total{${on}}[$__rate_interval]))`,
              '{{instance}} written',
            ),
          ],
          { description: 'What is written is below the line.', unit: 'Bps' },
        ),
        timeseries(
          'Disks busy',
          12,
          [
            query(
              `rate(node_disk_io_time_seconds_total{${on}}[$__rate_interval])`,
              '{{instance}} {{device}}',
            ),
          ],
          {
            description: 'Share of the time in which a disk had something to do.',
            unit: 'percentunit',
            min: 0,
            max: 1,
          },
        ),
      ],
    },
    {
      title: 'Network',
      panels: [
        timeseries(
          'Traffic',
          12,
          [
            query(
              `sum by (instance) (rate(node_network_receive_bytes_total{device!~"lo|veth.*", ${on}}[$__rate_interval]))`,
              '{{instance}} in',
            ),
            query(
              `-sum by (instance) (rate(node_network_transmit_bytes_total{device!~"lo|veth.*", ${on}}[$__rate_interval]))`,
              '{{instance}} out',
            ),
          ],
          { description: 'What goes out is below the line.', unit: 'Bps' },
        ),
        timeseries(
          'Errors and drops',
          12,
          [
            query(
              `sum by (instance) (rate(node_network_receive_errs_total{${on}}[$__rate_interval]) + rate(node_network_transmit_errs_total{${on}}[$__rate_interval]))`,
              '{{instance}} errors',
            ),
            query(
              `sum by (instance) (rate(node_network_receive_drop_total{${on}}[$__rate_interval]) + rate(node_network_transmit_drop_total{${on}}[$__rate_interval]))`,
              '{{instance}} dropped',
            ),
          ],
          { description: 'Packets per second; 0 is usual.', unit: 'pps', min: 0 },
        ),
      ],
    },
  ],
});
