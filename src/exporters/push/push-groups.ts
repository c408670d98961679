import { BadInputError } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Labels } from '../../model/labels.ts';
import type { MetricFamily } from '../../model/metric.ts';
import {
  familiesInForce,
  groupKey,
  labelsWithin,
  type PushGroup,
  pushFailureName,
  pushTimeName,
  seriesCount,
  type TimedFamily,
  timeFamilies,
} from './push-group.ts';
import { type PushedBody, type PushedFamily, samplesOf } from './pushed-family.ts';
import { inconsistent, type NameRules, SeriesIndex } from './series-index.ts';

/** Where groups outlive the process; see `GroupTable`. */
export interface GroupKeeper {
  load(): Iterable<PushGroup>;
  put(key: string, group: PushGroup): void;
  delete(key: string): void;
  clear(): void;
}

export interface PushGroupsOptions {
  readonly clock: Clock;
  readonly keeper: GroupKeeper;
  readonly maxGroups: number;
  readonly maxSeries: number;
  /** Of groups whose pushes say nothing else; they live for ever when left out. */
  readonly timeToLiveMs?: number;
  readonly rules: NameRules;
  /** Told of each change, after it was kept; `group` is undefined when it is gone. */
  readonly changed: (key: string, group: PushGroup | undefined) => void;
}

/**
 * All groups that were pushed. A push is kept before it is answered, is taken whole or not at all, and is checked against all other
 * groups first.
 *
 * Source: https://github.com/prometheus/pushgateway#api
 */
export class PushGroups {
  readonly #options: PushGroupsOptions;
  readonly #groups = new Map<string, PushGroup>();
  readonly #index = new SeriesIndex();
  #series = 0;

  constructor(options: PushGroupsOptions) {
    this.#options = options;
    for (const group of options.keeper.load()) this.#hold(groupKey(group.labels), group);
  }

  /** Ordered by labels. */
  all(): readonly PushGroup[] {
    return [...this.#groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  }

  get(labels: Labels): PushGroup | undefined {
    return this.#groups.get(groupKey(labels));
  }

  entries(): Iterable<readonly [key: string, group: PushGroup]> {
    return this.#groups;
  }

  get size(): number {
    return this.#groups.size;
  }

  /** Of groups that are stale too. */
  get series(): number {
    return this.#series;
  }

  /**
   * Takes a push. One that is refused is noted in its group.
   *
   * @param mode `replace`: the group has afterwards what was pushed alone; `merge`: families of other names stay, unless the group is stale
   * @throws {BadInputError} when it is refused
   */
  push(
    labels: Labels,
    body: PushedBody,
    { mode, timeToLiveMs }: { readonly mode: 'replace' | 'merge'; readonly timeToLiveMs?: number },
  ): void {
    const key = groupKey(labels);
    const before = this.#groups.get(key);
    if (before === undefined && this.#groups.size >= this.#options.maxGroups)
      throw new BadInputError(
        '',
        `there are ${this.#groups.size} groups already, which is push.max_groups: delete some, or raise it`,
      );
    const nowMs = this.#options.clock.now();
    const livesMs = timeToLiveMs ?? this.#options.timeToLiveMs;
    // The last of several families of one name counts.
    const pushed = new Map(body.families.map((family) => [family.name, within(labels, family)]));
    pushed.delete(pushTimeName);
    pushed.delete(pushFailureName);
    const kept =
      mode === 'merge' && before?.isStale === false
        ? [...before.families].filter(([name]) => !pushed.has(name))
        : [];
    const after: PushGroup = {
      labels,
      pushedAtMs: nowMs,
      failedAtMs: before?.failedAtMs ?? 0,
      ...(livesMs === undefined ? {} : { timeToLiveMs: livesMs }),
      isStale: false,
      families: new Map<string, TimedFamily>([
        ...kept,
        ...[...pushed].map(([name, family]) => [name, { family, atMs: nowMs }] as const),
      ]),
    };
    try {
      if (body.hasTimes) throw inconsistent('pushed metrics must not have timestamps');
      this.#check(key, before, after, [...pushed.values()]);
    } catch (error) {
      if (error instanceof BadInputError) this.#failed(key, labels, before);
      throw error;
    }
    this.#put(key, after);
  }

  /** Nothing happens where there is no such group. */
  delete(labels: Labels): void {
    const key = groupKey(labels);
    if (!this.#groups.has(key)) return;
    this.#options.keeper.delete(key);
    this.#drop(key);
    this.#options.changed(key, undefined);
  }

  wipe(): void {
    this.#options.keeper.clear();
    for (const key of [...this.#groups.keys()]) {
      this.#drop(key);
      this.#options.changed(key, undefined);
    }
  }

  /** Makes groups stale whose last push is too old. */
  expire(): void {
    const nowMs = this.#options.clock.now();
    for (const [key, group] of [...this.#groups]) {
      const { isStale, timeToLiveMs, pushedAtMs } = group;
      if (isStale || timeToLiveMs === undefined || pushedAtMs === 0 || nowMs - pushedAtMs <= timeToLiveMs)
        continue;
      this.#put(key, { ...group, isStale: true });
    }
  }

  /** What all groups have at the time of the first, one family a name, in order of name; each is made when it is asked for. */
  *families(): Generator<MetricFamily, void, undefined> {
    const all = new Map<string, PushedFamily[]>();
    for (const group of this.all())
      for (const family of familiesInForce(group)) {
        const held = all.get(family.name);
        if (held === undefined) all.set(family.name, [family]);
        else held.push(family);
      }
    for (const name of [...all.keys()].sort()) {
      const [first, ...others] = all.get(name) ?? [];
      if (first === undefined) continue;
      const samples = [first, ...others].flatMap((family) => [...samplesOf(family)]);
      yield { name, help: first.help, type: first.type, samples };
    }
  }

  #check(
    key: string,
    before: PushGroup | undefined,
    after: PushGroup,
    pushed: readonly PushedFamily[],
  ): void {
    // What the group keeps as it is stands in the way of others; all else of it goes.
    const goes = [...(before?.families ?? [])].filter(([name, held]) => after.families.get(name) !== held);
    const replaced = new Set([...goes.map(([name]) => name), pushTimeName, pushFailureName]);
    this.#index.check(key, [...pushed, ...timeFamilies(after)], replaced, this.#options.rules);
    const series = this.#series - seriesIn(before) + seriesIn(after);
    const { maxSeries } = this.#options;
    if (series > maxSeries)
      throw inconsistent(
        `all groups together would have ${series} series, more than push.max_series of ${maxSeries}: push fewer, or raise it`,
      );
  }

  #failed(key: string, labels: Labels, before: PushGroup | undefined): void {
    const failedAtMs = this.#options.clock.now();
    const group = before ?? { labels, pushedAtMs: 0, isStale: false, families: new Map() };
    const noted: PushGroup = { ...group, failedAtMs };
    try {
      this.#check(key, before, noted, []);
    } catch (error) {
      // A group whose own times cannot stand beside those of another is not there at all.
      if (error instanceof BadInputError) return;
      throw error;
    }
    this.#put(key, noted);
  }

  #put(key: string, group: PushGroup): void {
    this.#options.keeper.put(key, group);
    this.#drop(key);
    this.#hold(key, group);
    this.#options.changed(key, group);
  }

  #hold(key: string, group: PushGroup): void {
    this.#groups.set(key, group);
    this.#series += seriesIn(group);
    for (const family of indexed(group)) this.#index.add(key, family);
  }

  #drop(key: string): void {
    const group = this.#groups.get(key);
    if (group === undefined) return;
    this.#groups.delete(key);
    this.#series -= seriesIn(group);
    for (const family of indexed(group)) this.#index.remove(key, family);
  }
}

/** What a stale group had keeps its place until the next push, which begins anew. */
function indexed(group: PushGroup): readonly PushedFamily[] {
  return familiesInForce({ ...group, isStale: false });
}

function seriesIn(group: PushGroup | undefined): number {
  return group === undefined ? 0 : seriesCount(indexed(group));
}

function within(group: Labels, family: PushedFamily): PushedFamily {
  return {
    ...family,
    metrics: family.metrics.map((metric) => ({ ...metric, labels: labelsWithin(group, metric.labels) })),
  };
}
