import type { Labels } from '../../../model/labels.ts';
import { counter, type FamilyBuilder, gauge } from '../build-family.ts';
import { type CreateCollector, NoDataError } from '../collector.ts';
import { namesIn, numberIn, readTextIfAny } from '../host-files.ts';

/** Data is counted in words of four bytes. */
const wordBytes = 4;
const bytesPerGigabit = 125_000_000;

const counters = [
  [
    'counters_ext/port_multicast_rcv_packets',
    'legacy_multicast_packets_received_total',
    'Number of multicast packets received',
  ],
  [
    'counters_ext/port_multicast_xmit_packets',
    'legacy_multicast_packets_transmitted_total',
    'Number of multicast packets transmitted',
  ],
  [
    'counters_ext/port_rcv_data_64',
    'legacy_data_received_bytes_total',
    'Number of data octets received on all links',
  ],
  [
    'counters_ext/port_rcv_packets_64',
    'legacy_packets_received_total',
    'Number of data packets received on all links',
  ],
  [
    'counters_ext/port_unicast_rcv_packets',
    'legacy_unicast_packets_received_total',
    'Number of unicast packets received',
  ],
  [
    'counters_ext/port_unicast_xmit_packets',
    'legacy_unicast_packets_transmitted_total',
    'Number of unicast packets transmitted',
  ],
  [
    'counters_ext/port_xmit_data_64',
    'legacy_data_transmitted_bytes_total',
    'Number of data octets transmitted on all links',
  ],
  [
    'counters_ext/port_xmit_packets_64',
    'legacy_packets_transmitted_total',
    'Number of data packets received on all links',
  ],
  [
    'counters/link_downed',
    'link_downed_total',
    'Number of times the link failed to recover from an error state and went down',
  ],
  [
    'counters/link_error_recovery',
    'link_error_recovery_total',
    'Number of times the link successfully recovered from an error state',
  ],
  [
    'counters/multicast_rcv_packets',
    'multicast_packets_received_total',
    'Number of multicast packets received (including errors)',
  ],
  [
    'counters/multicast_xmit_packets',
    'multicast_packets_transmitted_total',
    'Number of multicast packets transmitted (including errors)',
  ],
  [
    'counters/port_rcv_constraint_errors',
    'port_constraint_errors_received_total',
    'Number of packets received on the switch physical port that are discarded',
  ],
  [
    'counters/port_xmit_constraint_errors',
    'port_constraint_errors_transmitted_total',
    'Number of packets not transmitted from the switch physical port',
  ],
  ['counters/port_rcv_data', 'port_data_received_bytes_total', 'Number of data octets received on all links'],
  [
    'counters/port_xmit_data',
    'port_data_transmitted_bytes_total',
    'Number of data octets transmitted on all links',
  ],
  [
    'counters/port_rcv_discards',
    'port_discards_received_total',
    'Number of inbound packets discarded by the port because the port is down or congested',
  ],
  [
    'counters/port_xmit_discards',
    'port_discards_transmitted_total',
    'Number of outbound packets discarded by the port because the port is down or congested',
  ],
  [
    'counters/port_rcv_errors',
    'port_errors_received_total',
    'Number of packets containing an error that were received on this port',
  ],
  [
    'counters/port_rcv_packets',
    'port_packets_received_total',
    'Number of packets received on all VLs by this port (including errors)',
  ],
  [
    'counters/port_xmit_packets',
    'port_packets_transmitted_total',
    'Number of packets transmitted on all VLs from this port (including errors)',
  ],
  [
    'counters/port_xmit_wait',
    'port_transmit_wait_total',
    'Number of ticks during which the port had data to transmit but no data was sent during the entire tick',
  ],
  [
    'counters/unicast_rcv_packets',
    'unicast_packets_received_total',
    'Number of unicast packets received (including errors)',
  ],
  [
    'counters/unicast_xmit_packets',
    'unicast_packets_transmitted_total',
    'Number of unicast packets transmitted (including errors)',
  ],
] as const;

/** What a port's adapter is asked for. */
const portFiles = ['state', 'phys_state', 'rate', ...counters.map(([file]) => file)];

/** Source: https://www.kernel.org/doc/Documentation/ABI/stable/sysfs-class-infiniband */
export const infiniband: CreateCollector = () => ({
  name: 'infiniband',
  async collect({ roots, slow }) {
    const folder = `${roots.sysfs}/class/infiniband`;
    const devices = namesIn(folder);
    if (devices === undefined) throw new NoDataError('there is no InfiniBand device');
    const info = gauge(
      'node_infiniband_info',
      'Non-numeric data from /sys/class/infiniband/<device>, value is always 1.',
    );
    const state = gauge(
      'node_infiniband_state_id',
      'State of the InfiniBand port (0: no change, 1: down, 2: init, 3: armed, 4: active, 5: act defer)',
    );
    const physical = gauge(
      'node_infiniband_physical_state_id',
      'Physical state of the InfiniBand port (0: no change, 1: sleep, 2: polling, 3: disable, 4: shift, 5: link up, 6: link error recover, 7: phytest)',
    );
    const rate = gauge('node_infiniband_rate_bytes_per_second', 'Maximum signal transfer rate');
    const families = counters.map(([, name, help]) => counter(`node_infiniband_${name}`, help));
    for (const device of devices) {
      const text = (file: string): string => readTextIfAny(`${folder}/${device}/${file}`) ?? '';
      info.add(1, {
        ...{ device, board_id: text('board_id'), firmware_version: text('fw_ver') },
        hca_type: text('hca_type'),
      });
      for (const port of namesIn(`${folder}/${device}/ports`) ?? []) {
        const labels = { device, port };
        // `4: ACTIVE`, `5: LinkUp`, `40 Gb/sec (4X QDR)`.
        const found = await slow.textsIn(`${folder}/${device}/ports/${port}`, portFiles);
        state.add(Number.parseInt(found.get('state') ?? '', 10) || 0, labels);
        physical.add(Number.parseInt(found.get('phys_state') ?? '', 10) || 0, labels);
        rate.add((Number.parseFloat(found.get('rate') ?? '') || 0) * bytesPerGigabit, labels);
        addCounters(families, found, labels);
      }
    }
    return [info, state, physical, rate, ...families];
  },
});

function addCounters(
  families: readonly FamilyBuilder[],
  found: ReadonlyMap<string, string>,
  labels: Labels,
): void {
  for (const [i, [file, name]] of counters.entries()) {
    const value = numberIn(found.get(file) ?? '');
    if (value !== undefined) families[i]?.add(name.includes('_data_') ? value * wordBytes : value, labels);
  }
}
