import { BadInputError } from '../../../kit/app-error.ts';
import { type FamilyBuilder, gauge } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { fieldsOf, readText } from '../host-files.ts';

/** `/proc/meminfo`, every line of it. Source: https://man7.org/linux/man-pages/man5/proc_meminfo.5.html */
export const meminfo: CreateCollector = () => ({
  name: 'meminfo',
  collect({ roots }) {
    const path = `${roots.procfs}/meminfo`;
    const families: FamilyBuilder[] = [];
    for (const [field, text] of fieldsOf(readText(path))) {
      const [amount = '', unit] = text.split(/\s+/);
      const value = Number(amount);
      if (amount === '' || Number.isNaN(value))
        throw new BadInputError('', `${path}: ${field} is not a number: ${JSON.stringify(text)}`);
      // Active(anon) is Active_anon.
      const base = field.replace(/\((.*)\)/, '_$1');
      const name = unit === 'kB' ? `${base}_bytes` : base;
      families.push(
        gauge(`node_memory_${name}`, `Memory information field ${name}.`).add(
          unit === 'kB' ? value * 1024 : value,
        ),
      );
    }
    if (families.length === 0) throw new BadInputError('', `${path} has no line that is known`);
    return families;
  },
});
