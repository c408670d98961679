import { counter, gauge } from '../build-family.ts';
import { type CreateCollector, NoDataError } from '../collector.ts';
import { namesIn, readNumberIfAny } from '../host-files.ts';

const files = [
  [
    'io_ns',
    'io_time_seconds_total',
    'The amount of time spent waiting for all I/O to complete (including read and write). This includes tape movement commands such as seeking between file or set marks and implicit tape movement such as when rewind on close tape devices are used.',
    1e-9,
  ],
  [
    'other_cnt',
    'io_others_total',
    'The number of I/Os issued to the tape drive other than read or write commands. The time taken to complete these commands uses the following calculation io_time_seconds_total-read_time_seconds_total-write_time_seconds_total',
    1,
  ],
  ['read_byte_cnt', 'read_bytes_total', 'The number of bytes read from the tape drive.', 1],
  ['read_cnt', 'reads_completed_total', 'The number of read requests issued to the tape drive.', 1],
  [
    'read_ns',
    'read_time_seconds_total',
    'The amount of time spent waiting for read requests to complete.',
    1e-9,
  ],
  [
    'resid_cnt',
    'residual_total',
    'The number of times during a read or write we found the residual amount to be non-zero. This should mean that a program is issuing a read larger thean the block size on tape. For write not all data made it to tape.',
    1,
  ],
  ['write_byte_cnt', 'written_bytes_total', 'The number of bytes written to the tape drive.', 1],
  ['write_cnt', 'writes_completed_total', 'The number of write requests issued to the tape drive.', 1],
  [
    'write_ns',
    'write_time_seconds_total',
    'The amount of time spent waiting for write requests to complete.',
    1e-9,
  ],
] as const;

/** Tape drives. Source: https://docs.kernel.org/scsi/st.html#sysfs-and-statistics-for-tape-devices */
export const tapestats: CreateCollector = ({ ignoredTapes }) => ({
  name: 'tapestats',
  collect({ roots }) {
    const folder = `${roots.sysfs}/class/scsi_tape`;
    const devices = namesIn(folder);
    if (devices === undefined) throw new NoDataError('there is no tape drive');
    const now = gauge('node_tape_io_now', 'The number of I/Os currently outstanding to this device.');
    const families = files.map(([, name, help]) => counter(`node_tape_${name}`, help));
    for (const device of devices) {
      // A drive has several device files; only the plain one has statistics.
      if (!/^st\d+$/.test(device) || ignoredTapes.finds(device)) continue;
      now.add(readNumberIfAny(`${folder}/${device}/stats/in_flight`) ?? 0, { device });
      for (const [i, [file, , , factor]] of files.entries())
        families[i]?.add((readNumberIfAny(`${folder}/${device}/stats/${file}`) ?? 0) * factor, { device });
    }
    return [now, ...families];
  },
});
