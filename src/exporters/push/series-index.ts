import { BadInputError } from '../../kit/app-error.ts';
import { type IsSpent, mapInTurns, type Work } from '../../kit/work.ts';
import { formatLabels, type Labels } from '../../model/labels.ts';
import type { MetricType } from '../../model/metric.ts';
import type { KeyedFamily } from './push-group.ts';
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

export interface CheckOptions {
  /** Names of the families that the group will no longer have. */
  readonly replaced: ReadonlySet<string>;
  readonly rules: NameRules;
  readonly isSpent: IsSpent;
}

/**
 * What all groups hold, looked up by name and by series, so that a push is checked against the others without looking at them all.
 */
export class SeriesIndex {
  readonly #families = new Map<string, HeldFamily>();
  /** Names of series, `x_sum` and the like included, and the family that has them. */
  readonly #names = new Map<string, string>();
  /** Keys of metrics, and the group that has them. */
  readonly #owners = new Map<string, string>();

  *add(group: string, { family: { name, type }, keys }: KeyedFamily, isSpent: IsSpent): Work<void> {
    const held = this.#families.get(name);
    if (held === undefined) {
      this.#families.set(name, { type, groups: new Set([group]) });
      for (const one of seriesNames(name, type)) this.#names.set(one, name);
    } else held.groups.add(group);
    yield* mapInTurns(keys, (key) => void this.#owners.set(key, group), isSpent);
  }

  *remove(group: string, { family: { name, type }, keys }: KeyedFamily, isSpent: IsSpent): Work<void> {
    const held = this.#families.get(name);
    held?.groups.delete(group);
    if (held?.groups.size === 0) {
      this.#families.delete(name);
      for (const one of seriesNames(name, type)) if (this.#names.get(one) === name) this.#names.delete(one);
    }
    const forget = (key: string): void => {
      if (this.#owners.get(key) === group) this.#owners.delete(key);
    };
    yield* mapInTurns(keys, forget, isSpent);
  }

  /**
   * Whether families may stand in a group beside what all others hold, and what the group itself keeps.
   *
   * @throws {BadInputError} naming the first that may not
   */
  *check(
    group: string,
    families: readonly KeyedFamily[],
    { replaced, rules, isSpent }: CheckOptions,
  ): Work<void> {
    const names = new Map<string, string>();
    for (const keyed of families) {
      const { family } = keyed;
      checkName(family, rules);
      yield* mapInTurns(family.metrics, ({ labels }) => checkLabels(family, labels, rules), isSpent);
      this.#checkType(group, family, replaced);
      this.#checkEnds(group, family, replaced, names);
      yield* this.#checkSeries(group, keyed, isSpent);
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

  *#checkSeries(group: string, { family, keys }: KeyedFamily, isSpent: IsSpent): Work<void> {
    const { name, metrics } = family;
    const own = new Set<string>();
    const check = (key: string, index: number): void => {
      const owner = this.#owners.get(key);
      if (own.has(key) || (owner !== undefined && owner !== group))
        throw inconsistent(
          `${formatLabels({ __name__: name, ...metrics[index]?.labels })} is there already with the same name and label values`,
        );
      own.add(key);
    };
    yield* mapInTurns(keys, check, isSpent);
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

function checkName({ name, type }: PushedFamily, rules: NameRules): void {
  if (rules.utf8Names ? name === '' : !/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name))
    throw inconsistent(`"${name}" is no name of a metric`);
  for (const one of seriesNames(name, type)) {
    const why = rules.reserved(one);
    if (why !== undefined) throw inconsistent(`metric "${name}" ${why}`);
  }
}

function checkLabels({ name, type }: PushedFamily, labels: Labels, rules: NameRules): void {
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
