import { BadInputError } from '../../../kit/app-error.ts';
import type { Labels } from '../../../model/labels.ts';
import type { MetricType } from '../../../model/metric.ts';
import { FamilySet } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { fieldsOf, namesIn, readTextIfAny } from '../host-files.ts';

type File = readonly [file: string, name: string, help: string, type?: MetricType, factor?: number];

const setFiles: readonly File[] = [
  ['average_key_size', 'average_key_size_sectors', 'Average data per key in the btree (sectors).'],
  ['btree_cache_size', 'btree_cache_size_bytes', 'Amount of memory currently used by the btree cache.'],
  [
    'cache_available_percent',
    'cache_available_percent',
    'Percentage of cache device without dirty data, usable for writeback (may contain clean cached data).',
  ],
  ['congested', 'congested', 'Congestion.'],
  [
    'root_usage_percent',
    'root_usage_percent',
    'Percentage of the root btree node in use (tree depth increases if too high).',
  ],
  ['tree_depth', 'tree_depth', 'Depth of the btree.'],
  [
    'internal/active_journal_entries',
    'active_journal_entries',
    'Number of journal entries that are newer than the index.',
  ],
  ['internal/btree_nodes', 'btree_nodes', 'Total nodes in the btree.'],
  [
    'internal/btree_read_average_duration_us',
    'btree_read_average_duration_seconds',
    'Average btree read duration.',
    'gauge',
    1e-9,
  ],
  [
    'internal/cache_read_races',
    'cache_read_races_total',
    'Counts instances where while data was being read from the cache, the bucket was reused and invalidated - i.e. where the pointer was stale after the read completed.',
    'counter',
  ],
];

const backingFiles: readonly File[] = [
  ['dirty_data', 'dirty_data_bytes', 'Amount of dirty data for this backing device in the cache.'],
  [
    'stats_total/bypassed',
    'bypassed_bytes_total',
    'Amount of IO (both reads and writes) that has bypassed the cache.',
    'counter',
  ],
  [
    'stats_total/cache_hits',
    'cache_hits_total',
    'Hits counted per individual IO as bcache sees them.',
    'counter',
  ],
  [
    'stats_total/cache_misses',
    'cache_misses_total',
    'Misses counted per individual IO as bcache sees them.',
    'counter',
  ],
  [
    'stats_total/cache_bypass_hits',
    'cache_bypass_hits_total',
    'Hits for IO intended to skip the cache.',
    'counter',
  ],
  [
    'stats_total/cache_bypass_misses',
    'cache_bypass_misses_total',
    'Misses for IO intended to skip the cache.',
    'counter',
  ],
  [
    'stats_total/cache_miss_collisions',
    'cache_miss_collisions_total',
    'Instances where data insertion from cache miss raced with write (data already present).',
    'counter',
  ],
  ['stats_total/cache_readaheads', 'cache_readaheads_total', 'Count of times readahead occurred.', 'counter'],
];

/** Lines of `writeback_rate_debug`. */
const rateLines: readonly File[] = [
  ['target', 'dirty_target_bytes', 'Current dirty data target threshold in bytes.'],
  ['rate', 'writeback_rate', 'Current writeback rate in bytes.'],
  [
    'proportional',
    'writeback_rate_proportional_term',
    'Current result of proportional controller, part of writeback rate',
  ],
  [
    'integral',
    'writeback_rate_integral_term',
    'Current result of integral controller, part of writeback rate',
  ],
  ['change', 'writeback_change', 'Last writeback rate change.'],
];

const cacheFiles: readonly File[] = [
  ['io_errors', 'io_errors', 'Number of errors that have occurred, decayed by io_error_halflife.'],
  [
    'metadata_written',
    'metadata_written_bytes_total',
    'Sum of all non data writes (btree writes and all other metadata).',
    'counter',
  ],
  ['written', 'written_bytes_total', 'Sum of all data that has been written to the cache.', 'counter'],
];

const priorityLines: readonly File[] = [
  ['Unused', 'priority_stats_unused_percent', "The percentage of the cache that doesn't contain any data."],
  ['Metadata', 'priority_stats_metadata_percent', "Bcache's metadata overhead."],
];

/** Source: https://docs.kernel.org/admin-guide/bcache.html */
export const bcache: CreateCollector = ({ bcachePriorityStats }) => ({
  name: 'bcache',
  collect({ roots }) {
    const set = new FamilySet();
    const folder = `${roots.sysfs}/fs/bcache`;
    for (const uuid of namesIn(folder) ?? [])
      if (uuid.includes('-')) addSet(set, `${folder}/${uuid}`, uuid, bcachePriorityStats);
    return set.families;
  },
});

/** A set of caches, the devices that it caches, and those that it caches on. */
function addSet(set: FamilySet, path: string, uuid: string, withPriorities: boolean): void {
  addFiles(set, path, setFiles, { uuid });
  for (const name of namesIn(path) ?? []) {
    const place = `${path}/${name}`;
    if (/^bdev\d+$/.test(name)) {
      const labels = { uuid, backing_device: name };
      addFiles(set, place, backingFiles, labels);
      addLines(set, `${place}/writeback_rate_debug`, rateLines, labels);
    } else if (/^cache\d+$/.test(name)) {
      const labels = { uuid, cache_device: name };
      addFiles(set, place, cacheFiles, labels);
      // Reading it walks through all buckets.
      if (withPriorities) addLines(set, `${place}/priority_stats`, priorityLines, labels);
    }
  }
}

function addFiles(set: FamilySet, folder: string, files: readonly File[], labels: Labels): void {
  for (const file of files) addText(set, readTextIfAny(`${folder}/${file[0]}`), file, labels);
}

function addLines(set: FamilySet, path: string, lines: readonly File[], labels: Labels): void {
  const fields = fieldsOf(readTextIfAny(path) ?? '');
  for (const line of lines) addText(set, fields.get(line[0]), line, labels);
}

function addText(set: FamilySet, text: string | undefined, file: File, labels: Labels): void {
  if (text === undefined) return;
  const [, name, help, type = 'gauge', factor = 1] = file;
  set.add({ name: `node_bcache_${name}`, type, help }, humanNumber(text, file[0]) * factor, labels);
}

/** `1.1k`, `0`, `-10.2M/sec`, `5%`; the units are of 1024. */
function humanNumber(text: string, file: string): number {
  const [, number, unit = ''] = /^(-?[\d.]+)([kMGTPEZY]?)(?:\/sec|%)?$/.exec(text) ?? [];
  if (number === undefined)
    throw new BadInputError('', `${file} of bcache is not a number: ${JSON.stringify(text)}`);
  return Number(number) * 1024 ** ' kMGTPEZY'.indexOf(unit === '' ? ' ' : unit);
}
