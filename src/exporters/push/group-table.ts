import { UnavailableError } from '../../kit/app-error.ts';
import { finish, type IsSpent, type Work } from '../../kit/work.ts';
import type { Labels } from '../../model/labels.ts';
import type { Database, Statement } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';
import { keyed, type PushGroup, type TimedFamily } from './push-group.ts';
import type { GroupKeeper } from './push-groups.ts';
import type { PushedFamily, PushedMetric } from './pushed-family.ts';

const steps = [
  'CREATE TABLE push_groups (key TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID',
  'CREATE TABLE push_parts (family INTEGER, part INTEGER, body TEXT NOT NULL, PRIMARY KEY (family, part))',
];

/** Metrics of a family that one row has; a row is written in about a millisecond. */
const metricsInPart = 250;

/**
 * Groups in the database: what was kept is there after the process was killed. A large family is in parts that are written one by one;
 * it is there from the moment that the row of its group names it, so that a group is kept whole or not at all.
 */
export class GroupTable implements GroupKeeper {
  readonly #all: Statement;
  readonly #put: Statement;
  readonly #delete: Statement;
  readonly #clear: Statement;
  readonly #partsOf: Statement;
  readonly #putPart: Statement;
  readonly #deletePart: Statement;
  readonly #deleteStrays: Statement;
  /** Families that are in parts, by their numbers there. */
  readonly #numbers = new WeakMap<TimedFamily, number>();
  /** By key of the group, how many parts each of its families in parts has. */
  readonly #partsOfGroup = new Map<string, ReadonlyMap<number, number>>();
  #lastNumber = 0;

  constructor(db: Database) {
    migrate(db, 'push', steps);
    this.#all = db.prepare('SELECT key, body FROM push_groups');
    this.#put = db.prepare('INSERT OR REPLACE INTO push_groups VALUES (?, ?)');
    this.#delete = db.prepare('DELETE FROM push_groups WHERE key = ?');
    this.#clear = db.prepare('DELETE FROM push_groups');
    this.#partsOf = db.prepare('SELECT body FROM push_parts WHERE family = ? ORDER BY part');
    this.#putPart = db.prepare('INSERT INTO push_parts VALUES (?, ?, ?)');
    this.#deletePart = db.prepare('DELETE FROM push_parts WHERE family = ? AND part = ?');
    this.#deleteStrays = db.prepare(
      'DELETE FROM push_parts WHERE family NOT IN (SELECT value FROM json_each(?))',
    );
  }

  load(): PushGroup[] {
    const groups = this.#all.all().map((row) => this.#read(String(row['key']), String(row['body'])));
    // Parts of a push that was not kept to its end, and of families that were replaced.
    const numbers = [...this.#partsOfGroup.values()].flatMap((parts) => [...parts.keys()]);
    this.#deleteStrays.run(JSON.stringify(numbers));
    this.#lastNumber = Math.max(0, ...numbers);
    return groups;
  }

  *put(key: string, group: PushGroup, isSpent: IsSpent): Work<void> {
    const families: KeptFamily[] = [];
    const parts = new Map<number, number>();
    for (const timed of group.families.values()) {
      const { family, atMs } = timed;
      if (family.metrics.length <= metricsInPart) {
        families.push({ atMs, family: { ...family, metrics: family.metrics.map(keptMetric) } });
        continue;
      }
      const number = this.#numbers.get(timed) ?? (yield* this.#writeParts(timed, isSpent));
      parts.set(number, Math.ceil(family.metrics.length / metricsInPart));
      families.push({ atMs, family: { ...family, metrics: [] }, number });
    }
    const kept: KeptGroup = { ...group, families };
    this.#put.run(key, JSON.stringify(kept));
    yield* this.#forget(key, parts, isSpent);
  }

  delete(key: string): void {
    this.#delete.run(key);
    finish(this.#forget(key, new Map(), () => false));
  }

  clear(): void {
    this.#clear.run();
    this.#deleteStrays.run('[]');
    this.#partsOfGroup.clear();
  }

  *#writeParts(timed: TimedFamily, isSpent: IsSpent): Work<number> {
    const number = ++this.#lastNumber;
    const { metrics } = timed.family;
    for (let from = 0; from < metrics.length; from += metricsInPart) {
      const part = metrics.slice(from, from + metricsInPart).map(keptMetric);
      this.#putPart.run(number, from / metricsInPart, JSON.stringify(part));
      if (isSpent()) yield;
    }
    this.#numbers.set(timed, number);
    return number;
  }

  /** Removes parts that the group no longer has. */
  *#forget(key: string, parts: ReadonlyMap<number, number>, isSpent: IsSpent): Work<void> {
    const before = this.#partsOfGroup.get(key) ?? new Map<number, number>();
    if (parts.size > 0) this.#partsOfGroup.set(key, parts);
    else this.#partsOfGroup.delete(key);
    for (const [number, count] of before) {
      if (parts.has(number)) continue;
      for (let part = 0; part < count; part++) {
        if (!this.#forgetPart(number, part)) return;
        if (isSpent()) yield;
      }
    }
  }

  /** What cannot be removed now is removed at the next start: the push itself was kept. */
  #forgetPart(number: number, part: number): boolean {
    try {
      this.#deletePart.run(number, part);
      return true;
    } catch (error) {
      if (error instanceof UnavailableError) return false;
      throw error;
    }
  }

  #read(key: string, text: string): PushGroup {
    const { families, ...group } = JSON.parse(text) as KeptGroup;
    const parts = new Map<number, number>();
    const timed = families.map(({ atMs, family, number }): TimedFamily => {
      let { metrics } = family;
      if (number !== undefined) {
        const rows = this.#partsOf.all(number);
        parts.set(number, rows.length);
        metrics = rows.flatMap((row) => JSON.parse(String(row['body'])) as readonly KeptMetric[]);
      }
      const one = { ...keyed({ ...family, metrics: metrics.map(metricOf) }), atMs };
      if (number !== undefined) this.#numbers.set(one, number);
      return one;
    });
    if (parts.size > 0) this.#partsOfGroup.set(key, parts);
    return { ...group, families: new Map(timed.map((one) => [one.family.name, one])) };
  }
}

/** JSON has no NaN, no infinities and no -0; numbers that it would change are kept as texts. */
type Kept = number | string;

interface KeptMetric {
  readonly labels: Labels;
  readonly value: Kept;
  readonly distribution?: {
    readonly count: Kept;
    readonly sum: Kept;
    readonly points: readonly (readonly [Kept, Kept])[];
  };
}

interface KeptFamily {
  readonly atMs: number;
  readonly family: Omit<PushedFamily, 'metrics'> & { readonly metrics: readonly KeptMetric[] };
  /** That of its parts, where its metrics are. */
  readonly number?: number;
}

interface KeptGroup extends Omit<PushGroup, 'families'> {
  readonly families: readonly KeptFamily[];
}

function keptMetric({ labels, value, distribution }: PushedMetric): KeptMetric {
  if (distribution === undefined) return { labels, value: kept(value) };
  const { count, sum, points } = distribution;
  return {
    ...{ labels, value: 0 },
    distribution: {
      ...{ count: kept(count), sum: kept(sum) },
      points: points.map(([at, of]) => [kept(at), kept(of)] as const),
    },
  };
}

function metricOf({ labels, value, distribution }: KeptMetric): PushedMetric {
  if (distribution === undefined) return { labels, value: Number(value) };
  const { count, sum, points } = distribution;
  return {
    ...{ labels, value: 0 },
    distribution: {
      ...{ count: Number(count), sum: Number(sum) },
      points: points.map(([at, of]) => [Number(at), Number(of)] as const),
    },
  };
}

function kept(value: number): Kept {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}
