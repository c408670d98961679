import { expect, it } from 'vitest';
import { containerMetricNames } from './families.ts';

/** What kube-prometheus' rules and dashboards read of containers. */
const read = [
  'cpu_cfs_periods_total cpu_cfs_throttled_periods_total cpu_usage_seconds_total',
  'memory_cache memory_rss memory_swap memory_working_set_bytes',
  'fs_reads_bytes_total fs_reads_total fs_writes_bytes_total fs_writes_total',
  'network_receive_bytes_total network_receive_packets_dropped_total network_receive_packets_total',
  'network_transmit_bytes_total network_transmit_packets_dropped_total network_transmit_packets_total',
].flatMap((line) => line.split(' ').map((end) => `container_${end}`));

it('tells whatever the rules and dashboards of kube-prometheus read', () => {
  expect(containerMetricNames).toEqual(expect.arrayContaining(read));
});

it('tells nothing twice', () => {
  expect(new Set(containerMetricNames).size).toBe(containerMetricNames.length);
});
