import { BadInputError } from '../../../kit/app-error.ts';
import { FamilyBuilder } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { readLines } from '../host-files.ts';

/** `/proc/vmstat`, what the fields' pattern finds. Source: https://man7.org/linux/man-pages/man5/proc_vmstat.5.html */
export const vmstat: CreateCollector = ({ vmstatFields }) => ({
  name: 'vmstat',
  collect({ roots }) {
    const path = `${roots.procfs}/vmstat`;
    return readLines(path).flatMap((line) => {
      const [field = '', text = ''] = line.split(' ');
      const value = Number(text);
      if (text === '' || Number.isNaN(value))
        throw new BadInputError('', `${path}: ${JSON.stringify(line)} is not a name and a number`);
      if (!vmstatFields.finds(field)) return [];
      const help = `/proc/vmstat information field ${field}.`;
      return [new FamilyBuilder(`node_vmstat_${field}`, 'unknown', help).add(value)];
    });
  },
});
