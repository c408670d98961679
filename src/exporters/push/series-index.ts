import { BadInputError } from '../../kit/app-error.ts';
import { fnv1a64 } from '../../kit/hash.ts';
import { formatLabels, type Labels, sortedPairs } from '../../model/labels.ts';
import type { MetricType } from '../../model/metric.ts';
import { type PushedFamily, pointLabels, seriesNames } from './pushed-family.ts';

interface HeldFamily {
  readonly type: MetricType;
  readonly groups: Set<string>;
}

export interface NameRules {
  readonly utf8Names: boolean;
  /** Why nobody may push a metric of this name; undefined where they may. */
  readonly reserved: (name: string) => string | undefined;
}

/**
 * What all groups hold, looked up by name and by series, so that a push is checked against the others without looking at them all.
 */
export class SeriesIndex {
  readonly #families = new Map<string, HeldFamily>();
  /** Names of series, `x_sum` and the like included, and the family that has them. */
  readonly #names = new Map<string, string>();
  /** Hashes of series, and the group that has them. */
  readonly #owners = new Map<string, string>();

  add(group: string, family: PushedFamily): void {
    const held = this.#families.get(family.name);
    if (held === undefined) {
      this.#families.set(family.name, { type: family.type, groups: new Set([group]) });
      for (const name of seriesNames(family.name, family.type)) this.#names.set(name, family.name);
    } else held.groups.add(group);
    for (const { labels } of family.metrics) this.#owners.set(hashOf(family.name, labels), group);
  }

  remove(group: string, { name, type, metrics }: PushedFamily): void {
    const held = this.#families.get(name);
    held?.groups.delete(group);
    if (held?.groups.size === 0) {
      this.#families.delete(name);
      for (const one of seriesNames(name, type)) if (this.#names.get(one) === name) this.#names.delete(one);
    }
    for (const { labels } of metrics) {
      const hash = hashOf(name, labels);
      if (this.#owners.get(hash) === group) this.#owners.delete(hash);
    }
  }

  /**
   * Whether families may stand in a group beside what all others hold, and what the group itself keeps.
   *
   * @param replaced names of the families that the group will no longer have
   * @throws {BadInputError} naming the first that may not
   */
  check(
    group: string,
    families: readonly PushedFamily[],
    replaced: ReadonlySet<string>,
    rules: NameRules,
  ): void {
    const names = new Map<string, string>();
    for (const family of families) {
      checkNames(family, rules);
      this.#checkType(group, family, replaced);
      this.#checkEnds(group, family, replaced, names);
      this.#checkSeries(group, family);
    }
  }

  #checkType(group: string, { name, type }: PushedFamily, replaced: ReadonlySet<string>): void {
    const held = this.#families.get(name);
    if (held !== undefined && held.type !== type && this.#isKept(name, group, replaced))
      throw inconsistent(`metric "${name}" is a ${type}, but other groups have it as a ${held.type}`);
  }

  /** A histogram `x` and a metric `x_count` would be told apart by nobody. */
  #checkEnds(
    group: string,
    { name, type }: PushedFamily,
    replaced: ReadonlySet<string>,
    own: Map<string, string>,
  ): void {
    for (const one of seriesNames(name, type)) {
      const held = this.#names.get(one);
      const other = own.get(one) ?? (held !== undefined && this.#isKept(held, group, replaced) ? held : name);
      if (other !== name) throw inconsistent(`metric "${name}" collides with "${other}": both have ${one}`);
      own.set(one, name);
    }
  }

  #checkSeries(group: string, { name, metrics }: PushedFamily): void {
    const own = new Set<string>();
    for (const { labels } of metrics) {
      const hash = hashOf(name, labels);
      const owner = this.#owners.get(hash);
      if (own.has(hash) || (owner !== undefined && owner !== group))
        throw inconsistent(
          `${formatLabels({ __name__: name, ...labels })} is there already with the same name and label values`,
        );
      own.add(hash);
    }
  }

  /** Whether somebody will still have the family after the push. */
  #isKept(name: string, group: string, replaced: ReadonlySet<string>): boolean {
    const groups = this.#families.get(name)?.groups;
    if (groups === undefined) return false;
    return groups.has(group) && replaced.has(name) ? groups.size > 1 : groups.size > 0;
  }
}

/** @throws {BadInputError} that says what a push is refused for as the Pushgateway begins it */
export function inconsistent(problem: string): BadInputError {
  return new BadInputError(
    '',
    `pushed metrics are invalid or inconsistent with existing metrics: ${problem}`,
  );
}

function checkNames({ name, type, metrics }: PushedFamily, rules: NameRules): void {
  if (rules.utf8Names ? name === '' : !/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name))
    throw inconsistent(`"${name}" is no name of a metric`);
  for (const one of seriesNames(name, type)) {
    const why = rules.reserved(one);
    if (why !== undefined) throw inconsistent(`metric "${name}" ${why}`);
  }
  for (const { labels } of metrics)
    for (const label of Object.keys(labels)) {
      if (!isLabelName(label, rules))
        throw inconsistent(`metric "${name}" has a label with an invalid name: "${label}"`);
      if (label === pointLabels[type])
        throw inconsistent(`metric "${name}" has the label "${label}", which is that of its parts`);
    }
}

function isLabelName(label: string, { utf8Names }: NameRules): boolean {
  if (label.startsWith('__')) return false;
  return utf8Names ? label !== '' : /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label);
}

function hashOf(name: string, labels: Labels): string {
  return fnv1a64([name, ...sortedPairs(labels)]);
}
