import { liveIndex } from '../kit/live-index.ts';
import { type Severity, severities } from '../model/verdict.ts';
import type { Database, Row, SqlValue } from '../store/database.ts';
import { findingOf, number, rankOf, severityOfRank, text } from './finding-rows.ts';
import type { Facet, FindingControl, FindingPage, FindingQuery, SeverityTally } from './finding-types.ts';

/** How many findings share severity, control, namespace and kind. */
interface Group {
  readonly severity: Severity;
  readonly control: string;
  readonly namespace: string;
  readonly kind: string;
  readonly count: number;
}

/** One control with open findings on one object. */
export interface OpenObject {
  readonly controlId: string;
  readonly severity: Severity;
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  /** Unix ms at which the newest of its findings opened. */
  readonly openedMs: number;
}

type Dimension = 'severity' | 'control' | 'namespace' | 'kind';

const dimensions: readonly Dimension[] = ['severity', 'control', 'namespace', 'kind'];
const mostKeptGroupings = 8;
/** Each word is a condition, of which SQLite takes a thousand; nobody looks for as many. */
const mostWords = 50;

/** Reads of the findings table. Counts are made in one pass over its index and kept until something is written. */
export class FindingQueries {
  readonly #db: Database;
  readonly #cluster: string;
  readonly #controls: readonly FindingControl[];
  readonly #controlNamed: (id: string) => FindingControl | undefined;
  readonly #groupings = new Map<string, readonly Group[]>();
  #version = 0;

  constructor(db: Database, cluster: string, controls: readonly FindingControl[]) {
    this.#db = db;
    this.#cluster = cluster;
    this.#controls = controls;
    this.#controlNamed = liveIndex(controls, ({ id }) => id);
  }

  get version(): number {
    return this.#version;
  }

  /** The table was written to. */
  changed(): void {
    this.#version++;
    this.#groupings.clear();
  }

  list(query: FindingQuery, confirmedMs: number): FindingPage {
    const groups = this.#groups(query);
    const wanted = chosenOf(query);
    const total = sum(groups.filter((group) => dimensions.every((one) => isChosen(wanted, group, one))));
    const rows = total === 0 ? [] : this.#page(query);
    const facets = (of: Dimension): Facet[] =>
      tallied(
        groups.filter((group) => dimensions.every((one) => one === of || isChosen(wanted, group, one))),
        of,
      ).map(([value, count]) => ({ value, label: this.#label(of, value), count }));
    return {
      total,
      items: rows.map((row) => findingOf(row, confirmedMs)),
      facets: {
        severity: facets('severity').sort(
          (a, b) => rankOf(a.value as Severity) - rankOf(b.value as Severity),
        ),
        control: facets('control'),
        namespace: facets('namespace'),
        kind: facets('kind'),
      },
    };
  }

  tally(query: FindingQuery): SeverityTally {
    const counts = new Map(tallied(this.#groups(query), 'severity'));
    return Object.fromEntries(
      severities.map((severity) => [severity, counts.get(severity) ?? 0]),
    ) as unknown as SeverityTally;
  }

  /** Controls and objects with open findings, each once: most severe first, then the newest. */
  openObjects({ newSinceMs, limit }: { readonly newSinceMs?: number; readonly limit: number }): OpenObject[] {
    const { where, values } = this.#where(newSinceMs === undefined ? {} : { newSinceMs });
    return this.#db
      .prepare(
        `SELECT rank, control_id, namespace, kind, name, MAX(opened) AS opened FROM findings
         WHERE ${where.join(' AND ')} GROUP BY rank, control_id, namespace, kind, name
         ORDER BY rank, MAX(opened) DESC LIMIT ?`,
      )
      .all(...values, limit)
      .map(openObjectOf);
  }

  /** How many {@link openObjects} there are. */
  countOpenObjects(): number {
    const { where, values } = this.#where({});
    const sql = `SELECT COUNT(*) AS n FROM (SELECT DISTINCT control_id, namespace, kind, name FROM findings WHERE ${where.join(' AND ')})`;
    return number(this.#db.prepare(sql).get(...values) ?? {}, 'n');
  }

  #page(query: FindingQuery): Row[] {
    const { where, values } = this.#where(query);
    for (const [column, chosen] of Object.entries(columnsOf(query))) {
      if (chosen === undefined || chosen.length === 0) continue;
      where.push(`${column} IN (${chosen.map(() => '?').join(', ')})`);
      values.push(...chosen);
    }
    const order = orderOf(query);
    const limit = Math.min(1000, Math.max(0, query.limit ?? 50));
    // The page is chosen in the index alone; only its rows are then read.
    const sql = `SELECT * FROM findings WHERE seq IN
      (SELECT seq FROM ${tableFor(query)} WHERE ${where.join(' AND ')} ORDER BY ${order} LIMIT ? OFFSET ?) ORDER BY ${order}`;
    return this.#db.prepare(sql).all(...values, limit, Math.max(0, query.offset ?? 0));
  }

  #groups(query: FindingQuery): readonly Group[] {
    const { where, values } = this.#where(query);
    const id = JSON.stringify([where, values]);
    const kept = this.#groupings.get(id);
    if (kept !== undefined) return kept;
    const groups = this.#db
      .prepare(
        `SELECT rank, control_id, namespace, kind, COUNT(*) AS n FROM ${tableFor(query)}
         WHERE ${where.join(' AND ')} GROUP BY rank, control_id, namespace, kind`,
      )
      .all(...values)
      .map((row) => ({
        severity: severityOfRank(number(row, 'rank')),
        control: text(row, 'control_id'),
        namespace: text(row, 'namespace'),
        kind: text(row, 'kind'),
        count: number(row, 'n'),
      }));
    if (this.#groupings.size >= mostKeptGroupings) this.#groupings.clear();
    this.#groupings.set(id, groups);
    return groups;
  }

  /** All conditions but those that facets are about. */
  #where({ status = 'open', newSinceMs, q = '', drill = '' }: FindingQuery): {
    where: string[];
    values: SqlValue[];
  } {
    const where = ['cluster = ?', 'drill = ?'];
    const values: SqlValue[] = [this.#cluster, drill];
    if (status !== 'all') where.push(`open = ${status === 'open' ? 1 : 0}`);
    if (newSinceMs !== undefined) {
      where.push('baseline = 0 AND opened >= ?');
      values.push(newSinceMs);
    }
    for (const word of wordsOf(q)) {
      const conditions = ['instr(words, ?) > 0'];
      values.push(word.toLowerCase());
      const named = this.#controls.filter(({ name }) => name.toLowerCase().includes(word.toLowerCase()));
      if (named.length > 0) conditions.push(`control_id IN (${named.map(() => '?').join(', ')})`);
      values.push(...named.map(({ id }) => id));
      where.push(`(${conditions.join(' OR ')})`);
    }
    return { where, values };
  }

  #label(dimension: Dimension, value: string): string {
    return dimension === 'control' ? (this.#controlNamed(value)?.name ?? value) : value;
  }
}

function wordsOf(text: string): readonly string[] {
  return [...new Set(text.split(/\s+/).filter((part) => part !== ''))].slice(0, mostWords);
}

function openObjectOf(row: Row): OpenObject {
  return {
    controlId: text(row, 'control_id'),
    severity: severityOfRank(number(row, 'rank')),
    namespace: text(row, 'namespace'),
    kind: text(row, 'kind'),
    name: text(row, 'name'),
    openedMs: number(row, 'opened'),
  };
}

type Chosen = Readonly<Record<Dimension, ReadonlySet<string> | undefined>>;

function chosenOf({ severity, controlId, namespace, kind }: FindingQuery): Chosen {
  const set = (values: readonly string[] | undefined) =>
    values === undefined || values.length === 0 ? undefined : new Set(values);
  return { severity: set(severity), control: set(controlId), namespace: set(namespace), kind: set(kind) };
}

function isChosen(chosen: Chosen, group: Group, dimension: Dimension): boolean {
  return chosen[dimension]?.has(group[dimension]) ?? true;
}

function columnsOf(query: FindingQuery): Readonly<Record<string, readonly SqlValue[] | undefined>> {
  return {
    rank: query.severity?.map(rankOf),
    control_id: query.controlId,
    namespace: query.namespace,
    kind: query.kind,
  };
}

/** Words are in the rows themselves: reading those in turn is faster than finding each of them by an index. */
function tableFor({ q = '' }: FindingQuery): string {
  return q.trim() === '' ? 'findings' : 'findings NOT INDEXED';
}

function orderOf({ sort = 'severity', order }: FindingQuery): string {
  const isDescending = (order ?? (sort === 'severity' || sort === 'newest' ? 'desc' : 'asc')) === 'desc';
  const [down, up] = isDescending ? ['DESC', 'ASC'] : ['ASC', 'DESC'];
  // A low rank is a high severity. `seq` makes the order whole, so that pages never overlap.
  return {
    severity: `rank ${up}, opened DESC, seq`,
    newest: `opened ${down}, rank, seq`,
    object: `namespace ${down}, kind ${down}, name ${down}, rank, seq`,
    control: `control_id ${down}, namespace, kind, name, seq`,
  }[sort];
}

function tallied(groups: readonly Group[], by: Dimension): [value: string, count: number][] {
  const counts = new Map<string, number>();
  for (const group of groups) counts.set(group[by], (counts.get(group[by]) ?? 0) + group.count);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

function sum(groups: readonly Group[]): number {
  return groups.reduce((total, { count }) => total + count, 0);
}
