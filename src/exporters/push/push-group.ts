import { fnv1a64 } from '../../kit/hash.ts';
import { type Labels, labelsKey, sortedPairs } from '../../model/labels.ts';
import type { Distribution, PushedFamily, PushedMetric } from './pushed-family.ts';

export const pushTimeName = 'push_time_seconds';
export const pushFailureName = 'push_failure_time_seconds';

export interface TimedFamily {
  readonly family: PushedFamily;
  /** Of each of its metrics, in order: the same for equal names and labels, and most likely for no others. */
  readonly keys: readonly string[];
  /** When it was pushed. */
  readonly atMs: number;
}

/** What was pushed under one set of labels. Treat as immutable: a push makes another. */
export interface PushGroup {
  /** Those of the path. */
  readonly labels: Labels;
  /** The last push that was taken; 0 for none. */
  readonly pushedAtMs: number;
  /** The last push that was refused; 0 for none. */
  readonly failedAtMs: number;
  /** How old the last push may get; for ever when left out. */
  readonly timeToLiveMs?: number;
  /** The last push got older than that: what it brought no longer counts. */
  readonly isStale: boolean;
  readonly families: ReadonlyMap<string, TimedFamily>;
}

/** The same for equal labels and for no others. */
export function groupKey(labels: Labels): string {
  return labelsKey(labels);
}

/** Labels of a metric within a group: those of the group count more than its own, and there is always an `instance`. */
export function labelsWithin(group: Labels, own: Labels): Labels {
  return { instance: '', ...own, ...group };
}

/** When the group was last pushed, and last failed to be. */
export function timeFamilies(group: PushGroup): readonly [PushedFamily, PushedFamily] {
  const metrics = (atMs: number): readonly PushedMetric[] => [
    { labels: labelsWithin(group.labels, {}), value: atMs / 1000 },
  ];
  return [
    {
      name: pushTimeName,
      help: 'When this group was last changed by a push, in Unix seconds; 0 when it never was.',
      type: 'gauge',
      metrics: metrics(group.pushedAtMs),
    },
    {
      name: pushFailureName,
      help: 'When a push to this group was last refused, in Unix seconds; 0 when none was.',
      type: 'gauge',
      metrics: metrics(group.failedAtMs),
    },
  ];
}

/** A family with the keys of its metrics. */
export type KeyedFamily = Pick<TimedFamily, 'family' | 'keys'>;

export function keyed(family: PushedFamily): KeyedFamily {
  return { family, keys: family.metrics.map(({ labels }) => metricKey(family.name, labels)) };
}

/** See {@link TimedFamily.keys}. */
export function metricKey(name: string, labels: Labels): string {
  return fnv1a64([name, ...sortedPairs(labels)]);
}

/** What counts of a group now: everything, or the times alone once it is stale. */
export function familiesInForce(group: PushGroup): readonly KeyedFamily[] {
  const pushed = group.isStale ? [] : group.families.values();
  return [...pushed, ...timeFamilies(group).map(keyed)];
}

/** Series of the families, each once for every line of text. */
export function seriesCount(families: Iterable<PushedFamily>): number {
  let count = 0;
  for (const { type, metrics } of families)
    for (const { distribution } of metrics) count += seriesOfMetric(type, distribution);
  return count;
}

function seriesOfMetric(type: PushedFamily['type'], distribution: Distribution | undefined): number {
  if (distribution === undefined) return 1;
  const { points } = distribution;
  const isEndless = type !== 'summary' && points.at(-1)?.[0] !== Number.POSITIVE_INFINITY;
  // Its sum and its count are series, too.
  return points.length + (isEndless ? 1 : 0) + 2;
}
