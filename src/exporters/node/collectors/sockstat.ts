import { BadInputError } from '../../../kit/app-error.ts';
import { type FamilyBuilder, gauge } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { isMissing, procNet, readLines } from '../host-files.ts';
import { pageBytes } from '../page-size.ts';

/** Sockets by protocol and state: `TCP: inuse 5 orphan 0 …`. */
export const sockstat: CreateCollector = () => ({
  name: 'sockstat',
  collect({ roots }) {
    const folder = procNet(roots.procfs);
    const families: FamilyBuilder[] = [];
    for (const [protocol, state, value] of [
      ...states(`${folder}/sockstat`),
      ...states(`${folder}/sockstat6`),
    ]) {
      if (protocol === 'sockets') {
        families.push(gauge('node_sockstat_sockets_used', 'Number of IPv4 sockets in use.').add(value));
        continue;
      }
      families.push(family(protocol, state, value));
      if (state === 'mem') families.push(family(protocol, 'mem_bytes', value * pageBytes()));
    }
    return families;
  },
});

function family(protocol: string, state: string, value: number): FamilyBuilder {
  const help = `Number of ${protocol} sockets in state ${state}.`;
  return gauge(`node_sockstat_${protocol}_${state}`, help).add(value);
}

function states(path: string): [string, string, number][] {
  let lines: string[];
  try {
    lines = readLines(path);
  } catch (error) {
    // IPv4 or IPv6 can be off.
    if (isMissing(error)) return [];
    throw error;
  }
  return lines.flatMap((line) => {
    const [head = '', ...pairs] = line.trim().split(/\s+/);
    if (!head.endsWith(':') || pairs.length % 2 !== 0)
      throw new BadInputError(
        '',
        `${path}: ${JSON.stringify(line)} is not of the form "NAME: state value …"`,
      );
    return pairs.flatMap((state, i): [string, string, number][] => {
      const value = Number(pairs[i + 1]);
      if (i % 2 === 1) return [];
      if (Number.isNaN(value)) throw new BadInputError('', `${path}: ${state} of ${head} is not a number`);
      return [[head.slice(0, -1), state, value]];
    });
  });
}
