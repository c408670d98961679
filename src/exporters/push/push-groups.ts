import { BadInputError } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import { finish, type IsSpent, mapInTurns, type Work } from '../../kit/work.ts';
import type { Labels } from '../../model/labels.ts';
import type { MetricFamily } from '../../model/metric.ts';
import {
  familiesInForce,
  groupKey,
  type KeyedFamily,
  keyed,
  labelsWithin,
  metricKey,
  type PushGroup,
  pushFailureName,
  pushTimeName,
  seriesCount,
  type TimedFamily,
  timeFamilies,
} from './push-group.ts';
import { type PushedBody, type PushedFamily, type PushedMetric, samplesOf } from './pushed-family.ts';
import { inconsistent, type NameRules, SeriesIndex } from './series-index.ts';

/** Where groups outlive the process; see `GroupTable`. */
export interface GroupKeeper {
  load(): Iterable<PushGroup>;
  /** All or nothing: until it has ended, what was there before is what is loaded. */
  put(key: string, group: PushGroup, isSpent: IsSpent): Work<void>;
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
  readonly changed: (key: string, group: PushGroup | undefined, isSpent: IsSpent) => Work<void>;
  /** Lets work go on in slices of time; it is done at once when left out. */
  readonly run?: <T>(work: (isSpent: IsSpent) => Work<T>) => Promise<T>;
}

export interface PushOptions {
  /** `replace`: the group has afterwards what was pushed alone; `merge`: families of other names stay, unless the group is stale. */
  readonly mode: 'replace' | 'merge';
  readonly timeToLiveMs?: number;
}

/**
 * All groups that were pushed. A push is kept before it is answered, is taken whole or not at all, and is checked against all other
 * groups first. What changes them is done one after the other, each in slices of time, so that other work goes on meanwhile.
 *
 * Source: https://github.com/prometheus/pushgateway#api
 */
export class PushGroups {
  readonly #options: PushGroupsOptions;
  readonly #groups = new Map<string, PushGroup>();
  readonly #index = new SeriesIndex();
  #series = 0;
  /** Ends when nothing is being changed. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: PushGroupsOptions) {
    this.#options = options;
    for (const group of options.keeper.load()) finish(this.#exchange(groupKey(group.labels), group, never));
  }

  /** Work that no change of a group may come between. @throws what the work throws */
  async exclusively<T>(work: (isSpent: IsSpent) => Work<T>): Promise<T> {
    const { run = async (one) => finish(one(never)) } = this.#options;
    const result = this.#last.then(() => run(work));
    this.#last = result.catch(() => undefined);
    return result;
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
   * @param read what was pushed; when it throws, nothing is noted
   * @throws {BadInputError} when it is refused
   */
  async push(
    labels: Labels,
    read: (isSpent: IsSpent) => Work<PushedBody>,
    options: PushOptions,
  ): Promise<void> {
    const push = this.#push.bind(this);
    await this.exclusively(function* (isSpent): Work<void> {
      yield* push(labels, yield* read(isSpent), { ...options, isSpent });
    });
  }

  /** @returns whether there was such a group */
  async delete(labels: Labels): Promise<boolean> {
    const key = groupKey(labels);
    return this.exclusively((isSpent) => this.#delete(key, isSpent));
  }

  async wipe(): Promise<void> {
    await this.exclusively((isSpent) => this.#wipe(isSpent));
  }

  /** Makes groups stale whose last push is too old. */
  async expire(): Promise<void> {
    await this.exclusively((isSpent) => this.#expire(isSpent));
  }

  *#push(
    labels: Labels,
    body: PushedBody,
    { mode, timeToLiveMs, isSpent }: PushOptions & { readonly isSpent: IsSpent },
  ): Work<void> {
    const key = groupKey(labels);
    const before = this.#groups.get(key);
    if (before === undefined && this.#groups.size >= this.#options.maxGroups)
      throw new BadInputError(
        '',
        `there are ${this.#groups.size} groups already, which is push.max_groups: delete some, or raise it`,
      );
    const nowMs = this.#options.clock.now();
    const livesMs = timeToLiveMs ?? this.#options.timeToLiveMs;
    const pushed = yield* timedFamilies(labels, body.families, nowMs, isSpent);
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
      families: new Map<string, TimedFamily>([...kept, ...pushed]),
    };
    try {
      if (body.hasTimes) throw inconsistent('pushed metrics must not have timestamps');
      yield* this.#check(key, { before, after, pushed: [...pushed.values()], isSpent });
    } catch (error) {
      if (error instanceof BadInputError) yield* this.#failed(key, labels, before, isSpent);
      throw error;
    }
    yield* this.#put(key, after, isSpent);
  }

  *#delete(key: string, isSpent: IsSpent): Work<boolean> {
    if (!this.#groups.has(key)) return false;
    this.#options.keeper.delete(key);
    yield* this.#exchange(key, undefined, isSpent);
    yield* this.#options.changed(key, undefined, isSpent);
    return true;
  }

  *#wipe(isSpent: IsSpent): Work<void> {
    this.#options.keeper.clear();
    for (const key of [...this.#groups.keys()]) {
      yield* this.#exchange(key, undefined, isSpent);
      yield* this.#options.changed(key, undefined, isSpent);
    }
  }

  *#expire(isSpent: IsSpent): Work<void> {
    const nowMs = this.#options.clock.now();
    for (const [key, group] of [...this.#groups]) {
      const { isStale, timeToLiveMs, pushedAtMs } = group;
      if (isStale || timeToLiveMs === undefined || pushedAtMs === 0 || nowMs - pushedAtMs <= timeToLiveMs)
        continue;
      yield* this.#put(key, { ...group, isStale: true }, isSpent);
    }
  }

  /** What all groups have at the time of the first, one family a name, in order of name; each is made when it is asked for. */
  *families(): Generator<MetricFamily, void, undefined> {
    const all = new Map<string, PushedFamily[]>();
    for (const group of this.all())
      for (const { family } of familiesInForce(group)) {
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

  *#check(key: string, { before, after, pushed, isSpent }: Checked): Work<void> {
    // What the group keeps as it is stands in the way of others; all else of it goes.
    const goes = [...(before?.families ?? [])].filter(([name, held]) => after.families.get(name) !== held);
    const replaced = new Set([...goes.map(([name]) => name), pushTimeName, pushFailureName]);
    const families = [...pushed, ...timeFamilies(after).map(keyed)];
    yield* this.#index.check(key, families, { replaced, rules: this.#options.rules, isSpent });
    const series = this.#series - seriesIn(before) + seriesIn(after);
    const { maxSeries } = this.#options;
    if (series > maxSeries)
      throw inconsistent(
        `all groups together would have ${series} series, more than push.max_series of ${maxSeries}: push fewer, or raise it`,
      );
  }

  *#failed(key: string, labels: Labels, before: PushGroup | undefined, isSpent: IsSpent): Work<void> {
    const failedAtMs = this.#options.clock.now();
    const group = before ?? { labels, pushedAtMs: 0, isStale: false, families: new Map() };
    const noted: PushGroup = { ...group, failedAtMs };
    try {
      yield* this.#check(key, { before, after: noted, pushed: [], isSpent });
    } catch (error) {
      // A group whose own times cannot stand beside those of another is not there at all.
      if (error instanceof BadInputError) return;
      throw error;
    }
    yield* this.#put(key, noted, isSpent);
  }

  *#put(key: string, group: PushGroup, isSpent: IsSpent): Work<void> {
    yield* this.#options.keeper.put(key, group, isSpent);
    yield* this.#exchange(key, group, isSpent);
    yield* this.#options.changed(key, group, isSpent);
  }

  /** Puts a group into the place of the one that was there. The index, which changes alone ask, follows in slices. */
  *#exchange(key: string, group: PushGroup | undefined, isSpent: IsSpent): Work<void> {
    const before = this.#groups.get(key);
    this.#groups.delete(key);
    if (group !== undefined) this.#groups.set(key, group);
    this.#series += seriesIn(group) - seriesIn(before);
    for (const family of indexed(before)) yield* this.#index.remove(key, family, isSpent);
    for (const family of indexed(group)) yield* this.#index.add(key, family, isSpent);
  }
}

interface Checked {
  readonly before: PushGroup | undefined;
  readonly after: PushGroup;
  readonly pushed: readonly TimedFamily[];
  readonly isSpent: IsSpent;
}

/** What a stale group had keeps its place until the next push, which begins anew. */
function indexed(group: PushGroup | undefined): readonly KeyedFamily[] {
  return group === undefined ? [] : familiesInForce({ ...group, isStale: false });
}

function seriesIn(group: PushGroup | undefined): number {
  return seriesCount(indexed(group).map(({ family }) => family));
}

/** What a push brings, with the labels of its group, by name; the last of several families of one name counts. */
function* timedFamilies(
  group: Labels,
  families: readonly PushedFamily[],
  atMs: number,
  isSpent: IsSpent,
): Work<Map<string, TimedFamily>> {
  const byName = new Map(families.map((family) => [family.name, family]));
  byName.delete(pushTimeName);
  byName.delete(pushFailureName);
  const timed = new Map<string, TimedFamily>();
  for (const [name, family] of byName) {
    const within = (metric: PushedMetric): PushedMetric => ({
      ...metric,
      labels: labelsWithin(group, metric.labels),
    });
    const metrics = yield* mapInTurns(family.metrics, within, isSpent);
    const keys = yield* mapInTurns(metrics, ({ labels }) => metricKey(name, labels), isSpent);
    timed.set(name, { family: { ...family, metrics }, keys, atMs });
  }
  return timed;
}

function never(): boolean {
  return false;
}
