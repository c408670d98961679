import { keyOf } from '../model/object.ts';
import type { Verdict } from '../model/verdict.ts';
import { codeOf, type StateTable } from './engine-counts.ts';
import type { Plan } from './engine-plan.ts';
import type { RecordingView } from './engine-recorder.ts';
import type { VerdictChange } from './engine-types.ts';
import { remedyFor } from './fact-remedies.ts';

/**
 * Verdicts on what is not there to judge: one for each control and kind that cannot be read, or that the control needs and
 * nobody reports, and one for each that only a person can answer. They are about a pseudo object of that kind (`Cluster`) named
 * `*`.
 */
export class MissingVerdicts {
  #plan: Plan;
  readonly #states: StateTable;
  readonly #unreadable: ReadonlyMap<string, string>;
  /** By control and kind. */
  #held = new Map<string, Missing>();
  /** How many are held, by control. */
  #heldBy = new Map<number, number>();
  /** What those that are held follow from. */
  #basis: string | undefined;
  #isOurs = true;

  constructor(plan: Plan, states: StateTable, unreadable: ReadonlyMap<string, string>) {
    this.#plan = plan;
    this.#states = states;
    this.#unreadable = unreadable;
  }

  /** Other controls judge from now on; {@link update} brings the verdicts up to date. */
  replan(plan: Plan): void {
    this.#plan = plan;
    this.#basis = undefined;
  }

  /** Whether they are ours to say, or another process says them; {@link update} brings the verdicts up to date. */
  setOurs(isOurs: boolean): void {
    this.#isOurs = isOurs;
    this.#basis = undefined;
  }

  *values(): IterableIterator<Verdict> {
    for (const { verdict } of this.#held.values()) yield verdict;
  }

  countOf(column: number): number {
    return this.#heldBy.get(column) ?? 0;
  }

  /** Brings them up to date and reports what is other than before. */
  update(view: RecordingView, causeKey: string, out: VerdictChange[]): void {
    const basis = this.#basisOf(view);
    if (basis === this.#basis) return;
    this.#basis = basis;
    const now = this.#isOurs ? this.#find(view) : new Map<string, Missing>();
    for (const [id, { column, verdict }] of this.#held) {
      if (now.has(id)) continue;
      this.#states.count(column, '', codeOf('unknown'), -1);
      out.push({ verdict, before: 'unknown', removed: true, key: keyOf(verdict.object), causeKey });
    }
    for (const [id, { column, verdict }] of now) {
      const before = this.#held.get(id)?.verdict;
      if (before === undefined) this.#states.count(column, '', codeOf('unknown'), 1);
      if (before?.reason === verdict.reason) continue;
      const state = before === undefined ? {} : ({ before: 'unknown' } as const);
      out.push({ verdict, ...state, key: keyOf(verdict.object), causeKey });
    }
    this.#held = now;
    this.#heldBy = new Map();
    for (const { column } of now.values()) this.#heldBy.set(column, this.countOf(column) + 1);
  }

  /** All that {@link #find} goes by, in short: most changes change none of it. */
  #basisOf(view: RecordingView): string {
    view.begin();
    const { neededBy, alternatives, awaitedBy } = this.#plan;
    const bit = (yes: boolean) => (yes ? '1' : '0');
    return [
      ...Array.from(neededBy.keys(), (kind) => bit(view.hasAny(kind))),
      ...Array.from(alternatives, (column) => bit(this.#hasJudged(column))),
      ...Array.from(awaitedBy.keys(), (column) => bit(this.#hasJudged(column))),
      ...Array.from(this.#unreadable, ([kind, reason]) => `\n${kind} ${reason}`),
    ].join('');
  }

  #find(view: RecordingView): Map<string, Missing> {
    const found = new Map<string, Missing>();
    const say: Say = (column, kind, reason) => {
      const object = { group: '', kind, namespace: '', name: '*' };
      const controlId = this.#plan.controls[column]?.id ?? '';
      const verdict = { controlId, object, state: 'unknown', reason, evidence: [], related: [] } as const;
      found.set(`${column}|${controlId}|${kind}`, { column, verdict });
    };
    for (const [column, reason] of this.#plan.manual) say(column, 'Cluster', reason);
    this.#sayLacking(view, say);
    const waiting = new Set([...found.values()].map(({ column }) => column));
    for (const [column, { kind, what }] of this.#plan.awaitedBy) {
      if (waiting.has(column) || this.#hasJudged(column)) continue;
      say(column, kind, `needs ${what}, which is not among the objects here`);
    }
    this.#sayUnreadable(say);
    return found;
  }

  /** One for each control, however many kinds of facts it lacks. */
  #sayLacking(view: RecordingView, say: Say): void {
    const lacking = new Map<number, string[]>();
    for (const [kind, columns] of this.#plan.neededBy) {
      if (this.#unreadable.has(kind) || view.hasAny(kind)) continue;
      for (const column of columns) lacking.set(column, [...(lacking.get(column) ?? []), kind]);
    }
    for (const [column, kinds] of lacking) {
      const [kind = ''] = kinds;
      if (this.#plan.alternatives.has(column) && this.#hasJudged(column)) continue;
      say(column, kind, `needs ${kinds.join(' and ')} facts, which nothing reports here${remedyFor(kind)}`);
    }
  }

  #sayUnreadable(say: Say): void {
    for (const [kind, reason] of this.#unreadable) {
      const judging = (this.#plan.judgedBy.get(kind) ?? []).map(({ column }) => column);
      for (const column of new Set([...judging, ...(this.#plan.neededBy.get(kind) ?? [])])) {
        say(column, kind, `${kind} objects could not be read: ${reason}`);
      }
    }
  }

  /** Whether the control has said anything of an object that is there. */
  #hasJudged(column: number): boolean {
    let said = 0;
    for (const counts of this.#states.countsOf(column).values()) {
      for (const state of ['pass', 'fail', 'unknown', 'excepted'] as const)
        said += counts[codeOf(state)] ?? 0;
    }
    return said > this.countOf(column);
  }
}

type Say = (column: number, kind: string, reason: string) => void;

interface Missing {
  readonly column: number;
  readonly verdict: Verdict;
}
