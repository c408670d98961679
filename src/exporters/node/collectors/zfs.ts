import { BadInputError } from '../../../kit/app-error.ts';
import type { Labels } from '../../../model/labels.ts';
import { FamilySet } from '../build-family.ts';
import { type CreateCollector, NoDataError } from '../collector.ts';
import { namesIn, readLines, readTextIfAny } from '../host-files.ts';

/** Files of statistics, and what their series begin with. A version of ZFS has some of them. */
const statistics = [
  ['abdstats', 'zfs_abd'],
  ['arcstats', 'zfs_arc'],
  ['dbufstats', 'zfs_dbuf'],
  ['dmu_tx', 'zfs_dmu_tx'],
  ['dnodestats', 'zfs_dnode'],
  ['fm', 'zfs_fm'],
  ['vdev_cache_stats', 'zfs_vdev_cache'],
  ['vdev_mirror_stats', 'zfs_vdev_mirror'],
  ['xuio_stats', 'zfs_xuio'],
  ['zfetchstats', 'zfs_zfetch'],
  ['zil', 'zfs_zil'],
] as const;

const poolStates = ['online', 'degraded', 'faulted', 'offline', 'removed', 'unavail', 'suspended'];

/** Types of a row: a signed and an unsigned number of 64 bits. Source: include/os/linux/spl/sys/kstat.h of OpenZFS */
const numberTypes = ['3', '4'];

export const zfs: CreateCollector = () => ({
  name: 'zfs',
  collect({ roots }) {
    const folder = `${roots.procfs}/spl/kstat/zfs`;
    const names = namesIn(folder);
    if (names === undefined) throw new NoDataError('ZFS is not loaded');
    const set = new FamilySet();
    for (const [file, prefix] of statistics)
      if (names.includes(file)) addStatistics(set, `${folder}/${file}`, file, prefix);
    for (const zpool of names) addPool(set, `${folder}/${zpool}`, zpool);
    return set.families;
  },
});

function addStatistics(set: FamilySet, path: string, file: string, prefix: string): void {
  for (const [name, type, value] of table(path).rows)
    if (numberTypes.includes(type)) add(set, `node_${prefix}_`, `${file}.${name}`, value, {});
}

/** A folder among the files is a pool. */
function addPool(set: FamilySet, folder: string, zpool: string): void {
  let names: readonly string[] | undefined;
  try {
    names = namesIn(folder);
  } catch {
    return;
  }
  if (names === undefined) return;
  if (names.includes('io')) addInputOutput(set, `${folder}/io`, zpool);
  for (const name of names) if (name.startsWith('objset-')) addObjectSet(set, `${folder}/${name}`, zpool);
  const state = readTextIfAny(`${folder}/state`)?.toLowerCase();
  if (state === undefined) return;
  const family = { name: 'node_zfs_zpool_state', type: 'gauge', help: 'kstat.zfs.misc.state' } as const;
  for (const known of poolStates) set.add(family, known === state ? 1 : 0, { zpool, state: known });
}

/** A line of names, and one of values. */
function addInputOutput(set: FamilySet, path: string, zpool: string): void {
  const lines = readLines(path).map((line) => line.trim().split(/\s+/));
  const at = lines.findIndex(([first]) => first === 'nread');
  for (const [i, name] of (lines[at] ?? []).entries())
    add(set, 'node_zfs_zpool_', `io.${name}`, lines[at + 1]?.[i] ?? '', { zpool });
}

function addObjectSet(set: FamilySet, path: string, zpool: string): void {
  const { rows } = table(path);
  const dataset = rows.find(([name]) => name === 'dataset_name')?.[2] ?? '';
  for (const [name, type, value] of rows)
    if (type === '4') add(set, 'node_zfs_zpool_dataset_', `objset.${name}`, value, { zpool, dataset });
}

function add(set: FamilySet, prefix: string, key: string, text: string, labels: Labels): void {
  const value = Number(text);
  if (text === '' || Number.isNaN(value)) throw new BadInputError('', `${key} of ZFS is not a number`);
  const name = `${prefix}${key.slice(key.lastIndexOf('.') + 1).replaceAll('-', '_')}`;
  set.add({ name, type: 'unknown', help: `kstat.zfs.misc.${key}` }, value, labels);
}

/** Rows of name, type and data, after the line that says so. @throws {BadInputError} where there is no such line. */
function table(path: string): { rows: [string, string, string][] } {
  const lines = readLines(path).map((line) => line.trim().split(/\s+/));
  const head = lines.findIndex((words) => words.join(' ') === 'name type data');
  if (head < 0) throw new BadInputError('', `${path} has no line "name type data"`);
  return {
    rows: lines
      .slice(head + 1)
      .flatMap(([name, type, ...data]): [string, string, string][] =>
        name === undefined || type === undefined || data.length === 0 ? [] : [[name, type, data.join(' ')]],
      ),
  };
}
