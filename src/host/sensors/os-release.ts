import { Gaps, type Sensor } from '../host.ts';
import { isAbsent } from '../root/reading.ts';

/** What the distribution says that it is. Source: https://www.freedesktop.org/software/systemd/man/latest/os-release.html */
export const osRelease: Sensor = {
  kind: 'OsReleaseFile',
  async sense({ files }) {
    const gaps = new Gaps();
    const own = await files.text('/etc/os-release', 16 * 1024);
    const read = isAbsent(own) ? await files.text('/usr/lib/os-release', 16 * 1024) : own;
    return { data: gaps.need('', read) ?? '', gaps: gaps.list };
  },
};
