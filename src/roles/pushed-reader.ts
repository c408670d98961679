import type { PushedReader } from '../api/skopos/pushed.ts';
import type {
  PushedFamilyJson,
  PushedGroupDetailJson,
  PushedGroupJson,
  PushedStateJson,
} from '../api/skopos/pushed-contract.ts';
import { groupingOf, groupPath } from '../exporters/push/grouping.ts';
import { type PushGroup, seriesCount, type TimedFamily } from '../exporters/push/push-group.ts';
import type { PushGroups } from '../exporters/push/push-groups.ts';
import { samplesOf } from '../exporters/push/pushed-family.ts';
import { formatValue } from '../telemetry/registry.ts';

/** Series of one family that a page shows; a family may have tens of thousands. */
const mostSeries = 200;

/** Groups of pushed metrics as pages show them. */
export function pushedReader(groups: PushGroups): PushedReader {
  // A path that is read here was made here, so that names of any UTF-8 are always undone.
  const labelsOf = (path: string) => groupingOf(path, { utf8Names: true });
  return {
    groups: () => groups.all().map(groupJson),
    group(path) {
      const labels = labelsOf(path);
      const group = labels === undefined ? undefined : groups.get(labels);
      return group === undefined ? undefined : detailJson(group);
    },
    async delete(path) {
      const labels = labelsOf(path);
      return labels !== undefined && (await groups.delete(labels));
    },
  };
}

function stateOf({ isStale, pushedAtMs, failedAtMs }: PushGroup): PushedStateJson {
  if (isStale) return 'stale';
  return pushedAtMs > failedAtMs ? 'taken' : 'refused';
}

function groupJson(group: PushGroup): PushedGroupJson {
  const { labels, pushedAtMs, failedAtMs, timeToLiveMs, families } = group;
  return {
    ...{ path: groupPath(labels), labels, state: stateOf(group) },
    ...(pushedAtMs === 0 ? {} : { pushedAtMs }),
    ...(failedAtMs === 0 ? {} : { failedAtMs }),
    ...(timeToLiveMs === undefined ? {} : { timeToLiveMs }),
    families: families.size,
    series: seriesCount([...families.values()].map(({ family }) => family)),
  };
}

function detailJson(group: PushGroup): PushedGroupDetailJson {
  return { ...groupJson(group), parts: [...group.families.values()].map(familyJson) };
}

function familyJson({ family, atMs }: TimedFamily): PushedFamilyJson {
  const { name, type, help } = family;
  const series = [];
  let total = 0;
  for (const { name: of, labels, value } of samplesOf(family))
    if (total++ < mostSeries) series.push({ name: of, labels, value: formatValue(value) });
  return { name, type, help, atMs, series, total };
}
