import { expect, it } from 'vitest';
import { readTimex, timexOf } from '../adjtimex.ts';
import { NoDataError } from '../collector.ts';
import { timexFamilies } from './timex.ts';

/** `struct timex` as 64-bit Linux fills it. */
function filled({ status }: { readonly status: number }): Buffer {
  const bytes = Buffer.alloc(208);
  const long = (at: number, value: number) => bytes.writeBigInt64LE(BigInt(value), at);
  long(8, -1500);
  long(16, 32_768_000);
  long(24, 2_000_000);
  long(32, 250);
  bytes.writeInt32LE(status, 40);
  long(48, 7);
  long(88, 10_000);
  long(96, -65_536_000);
  long(104, 3000);
  bytes.writeInt32LE(4, 112);
  long(120, 65_536);
  for (const [i, at] of [128, 136, 144, 152].entries()) long(at, i + 1);
  bytes.writeInt32LE(37, 160);
  return bytes;
}

function values(state: number, status: number): Record<string, number | undefined> {
  const families = timexFamilies(timexOf(state, filled({ status })));
  return Object.fromEntries(families.map(({ name, samples }) => [name, samples[0]?.value]));
}

it('tells the clock of the kernel in seconds and ratios', () => {
  expect(values(0, 1)).toEqual({
    node_timex_sync_status: 1,
    node_timex_offset_seconds: -0.0015,
    node_timex_frequency_adjustment_ratio: 1.0005,
    node_timex_maxerror_seconds: 2,
    node_timex_estimated_error_seconds: 0.00025,
    node_timex_status: 1,
    node_timex_loop_time_constant: 7,
    node_timex_tick_seconds: 0.01,
    node_timex_pps_frequency_hertz: -0.001,
    node_timex_pps_jitter_seconds: 0.003,
    node_timex_pps_shift_seconds: 4,
    node_timex_pps_stability_hertz: 1e-6,
    node_timex_pps_jitter_total: 1,
    node_timex_pps_calibration_total: 2,
    node_timex_pps_error_total: 3,
    node_timex_pps_stability_exceeded_total: 4,
    node_timex_tai_offset_seconds: 37,
  });
});

it('reads nanoseconds where the kernel says that they are, and a clock that nobody keeps in step', () => {
  expect(values(5, 0x2000 + 64)).toMatchObject({
    node_timex_sync_status: 0,
    node_timex_offset_seconds: -0.0000015,
    node_timex_pps_jitter_seconds: 0.000003,
    node_timex_maxerror_seconds: 2,
  });
});

it('has no data where the kernel refuses', () => {
  expect(() => timexOf(-1, Buffer.alloc(208))).toThrow(NoDataError);
});

it.skipIf(process.platform !== 'linux')('asks the kernel of this machine', () => {
  const { state, tick, maxerror } = readTimex();
  expect(state).toBeGreaterThanOrEqual(0);
  // A tick of a hundredth of a second, as it is everywhere, give or take what a clock may be slewed by.
  expect(tick).toBeGreaterThanOrEqual(9000);
  expect(tick).toBeLessThanOrEqual(11_000);
  expect(maxerror).toBeGreaterThanOrEqual(0);
});
