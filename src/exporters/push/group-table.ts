import type { Labels } from '../../model/labels.ts';
import type { Database, Statement } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';
import type { PushGroup, TimedFamily } from './push-group.ts';
import type { GroupKeeper } from './push-groups.ts';
import type { PushedMetric } from './pushed-family.ts';

const steps = ['CREATE TABLE push_groups (key TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID'];

/** Groups in the database: what was kept is there after the process was killed. */
export class GroupTable implements GroupKeeper {
  readonly #all: Statement;
  readonly #put: Statement;
  readonly #delete: Statement;
  readonly #clear: Statement;

  constructor(db: Database) {
    migrate(db, 'push', steps);
    this.#all = db.prepare('SELECT body FROM push_groups');
    this.#put = db.prepare('INSERT OR REPLACE INTO push_groups VALUES (?, ?)');
    this.#delete = db.prepare('DELETE FROM push_groups WHERE key = ?');
    this.#clear = db.prepare('DELETE FROM push_groups');
  }

  load(): PushGroup[] {
    return this.#all.all().map((row) => groupOf(String(row['body'])));
  }

  put(key: string, group: PushGroup): void {
    this.#put.run(key, textOf(group));
  }

  delete(key: string): void {
    this.#delete.run(key);
  }

  clear(): void {
    this.#clear.run();
  }
}

/** JSON has no NaN, no infinities and no -0; numbers that it would change are kept as texts. */
type Kept = number | string;

interface KeptGroup extends Omit<PushGroup, 'families'> {
  readonly families: readonly (Omit<TimedFamily, 'family'> & {
    readonly family: Omit<TimedFamily['family'], 'metrics'> & {
      readonly metrics: readonly {
        readonly labels: Labels;
        readonly value: Kept;
        readonly distribution?: {
          readonly count: Kept;
          readonly sum: Kept;
          readonly points: readonly (readonly [Kept, Kept])[];
        };
      }[];
    };
  })[];
}

function textOf(group: PushGroup): string {
  const families = [...group.families.values()].map(({ family, atMs }) => ({
    atMs,
    family: { ...family, metrics: family.metrics.map(keptMetric) },
  }));
  const kept: KeptGroup = { ...group, families };
  return JSON.stringify(kept);
}

function groupOf(text: string): PushGroup {
  const kept = JSON.parse(text) as KeptGroup;
  return {
    ...kept,
    families: new Map(
      kept.families.map(({ atMs, family }) => [
        family.name,
        { atMs, family: { ...family, metrics: family.metrics.map(metricOf) } },
      ]),
    ),
  };
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

type KeptMetric = KeptGroup['families'][number]['family']['metrics'][number];

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
