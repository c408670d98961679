import { randomUUID } from 'node:crypto';
import { BadInputError, NotFoundError } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import { compileMatcher } from '../kit/compile-matcher.ts';
import type { Labels } from '../model/labels.ts';
import { formatMatcher } from '../model/matcher.ts';
import type { Database, Statement } from '../store/database.ts';
import { MatcherIndex } from './matcher-index.ts';
import {
  type DeclaredSilence,
  type NewSilence,
  type Silence,
  type SilenceBook,
  type SilenceView,
  stateOf,
} from './silence.ts';
import { makeTables } from './tables.ts';

const maxSilences = 10_000;
const maxSilenceChars = 64 * 1024;

/** Silences, kept in SQLite. */
export class SilenceStore implements SilenceBook {
  readonly #clock: Clock;
  readonly #changed: () => void;
  readonly #kept = new Map<string, Silence>();
  readonly #index = new MatcherIndex<string>();
  readonly #save: Statement;
  readonly #drop: Statement;
  #version = 1;
  /** Told of what this process changed, not of what it took over. */
  onPut: ((id: string) => void) | undefined;

  constructor(database: Database, clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
    makeTables(database);
    this.#save = database.prepare('INSERT OR REPLACE INTO alerting_silences (id, silence) VALUES (?, ?)');
    this.#drop = database.prepare('DELETE FROM alerting_silences WHERE id = ?');
    for (const row of database.prepare('SELECT silence FROM alerting_silences').all()) {
      const silence = { ...lateFields, ...(JSON.parse(String(row['silence'])) as Silence) };
      this.#keep(silence);
    }
  }

  /** Rises whenever the answer of {@link matching} may have changed for a reason other than time. */
  get version(): number {
    return this.#version;
  }

  list(): readonly SilenceView[] {
    const order = { active: 0, pending: 1, expired: 2 };
    return [...this.#kept.values()]
      .map((silence) => this.#view(silence))
      .sort((a, b) => order[a.state] - order[b.state] || a.endsAtMs - b.endsAtMs);
  }

  get(id: string): SilenceView | undefined {
    const found = this.#kept.get(id);
    return found === undefined ? undefined : this.#view(found);
  }

  set(wanted: NewSilence): string {
    const nowMs = this.#clock.now();
    const known = wanted.id ? this.#kept.get(wanted.id) : undefined;
    if (known?.origin === 'file') throw declaredInFile(known.id);
    if (wanted.id && known === undefined) throw new NotFoundError(`there is no silence ${wanted.id}`);
    checkSilence(wanted, nowMs);
    if (known !== undefined && mayEdit(known, wanted, nowMs)) {
      this.#put({ ...fieldsOf(wanted), origin: 'person', id: known.id, updatedAtMs: after(known, nowMs) });
      return known.id;
    }
    if (this.#kept.size >= maxSilences)
      throw new BadInputError('', `there are ${maxSilences} silences already; expire some first`);
    if (known !== undefined && stateOf(known, nowMs) !== 'expired') this.#end(known, nowMs);
    const id = randomUUID();
    this.#put({
      ...fieldsOf(wanted),
      origin: 'person',
      id,
      startsAtMs: Math.max(wanted.startsAtMs, nowMs),
      updatedAtMs: nowMs,
    });
    return id;
  }

  expire(id: string): void {
    const known = this.#kept.get(id);
    if (known === undefined) throw new NotFoundError(`there is no silence ${id}`);
    if (known.origin === 'file') throw declaredInFile(id);
    const nowMs = this.#clock.now();
    if (stateOf(known, nowMs) === 'expired') throw new BadInputError('', `silence ${id} has expired already`);
    this.#end(known, nowMs);
  }

  /** Puts what files declare in place: new ones and changed ones are set, those no longer declared end. */
  declare(silences: readonly DeclaredSilence[]): void {
    const nowMs = this.#clock.now();
    const ids = new Set<string>();
    for (const { name, source = '', ...wanted } of silences) {
      const id = `file:${name}`;
      ids.add(id);
      const next: Silence = { ...fieldsOf(wanted), origin: 'file', source, id, updatedAtMs: nowMs };
      const known = this.#kept.get(id);
      // A file is read again at every start: what has not changed keeps its time of change.
      const { updatedAtMs: _known, ...before } = known ?? { updatedAtMs: 0 };
      const { updatedAtMs: _next, ...after } = next;
      if (JSON.stringify(before) !== JSON.stringify(after)) this.#put(next);
    }
    for (const known of [...this.#kept.values()])
      if (known.origin === 'file' && !ids.has(known.id) && known.endsAtMs > nowMs) this.#end(known, nowMs);
  }

  /** Ids of the silences, whatever their state, that match; cache them by {@link version}. */
  matching(labels: Labels): readonly string[] {
    return this.#index.size === 0 ? [] : this.#index.matching(labels).sort();
  }

  isActive(id: string, nowMs: number): boolean {
    const silence = this.#kept.get(id);
    return silence !== undefined && stateOf(silence, nowMs) === 'active';
  }

  /** Forgets silences that expired more than `retentionMs` ago. */
  collect(retentionMs: number): void {
    const beforeMs = this.#clock.now() - retentionMs;
    for (const [id, silence] of this.#kept) {
      if (silence.endsAtMs >= beforeMs) continue;
      this.#kept.delete(id);
      this.#index.delete(id);
      this.#drop.run(id);
      this.#version++;
    }
  }

  #end(silence: Silence, nowMs: number): void {
    const startsAtMs = Math.min(silence.startsAtMs, nowMs);
    this.#put({ ...silence, startsAtMs, endsAtMs: nowMs, updatedAtMs: after(silence, nowMs) });
  }

  /** As it is kept, its state left to the time that is asked about. */
  kept(id: string): Silence | undefined {
    return this.#kept.get(id);
  }

  /** Those that people made. */
  ofPeople(): readonly Silence[] {
    return [...this.#kept.values()].filter(({ origin }) => origin === 'person');
  }

  /**
   * Takes over what another process has; it is for the caller to know that it is the newer.
   *
   * @throws {BadInputError} when a pattern of it is not valid.
   */
  take(silence: Silence): void {
    for (const matcher of silence.matchers) compileMatcher(matcher);
    this.#write(silence);
  }

  #put(silence: Silence): void {
    this.#write(silence);
    if (silence.origin === 'person') this.onPut?.(silence.id);
  }

  #write(silence: Silence): void {
    this.#save.run(silence.id, JSON.stringify(silence));
    this.#keep(silence);
    this.#version++;
    this.#changed();
  }

  #keep(silence: Silence): void {
    this.#kept.set(silence.id, silence);
    this.#index.set(silence.id, silence.matchers);
  }

  #view(silence: Silence): SilenceView {
    return { ...silence, state: stateOf(silence, this.#clock.now()) };
  }
}

/** A change follows what it changes, whatever the clocks of those who share the silence say. */
function after({ updatedAtMs }: Silence, nowMs: number): number {
  return Math.max(nowMs, updatedAtMs + 1);
}

function fieldsOf(wanted: NewSilence): Omit<Silence, 'id' | 'updatedAtMs' | 'origin'> {
  const { matchers, startsAtMs, endsAtMs, createdBy, comment } = wanted;
  const { annotations = {}, owner = '', windows = [], noticeMs = 0 } = wanted;
  return { matchers, startsAtMs, endsAtMs, createdBy, comment, annotations, owner, windows, noticeMs };
}

/** What silences that were kept before these fields existed have in their place. */
const lateFields = { owner: '', origin: 'person', windows: [], noticeMs: 0 } as const;

function declaredInFile(id: string): BadInputError {
  return new BadInputError('', `silence ${id} is declared in a file; change it there and reload`);
}

/** Whether the change keeps what people already know of it: the same alerts, and a start that has passed stays. */
function mayEdit(known: Silence, wanted: NewSilence, nowMs: number): boolean {
  const key = (of: NewSilence | Silence) => of.matchers.map(formatMatcher).sort().join('\n');
  if (key(known) !== key(wanted)) return false;
  switch (stateOf(known, nowMs)) {
    case 'active':
      return wanted.startsAtMs === known.startsAtMs;
    case 'pending':
      return wanted.startsAtMs >= nowMs || wanted.startsAtMs === known.startsAtMs;
    case 'expired':
      return false;
  }
}

/** @throws {BadInputError} */
export function checkSilence(wanted: Omit<NewSilence, 'id'>, nowMs: number): void {
  const { matchers, startsAtMs, endsAtMs } = wanted;
  if (matchers.length === 0) throw new BadInputError('matchers', 'a silence needs at least one matcher');
  if (matchers.some(({ name }) => name === ''))
    throw new BadInputError('matchers', 'a matcher needs a label name');
  // Compiling refuses bad patterns.
  if (matchers.map((matcher) => compileMatcher(matcher)).every((test) => test('')))
    throw new BadInputError(
      'matchers',
      'at least one matcher must not match the empty text, or every alert is silenced',
    );
  if (!Number.isFinite(startsAtMs) || startsAtMs === 0)
    throw new BadInputError('startsAt', 'a silence needs a start');
  if (!Number.isFinite(endsAtMs) || endsAtMs === 0)
    throw new BadInputError('endsAt', 'a silence needs an end');
  if (endsAtMs <= startsAtMs) throw new BadInputError('endsAt', 'the end must come after the start');
  if (endsAtMs <= nowMs) throw new BadInputError('endsAt', 'the end is in the past');
  if (JSON.stringify(wanted).length > maxSilenceChars)
    throw new BadInputError('', `a silence may have at most ${maxSilenceChars} characters`);
}
