import { BadInputError } from '../../../kit/app-error.ts';
import type { SafeRegex } from '../../../kit/regex.ts';
import { FamilyBuilder } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { isMissing, procNet, readLines } from '../host-files.ts';

/** Counters of protocols that the fields' pattern finds. Source: https://docs.kernel.org/networking/snmp_counter.html */
export const netstat: CreateCollector = ({ netstatFields }) => {
  const wantedOf = wantedColumns(netstatFields);
  return {
    name: 'netstat',
    collect({ roots }) {
      const folder = procNet(roots.procfs);
      const all = [
        ...pairedLines(`${folder}/netstat`, wantedOf),
        ...pairedLines(`${folder}/snmp`, wantedOf),
        ...namedLines(`${folder}/snmp6`).filter(({ protocol, field }) =>
          netstatFields.finds(`${protocol}_${field}`),
        ),
      ];
      const families = new Map<string, FamilyBuilder>();
      for (const { protocol, field, text } of all) {
        const key = `${protocol}_${field}`;
        const value = Number(text);
        if (text === '' || Number.isNaN(value))
          throw new BadInputError('', `${folder}: ${key} is not a number: ${JSON.stringify(text)}`);
        const name = `node_netstat_${key}`;
        families.set(name, new FamilyBuilder(name, 'unknown', `Statistic ${protocol}${field}.`).add(value));
      }
      return [...families.values()];
    },
  };
};

interface Field {
  readonly protocol: string;
  readonly field: string;
  readonly text: string;
}

/** What a line of names has, and which of them are told, by their place. */
interface Columns {
  readonly head: string;
  readonly protocol: string;
  readonly count: number;
  readonly wanted: readonly { readonly field: string; readonly at: number }[];
}

/** More lines of names than a kernel has. */
const maxLines = 64;

/** Lines of names are the same at each scrape; what is to be told of one is found out once. */
function wantedColumns(fields: SafeRegex): (line: string) => Columns {
  const known = new Map<string, Columns>();
  return (line) => {
    let columns = known.get(line);
    if (columns === undefined) {
      const [head = '', ...names] = line.trim().split(' ');
      const protocol = head.replace(/:$/, '');
      const wanted = names
        .map((field, at) => ({ field, at }))
        .filter(({ field }) => fields.finds(`${protocol}_${field}`));
      columns = { head, protocol, wanted, count: names.length };
      if (known.size >= maxLines) known.clear();
      known.set(line, columns);
    }
    return columns;
  };
}

/** A line of names and one of values for each protocol: `Ip: Forwarding …`, `Ip: 1 …`. */
function pairedLines(path: string, columnsOf: (line: string) => Columns): Field[] {
  const fields: Field[] = [];
  const lines = readLines(path);
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const { head, protocol, count, wanted } = columnsOf(lines[i] ?? '');
    const [sameHead, ...values] = (lines[i + 1] ?? '').trim().split(' ');
    if (head !== sameHead || count !== values.length)
      throw new BadInputError('', `${path}: line ${i + 2} does not go with the line before it`);
    for (const { field, at } of wanted) fields.push({ protocol, field, text: values[at] ?? '' });
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
