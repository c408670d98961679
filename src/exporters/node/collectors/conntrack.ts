import { BadInputError } from '../../../kit/app-error.ts';
import { type FamilyBuilder, gauge } from '../build-family.ts';
import { type CreateCollector, NoDataError } from '../collector.ts';
import { procNet, readLines, readNumber, readNumberIfAny } from '../host-files.ts';

/** Columns of `net/stat/nf_conntrack` that are told, in hexadecimal and one line for each processor. */
const columns: Readonly<Record<string, string>> = {
  found: 'Number of searched entries which were successful.',
  invalid: 'Number of packets seen which can not be tracked.',
  ignore: 'Number of packets seen which are already connected to a conntrack entry.',
  insert: 'Number of entries inserted into the list.',
  insert_failed: 'Number of entries for which list insertion was attempted but failed.',
  drop: 'Number of packets dropped due to conntrack failure.',
  early_drop:
    'Number of dropped conntrack entries to make room for new ones, if maximum table size was reached.',
  search_restart: 'Number of conntrack table lookups which had to be restarted due to hashtable resizes.',
};

/**
 * The table of connections. How many there are is taken from the statistics, as the setting of the same name counts those of who
 * reads it, which in a container are the container's.
 */
export const conntrack: CreateCollector = () => ({
  name: 'conntrack',
  collect({ roots }) {
    const settings = `${roots.procfs}/sys/net/netfilter`;
    const limit = readNumberIfAny(`${settings}/nf_conntrack_max`);
    if (limit === undefined) throw new NoDataError('connection tracking is not loaded');
    const path = `${procNet(roots.procfs)}/stat/nf_conntrack`;
    const { sums, entries } = statistics(path);
    return [
      gauge(
        'node_nf_conntrack_entries',
        'Number of currently allocated flow entries for connection tracking.',
      ).add(entries ?? readNumber(`${settings}/nf_conntrack_count`)),
      gauge('node_nf_conntrack_entries_limit', 'Maximum size of connection tracking table.').add(limit),
      ...sums,
    ];
  },
});

/** @throws {BadInputError} for a file without the columns that are told. */
function statistics(path: string): { sums: FamilyBuilder[]; entries: number | undefined } {
  const [head = '', ...lines] = readLines(path);
  const names = head.trim().split(/\s+/);
  const rows = lines.map((line) => line.trim().split(/\s+/));
  const sums = Object.entries(columns).map(([name, help]) => {
    const at = names.indexOf(name);
    if (at < 0) throw new BadInputError('', `${path} has no column ${name}`);
    const sum = rows.reduce((all, row) => all + Number.parseInt(row[at] ?? '', 16), 0);
    if (Number.isNaN(sum)) throw new BadInputError('', `${path} has a line of another shape than its first`);
    return gauge(`node_nf_conntrack_stat_${name}`, help).add(sum);
  });
  const at = names.indexOf('entries');
  const entries = at < 0 ? undefined : Number.parseInt(rows[0]?.[at] ?? '', 16);
  return { sums, entries: Number.isNaN(entries) ? undefined : entries };
}
