import type { MetricFamily } from '../../../model/metric.ts';
import { readTimex, type Timex } from '../adjtimex.ts';
import { counter, gauge } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';

/** How the kernel keeps its clock in step, and whether it is. */
export const timex: CreateCollector = () => ({
  name: 'timex',
  collect: () => timexFamilies(readTimex()),
});

/** `TIME_ERROR`: the clock is not synchronised. */
const notSynchronised = 5;
/** `STA_NANO`: some times are in nanoseconds. */
const inNanoseconds = 0x2000;
const micro = 1e6;
/** Parts per million with 16 bits for the fraction. */
const scaledPpm = 1e6 * 65_536;

/** Names, units and divisors are those of node exporter. */
export function timexFamilies(now: Timex): MetricFamily[] {
  const fine = (now.status & inNanoseconds) === 0 ? micro : 1e9;
  return [
    gauge('node_timex_sync_status', 'Is clock synchronized to a reliable server (1 = yes, 0 = no).').add(
      now.state === notSynchronised ? 0 : 1,
    ),
    gauge('node_timex_offset_seconds', 'Time offset in between local system and reference clock.').add(
      now.offset / fine,
    ),
    gauge('node_timex_frequency_adjustment_ratio', 'Local clock frequency adjustment.').add(
      1 + now.freq / scaledPpm,
    ),
    gauge('node_timex_maxerror_seconds', 'Maximum error in seconds.').add(now.maxerror / micro),
    gauge('node_timex_estimated_error_seconds', 'Estimated error in seconds.').add(now.esterror / micro),
    gauge('node_timex_status', 'Value of the status array bits.').add(now.status),
    gauge('node_timex_loop_time_constant', 'Phase-locked loop time constant.').add(now.constant),
    gauge('node_timex_tick_seconds', 'Seconds between clock ticks.').add(now.tick / micro),
    gauge('node_timex_pps_frequency_hertz', 'Pulse per second frequency.').add(now.ppsfreq / scaledPpm),
    gauge('node_timex_pps_jitter_seconds', 'Pulse per second jitter.').add(now.jitter / fine),
    gauge('node_timex_pps_shift_seconds', 'Pulse per second interval duration.').add(now.shift),
    gauge(
      'node_timex_pps_stability_hertz',
      'Pulse per second stability, average of recent frequency changes.',
    ).add(now.stabil / scaledPpm),
    counter('node_timex_pps_jitter_total', 'Pulse per second count of jitter limit exceeded events.').add(
      now.jitcnt,
    ),
    counter('node_timex_pps_calibration_total', 'Pulse per second count of calibration intervals.').add(
      now.calcnt,
    ),
    counter('node_timex_pps_error_total', 'Pulse per second count of calibration errors.').add(now.errcnt),
    counter(
      'node_timex_pps_stability_exceeded_total',
      'Pulse per second count of stability limit exceeded events.',
    ).add(now.stbcnt),
    gauge('node_timex_tai_offset_seconds', 'International Atomic Time (TAI) offset.').add(now.tai),
  ];
}
