import { fnv1a64 } from '../kit/hash.ts';
import { liveIndex } from '../kit/live-index.ts';
import type { Finding, FindingChange } from '../model/finding.ts';
import { keyOf, type ObjectRef } from '../model/object.ts';
import { type Evidence, severities, severityOf, type Verdict } from '../model/verdict.ts';
import type { Database, Row, Statement } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { ControlLooks } from './control-looks.ts';
import { FindingQueries, type OpenObject } from './finding-queries.ts';
import { detailText, findingOf, findingSteps, number, rankOf, text, wordsOf } from './finding-rows.ts';
import type {
  FindingContext,
  FindingControl,
  FindingInput,
  FindingPage,
  FindingQuery,
  SeverityTally,
  SyncResult,
} from './finding-types.ts';
import { KindLooks } from './kind-looks.ts';

export type { OpenObject } from './finding-queries.ts';
export type * from './finding-types.ts';

export interface FindingsOptions {
  readonly db: Database;
  /** The cluster's name: part of each finding's identity, and what all reads are limited to. */
  readonly cluster: string;
  readonly controls: readonly FindingControl[];
  /** How many fixed findings are kept; 20,000 when left out. */
  readonly maxFixed?: number;
  /** For how long a fixed finding is kept; 90 days when left out. */
  readonly maxFixedAgeMs?: number;
}

const dayMs = 86_400_000;
const pruneEveryMs = 3_600_000;
/** How often the time of the last confirmation is written down when nothing else is. */
const confirmEveryMs = 60_000;

/**
 * Failing verdicts that persist. After a start, {@link sync} with the first complete look at the cluster; then
 * {@link apply} every batch of changes. Each is one transaction: what has returned survives the death of the process.
 */
export class Findings {
  /** Which kinds have been looked at; what the first look at one finds is no news. */
  readonly kinds: KindLooks;
  readonly #looks: ControlLooks;
  readonly #db: Database;
  readonly #cluster: string;
  readonly #options: FindingsOptions;
  readonly #controlNamed: (id: string) => FindingControl | undefined;
  readonly #queries: FindingQueries;
  readonly #ofObject: Statement;
  readonly #insert: Statement;
  readonly #update: Statement;
  readonly #fix: Statement;
  readonly #hold: Statement;
  readonly #byId: Statement;
  readonly #setFact: Statement;
  #confirmedMs: number;
  #writtenConfirmedMs: number;
  #prunedMs = 0;

  /** @throws {UnavailableError} when the tables cannot be made. */
  constructor(options: FindingsOptions) {
    const { db, cluster, controls } = options;
    migrate(db, 'findings', findingSteps);
    this.kinds = new KindLooks(db, cluster);
    this.#looks = new ControlLooks(db, cluster);
    this.#db = db;
    this.#cluster = cluster;
    this.#options = options;
    this.#controlNamed = liveIndex(controls, ({ id }) => id);
    this.#queries = new FindingQueries(db, cluster, controls);
    this.#ofObject = db.prepare(
      `SELECT * FROM findings WHERE name = ? AND control_id = ? AND kind = ? AND namespace = ? AND grp = ?
       AND cluster = ? AND drill = ?`,
    );
    this.#insert = db.prepare(
      `INSERT INTO findings (id, cluster, drill, control_id, rank, grp, kind, namespace, name, stable_path, words, message,
         detail, open, first_seen, last_seen, opened, baseline, cause)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)`,
    );
    this.#update = db.prepare(
      `UPDATE findings SET words = ?, message = ?, detail = ?, open = 1, held = 0, last_seen = ?, opened = ?, fixed_at = NULL,
         reappeared = ?, baseline = ?, cause = ?, rank = ? WHERE seq = ?`,
    );
    this.#fix = db.prepare(
      'UPDATE findings SET open = 0, held = 0, last_seen = ?, fixed_at = ?, cause = ? WHERE seq = ?',
    );
    this.#hold = db.prepare('UPDATE findings SET held = 1, last_seen = ? WHERE seq = ?');
    this.#byId = db.prepare('SELECT * FROM findings WHERE id = ?');
    this.#setFact = db.prepare('INSERT OR REPLACE INTO finding_facts VALUES (?, ?)');
    this.#confirmedMs = this.#fact('confirmed') ?? 0;
    this.#writtenConfirmedMs = this.#confirmedMs;
    // No drill outlives the process that runs it.
    db.exec("DELETE FROM findings WHERE drill <> ''");
    this.#bringRanksUpToDate();
  }

  /** Grows with every write; equal numbers mean that every read gives the same. */
  get version(): number {
    return this.#queries.version;
  }

  /**
   * Takes a batch of verdict changes in. A verdict that became unknown leaves its findings as they were.
   *
   * @throws {UnavailableError} when it cannot be written; nothing of the batch is kept then, and {@link sync} makes up for it.
   */
  apply(inputs: readonly FindingInput[], context: FindingContext): FindingChange[] {
    const relevant = inputs.filter(concernsFindings);
    if (relevant.length === 0 && context.otherControls !== true) {
      if (context.drill === undefined) this.confirm(context.atMs);
      return [];
    }
    const changes: FindingChange[] = [];
    this.#write(context.atMs, () => {
      const first = context.otherControls === true ? this.#firstLooks(context.atMs) : noControls;
      for (const input of relevant) this.#take(input, { ...context, first }, changes);
    });
    return changes;
  }

  /**
   * Compares what is known with a complete look: all failing and unknown verdicts. What no longer fails is fixed, what has
   * come while nobody looked is new; only the first look at a cluster, at a kind of it, or by a control is its baseline. Findings on which
   * a verdict is unknown, the ones on a whole kind (`name: '*'`) included, stay as they were.
   */
  sync(verdicts: Iterable<Verdict>, context: { readonly cause: string; readonly atMs: number }): SyncResult {
    const baseline = this.#fact(`baseline:${this.#cluster}`) === undefined;
    const counts = { opened: 0, reappeared: 0, changed: 0, fixed: 0 };
    const changes: FindingChange[] = [];
    const note = (change: FindingChange): void => {
      counts[change.kind]++;
      if (!baseline && !(change.kind === 'opened' && change.finding.baseline)) changes.push(change);
    };
    this.#write(context.atMs, () => {
      this.#compare(verdicts, { ...context, baseline, first: this.#firstLooks(context.atMs) }, note);
      if (baseline) this.#setFact.run(`baseline:${this.#cluster}`, context.atMs);
      this.#prune(context.atMs);
    });
    return { baseline, counts, changes };
  }

  /** Whether this cluster has been looked at completely once. */
  get hasBaseline(): boolean {
    return this.#fact(`baseline:${this.#cluster}`) !== undefined;
  }

  /** Notes that everything open is known to be so at this time: whoever watches says so now and then. */
  confirm(atMs: number): void {
    this.#confirmedMs = Math.max(this.#confirmedMs, atMs);
    if (this.#confirmedMs - this.#writtenConfirmedMs >= confirmEveryMs) this.#writeConfirmed();
  }

  /** Takes away all that a drill left. */
  clearDrill(drill: string): void {
    this.#db.prepare("DELETE FROM findings WHERE drill = ? AND drill <> ''").run(drill);
    this.#queries.changed();
  }

  list(query: FindingQuery = {}): FindingPage {
    return this.#queries.list(query, this.#confirmedMs);
  }

  /** One finding, of a drill too; undefined when there is none. */
  get(id: string): Finding | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : findingOf(row, this.#confirmedMs);
  }

  /** The findings of one control on one object, fixed ones too. */
  ofObject(controlId: string, object: ObjectRef, drill = ''): Finding[] {
    return this.#rowsOf(controlId, object, drill).map((row) => findingOf(row, this.#confirmedMs));
  }

  /** Open findings by severity. */
  openCounts(): SeverityTally {
    return this.#queries.tally({});
  }

  /** Open findings that are no baseline and opened since then, by severity. */
  newCounts(sinceMs: number): SeverityTally {
    return this.#queries.tally({ newSinceMs: sinceMs });
  }

  /** Controls and objects with open findings, each once: most severe first, then the newest; what series are made of. */
  openObjects(options: { readonly newSinceMs?: number; readonly limit: number }): OpenObject[] {
    return this.#queries.openObjects(options);
  }

  countOpenObjects(): number {
    return this.#queries.countOpenObjects();
  }

  /** Writes down what is only in memory. */
  flush(): void {
    if (this.#confirmedMs > this.#writtenConfirmedMs) this.#writeConfirmed();
  }

  #write(atMs: number, work: () => void): void {
    this.#db.transaction(() => {
      work();
      this.#confirmedMs = Math.max(this.#confirmedMs, atMs);
      this.#writeConfirmed();
      if (atMs - this.#prunedMs >= pruneEveryMs) this.#prune(atMs);
    });
    this.#queries.changed();
  }

  /** Controls that judge, and never did before; from now on they have. */
  #firstLooks(atMs: number): ReadonlySet<string> {
    const judging = this.#options.controls.filter(({ isIdle }) => isIdle !== true).map(({ id }) => id);
    const first = this.#looks.unseen(judging);
    this.#looks.seen(judging, atMs);
    return first;
  }

  #take(
    input: FindingInput,
    context: FindingContext & Pick<Moment, 'first'>,
    changes: FindingChange[],
  ): void {
    const { verdict, removed } = input;
    const drill = input.drill ?? context.drill ?? '';
    const cause = typeof context.cause === 'string' ? context.cause : context.cause(input.causeKey);
    const { atMs, baseline = false, first } = context;
    const moment: Moment = { cause, atMs, baseline, first, drill };
    const note = (change: FindingChange): void => void changes.push(change);
    const rows = this.#rowsOf(verdict.controlId, verdict.object, drill);
    this.#judge(removed === true ? { ...verdict, state: 'not-applicable' } : verdict, rows, moment, note);
  }

  #compare(verdicts: Iterable<Verdict>, context: Omit<Moment, 'drill'>, note: Note): void {
    const moment: Moment = { ...context, drill: '' };
    const newest = number(this.#db.prepare('SELECT MAX(seq) AS seq FROM findings').get() ?? {}, 'seq');
    const settled = new Set<number>();
    const unknownKinds = new Set<string>();
    for (const verdict of verdicts) {
      const { controlId, object } = verdict;
      if (object.name === '*') {
        unknownKinds.add(`${controlId}/${object.kind}`);
        continue;
      }
      const rows = newest === 0 ? [] : this.#rowsOf(controlId, object, '');
      for (const row of rows) settled.add(number(row, 'seq'));
      this.#judge(verdict, rows, moment, note);
    }
    const open = this.#db
      .prepare(
        "SELECT * FROM findings WHERE cluster = ? AND drill = '' AND open = 1 AND seq <= ? ORDER BY seq",
      )
      .all(this.#cluster, newest)
      .filter((row) => !settled.has(number(row, 'seq')));
    for (const row of open) {
      const isUnknown = unknownKinds.has(`${text(row, 'control_id')}/${text(row, 'kind')}`);
      if (isUnknown) this.#holdAll([row], moment.atMs);
      else this.#close(row, moment, note);
    }
  }

  #judge(verdict: Verdict, rows: readonly Row[], moment: Moment, note: Note): void {
    if (verdict.state === 'fail') this.#open(verdict, rows, moment, note);
    else if (verdict.state === 'unknown') this.#holdAll(rows, moment.atMs);
    else for (const row of rows) if (row['open'] === 1) this.#close(row, moment, note);
  }

  /** A failing verdict: its evidence opens, and what it no longer shows is fixed. */
  #open(verdict: Verdict, rows: readonly Row[], moment: Moment, note: Note): void {
    const known = new Map(rows.map((row) => [text(row, 'stable_path'), row]));
    for (const evidence of verdict.evidence) {
      const row = known.get(evidence.stablePath);
      known.delete(evidence.stablePath);
      if (row === undefined) this.#add(verdict, evidence, moment, note);
      else this.#refresh(row, verdict, evidence, moment, note);
    }
    for (const row of known.values()) if (row['open'] === 1) this.#close(row, moment, note);
  }

  #add(verdict: Verdict, evidence: Evidence, moment: Moment, note: Note): void {
    const { controlId, object, related } = verdict;
    const { cause, atMs, drill, first } = moment;
    const isFirstLook = drill === '' && (first.has(controlId) || this.kinds.isUnseen(object));
    const baseline = moment.baseline || isFirstLook;
    const { group, kind, namespace, name } = object;
    const parts = [this.#cluster, controlId, keyOf(object), evidence.stablePath];
    const id = fnv1a64(drill === '' ? parts : [...parts, drill]);
    const rank = this.#rankOf(controlId);
    const detail = detailText(evidence, related);
    const what = [id, this.#cluster, drill, controlId, rank, group, kind, namespace, name] as const;
    const words = wordsOf(controlId, object, evidence);
    const shown = [evidence.stablePath, words, evidence.message, detail] as const;
    this.#insert.run(...what, ...shown, atMs, atMs, atMs, baseline ? 1 : 0, cause);
    const finding: Finding = {
      id,
      controlId,
      severity: severities[rank] ?? 'unknown',
      object,
      evidence,
      related,
      status: 'open',
      firstSeenMs: atMs,
      lastSeenMs: atMs,
      openedMs: atMs,
      reappeared: 0,
      baseline,
      cause,
      ...(drill === '' ? {} : { drill }),
    };
    note({ kind: 'opened', finding, cause, atMs });
  }

  #refresh(row: Row, verdict: Verdict, evidence: Evidence, moment: Moment, note: Note): void {
    const detail = detailText(evidence, verdict.related);
    const isOpen = row['open'] === 1;
    const isSame = row['message'] === evidence.message && row['detail'] === detail;
    const isSound = isOpen && row['held'] !== 1;
    if (isSound && isSame) return;
    const { cause, atMs } = moment;
    const opened = isOpen ? number(row, 'opened') : atMs;
    const reappeared = number(row, 'reappeared') + (isOpen ? 0 : 1);
    const baseline = isOpen && row['baseline'] === 1 ? 1 : 0;
    const openedBy = isOpen ? text(row, 'cause') : cause;
    const rank = this.#rankOf(verdict.controlId);
    const seq = number(row, 'seq');
    const words = wordsOf(verdict.controlId, verdict.object, evidence);
    this.#update.run(
      words,
      evidence.message,
      detail,
      atMs,
      opened,
      reappeared,
      baseline,
      openedBy,
      rank,
      seq,
    );
    if (isOpen && isSame) return;
    note({ kind: isOpen ? 'changed' : 'reappeared', finding: this.#read(row), cause, atMs });
  }

  #close(row: Row, { cause, atMs }: Moment, note: Note): void {
    this.#fix.run(atMs, atMs, cause, number(row, 'seq'));
    note({ kind: 'fixed', finding: this.#read(row), cause, atMs });
  }

  #holdAll(rows: readonly Row[], atMs: number): void {
    for (const row of rows) {
      if (row['open'] === 1 && row['held'] !== 1)
        this.#hold.run(Math.min(atMs, this.#confirmedMs), number(row, 'seq'));
    }
  }

  #read(row: Row): Finding {
    return findingOf(this.#byId.get(text(row, 'id')) ?? row, 0);
  }

  #rowsOf(controlId: string, { group, kind, namespace, name }: ObjectRef, drill: string): Row[] {
    return this.#ofObject.all(name, controlId, kind, namespace, group, this.#cluster, drill);
  }

  #rankOf(controlId: string): number {
    return rankOf(severityOf(this.#controlNamed(controlId)?.baseScore ?? 0));
  }

  #prune(atMs: number): void {
    const { maxFixed = 20_000, maxFixedAgeMs = 90 * dayMs } = this.#options;
    this.#prunedMs = atMs;
    this.#db.prepare('DELETE FROM findings WHERE open = 0 AND fixed_at < ?').run(atMs - maxFixedAgeMs);
    this.#db
      .prepare(
        `DELETE FROM findings WHERE seq IN
           (SELECT seq FROM findings WHERE open = 0 ORDER BY fixed_at DESC, seq DESC LIMIT -1 OFFSET ?)`,
      )
      .run(maxFixed);
  }

  #bringRanksUpToDate(): void {
    const known = this.#db.prepare('SELECT DISTINCT control_id, rank FROM findings').all();
    const set = this.#db.prepare('UPDATE findings SET rank = ? WHERE control_id = ?');
    for (const row of known) {
      const control = this.#controlNamed(text(row, 'control_id'));
      const rank = control === undefined ? undefined : rankOf(severityOf(control.baseScore));
      if (rank !== undefined && rank !== row['rank']) set.run(rank, text(row, 'control_id'));
    }
  }

  #fact(name: string): number | undefined {
    const row = this.#db.prepare('SELECT value FROM finding_facts WHERE name = ?').get(name);
    return row === undefined ? undefined : number(row, 'value');
  }

  #writeConfirmed(): void {
    this.#setFact.run('confirmed', this.#confirmedMs);
    this.#writtenConfirmedMs = this.#confirmedMs;
  }
}

interface Moment {
  readonly cause: string;
  readonly atMs: number;
  readonly baseline: boolean;
  /** Controls whose first look this is. */
  readonly first: ReadonlySet<string>;
  readonly drill: string;
}

const noControls: ReadonlySet<string> = new Set();

type Note = (change: FindingChange) => void;

/** Verdicts that pass and did not fail before have no findings; a missing kind has none either. */
function concernsFindings({ verdict, before, removed }: FindingInput): boolean {
  if (verdict.object.name === '*') return false;
  if (removed !== true && verdict.state === 'fail') return true;
  return before === 'fail' || before === 'unknown';
}
