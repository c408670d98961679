import { BadInputError } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import { didYouMean } from '../kit/nearest.ts';
import { type ChainHop, hops, type LedgerEntry } from '../model/ledger.ts';
import type { KubeObject } from '../model/object.ts';
import { drillObject } from './drill-object.ts';

/** What a drill needs of the running chain; roles/ provides it. */
export interface DrillDeps {
  readonly clock: Clock;
  /** Puts the object into the inventory; returns the cause of the change. */
  inject(object: KubeObject, drill: string): string;
  /** Takes it away again. */
  remove(object: KubeObject): void;
  /** Every ledger row as it is written; returns the cancel function. */
  watchLedger(listener: (entry: LedgerEntry) => void): () => void;
  /** Names of the configured receivers. */
  receivers(): readonly string[];
  /** Where a real alert like this would have gone. */
  wouldReach(): readonly string[];
  /** Called whenever a drill's state changes. */
  changed(drill: Drill): void;
}

export interface Drill {
  readonly id: string;
  readonly startedAtMs: number;
  readonly state: 'running' | 'delivered' | 'stopped';
  readonly receiver: string;
  readonly wouldReach: readonly string[];
  readonly hops: readonly DrillHop[];
  /** Why it stopped and what to do; '' otherwise. */
  readonly problem: string;
}

export interface DrillHop {
  readonly hop: ChainHop;
  /** Since the start; absent while it was not reached. */
  readonly afterMs?: number;
  readonly note: string;
}

/** Where drills go unless they name a receiver: an inbox of its own. */
export const drillInbox = 'drill';

/** How many drills are remembered. */
const remembered = 50;

/** Runs drills: one marked synthetic finding through the running chain, followed to its receipt, and cleared away. */
export class DrillRunner {
  readonly #deps: DrillDeps;
  readonly #drills = new Map<string, Drill>();
  #sequence = 0;

  constructor(deps: DrillDeps) {
    this.#deps = deps;
  }

  /** Newest first. */
  list(): readonly Drill[] {
    return [...this.#drills.values()].reverse();
  }

  get(id: string): Drill | undefined {
    return this.#drills.get(id);
  }

  /** The receiver that the drill named; undefined for the drill inbox. */
  receiverOf(id: string): string | undefined {
    const receiver = this.#drills.get(id)?.receiver;
    return receiver === drillInbox ? undefined : receiver;
  }

  /**
   * Starts one; it is followed until delivered or until `timeoutMs` has passed.
   *
   * @throws {BadInputError} when the receiver is not configured.
   */
  start(options: { readonly receiver?: string; readonly timeoutMs: number }): Drill {
    const { clock } = this.#deps;
    const receiver = this.#checked(options.receiver);
    const startedAtMs = clock.now();
    const id = `${Math.floor(startedAtMs).toString(36)}${(this.#sequence++).toString(36)}`;
    this.#save({
      id,
      startedAtMs,
      state: 'running',
      receiver,
      wouldReach: this.#deps.wouldReach(),
      hops: hops.map((hop) => ({ hop, note: '' })),
      problem: '',
    });

    const object = drillObject(id);
    // Rows may be written while the object is being put in, before its cause is known.
    let cause: string | undefined;
    const early: LedgerEntry[] = [];
    const stopWatching = this.#deps.watchLedger((entry) => {
      if (cause === undefined) early.push(entry);
      else if (entry.cause === cause) this.#follow(id, entry, finish);
    });
    const cancelTimeout = clock.timer(options.timeoutMs, () =>
      finish(this.#timeoutProblem(id, options.timeoutMs)),
    );
    const finish = (problem: string): void => {
      if (this.#drills.get(id)?.state !== 'running') return;
      stopWatching();
      cancelTimeout();
      this.#update(id, { state: problem === '' ? 'delivered' : 'stopped', problem });
      this.#deps.remove(object);
    };
    cause = this.#deps.inject(object, id);
    for (const entry of early) if (entry.cause === cause) this.#follow(id, entry, finish);
    return this.#drills.get(id) as Drill;
  }

  #checked(receiver: string | undefined): string {
    if (receiver === undefined || receiver === drillInbox) return drillInbox;
    const known = this.#deps.receivers();
    if (known.includes(receiver)) return receiver;
    throw new BadInputError(
      'receiver',
      `there is no receiver "${receiver}"${didYouMean(receiver, known)}; known: ${known.join(', ')}`,
    );
  }

  #follow(id: string, entry: LedgerEntry, finish: (problem: string) => void): void {
    const drill = this.#drills.get(id);
    if (drill?.state !== 'running') return;
    const afterMs = Math.max(0, entry.atMs - drill.startedAtMs);
    const note = noteOf(entry);
    this.#update(id, {
      hops: drill.hops.map((hop) =>
        hop.hop === entry.hop ? { hop: hop.hop, afterMs: hop.afterMs ?? afterMs, note } : hop,
      ),
    });
    if (entry.hop !== 'receipt') return;
    if (entry.decision === 'delivered') finish('');
    else if (entry.decision === 'failed') finish(`the receiver "${drill.receiver}" refused it: ${note}`);
  }

  #timeoutProblem(id: string, timeoutMs: number): string {
    const drill = this.#drills.get(id);
    const reached = drill?.hops.filter(({ afterMs }) => afterMs !== undefined) ?? [];
    const last = reached.at(-1);
    const next = drill?.hops.find(({ afterMs }) => afterMs === undefined);
    const seconds = timeoutMs / 1000;
    if (next === undefined) return `the receipt did not come within ${seconds} s: ${last?.note ?? ''}`;
    return `stopped ${last === undefined ? 'at the start' : `after "${last.hop}"`}: no "${next.hop}" within ${seconds} s. ${advice[next.hop]}`;
  }

  #update(id: string, patch: Partial<Drill>): void {
    const drill = this.#drills.get(id);
    if (drill !== undefined) this.#save({ ...drill, ...patch });
  }

  #save(drill: Drill): void {
    this.#drills.set(drill.id, drill);
    const oldest = this.#drills.keys().next().value;
    if (this.#drills.size > remembered && oldest !== undefined) this.#drills.delete(oldest);
    this.#deps.changed(drill);
  }
}

function noteOf({ decision, detail }: LedgerEntry): string {
  const facts = ['receiver', 'rule', 'reason', 'problem', 'error', 'status'].flatMap((key) =>
    typeof detail[key] === 'string' || typeof detail[key] === 'number' ? [`${key} ${detail[key]}`] : [],
  );
  return [decision, ...facts].join(', ');
}

/** What to look at when a hop is not reached. */
const advice: Readonly<Record<ChainHop, string>> = {
  change: 'The inventory took no notice of the object: is the source running?',
  verdict:
    'The object was not judged: is the control C-0057 (Privileged container) among the frameworks in use?',
  finding: 'The verdict was not recorded: look for errors of the database in the log.',
  series: 'No sample was written: look for refusals of the store (series limit, disk full) in the log.',
  rule: 'No rule fired: the group "skopos-drill" is missing or fails; see /api/v1/rules.',
  alert: 'The alert did not reach the router: look for refused alerts in the log.',
  route: 'No route took the alert: check the route tree of alertmanager.yml.',
  notify: 'No notification was begun: the group may be waiting for its interval.',
  receipt: 'The receiver did not confirm: is it reachable from here?',
};
