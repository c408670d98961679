import { BadInputError } from '../../../kit/app-error.ts';
import { gauge } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { readText } from '../host-files.ts';

/** File handles of the system. Source: https://docs.kernel.org/admin-guide/sysctl/fs.html#file-max-file-nr */
export const filefd: CreateCollector = () => ({
  name: 'filefd',
  collect({ roots }) {
    const path = `${roots.procfs}/sys/fs/file-nr`;
    const [allocated = Number.NaN, , maximum = Number.NaN] = readText(path).trim().split(/\s+/).map(Number);
    if (Number.isNaN(allocated) || Number.isNaN(maximum))
      throw new BadInputError('', `${path} does not hold three numbers`);
    return [
      gauge('node_filefd_allocated', 'File descriptor statistics: allocated.').add(allocated),
      gauge('node_filefd_maximum', 'File descriptor statistics: maximum.').add(maximum),
    ];
  },
});
