import { BadInputError } from '../../../kit/app-error.ts';
import { FamilyBuilder } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { isMissing, procNet, readLines } from '../host-files.ts';

/** Counters of protocols that the fields' pattern finds. Source: https://docs.kernel.org/networking/snmp_counter.html */
export const netstat: CreateCollector = ({ netstatFields }) => ({
  name: 'netstat',
  collect({ roots }) {
    const folder = procNet(roots.procfs);
    const all = [
      ...pairedLines(`${folder}/netstat`),
      ...pairedLines(`${folder}/snmp`),
      ...namedLines(`${folder}/snmp6`),
    ];
    const families = new Map<string, FamilyBuilder>();
    for (const { protocol, field, text } of all) {
      const key = `${protocol}_${field}`;
      if (!netstatFields.finds(key)) continue;
      const value = Number(text);
      if (text === '' || Number.isNaN(value))
        throw new BadInputError('', `${folder}: ${key} is not a number: ${JSON.stringify(text)}`);
      const name = `node_netstat_${key}`;
      families.set(name, new FamilyBuilder(name, 'unknown', `Statistic ${protocol}${field}.`).add(value));
    }
    return [...families.values()];
  },
});

interface Field {
  readonly protocol: string;
  readonly field: string;
  readonly text: string;
}

/** A line of names and one of values for each protocol: `Ip: Forwarding …`, `Ip: 1 …`. */
function pairedLines(path: string): Field[] {
  const fields: Field[] = [];
  const lines = readLines(path);
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const [head = '', ...names] = (lines[i] ?? '').trim().split(' ');
    const [sameHead, ...values] = (lines[i + 1] ?? '').trim().split(' ');
    if (head !== sameHead || names.length !== values.length)
      throw new BadInputError('', `${path}: line ${i + 2} does not go with the line before it`);
    const protocol = head.replace(/:$/, '');
    for (const [at, field] of names.entries()) fields.push({ protocol, field, text: values[at] ?? '' });
  }
  return fields;
}

/** `Ip6InReceives 12`; there is no such file where there is no IPv6. */
function namedLines(path: string): Field[] {
  let lines: string[];
  try {
    lines = readLines(path);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  return lines.flatMap((line) => {
    const [, protocol, field, text] = /^(\w*?6)(\w*)\s+(\S+)/.exec(line) ?? [];
    return protocol === undefined || field === undefined || text === undefined
      ? []
      : [{ protocol, field, text }];
  });
}
