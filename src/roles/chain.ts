import { drillAnnotation, drillControlId } from '../drill/drill-object.ts';
import type { FindingContext, Findings } from '../findings/findings.ts';
import type { LookedAtKind } from '../findings/kind-looks.ts';
import type { NativeSeries } from '../findings/series/native.ts';
import type { SeriesUpdate } from '../findings/series/series-update.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { messageOf } from '../kit/app-error.ts';
import { newCause } from '../kit/cause.ts';
import type { Clock } from '../kit/clock.ts';
import type { Logger } from '../log/logger.ts';
import type { ObjectChange, Unreadable } from '../model/change.ts';
import type { FindingChange } from '../model/finding.ts';
import { formatLabels, type Labels } from '../model/labels.ts';
import type { Ledger } from '../model/ledger.ts';
import { formatRef } from '../model/object.ts';
import type { Control } from '../posture/control.ts';
import type { PostureEngine, VerdictChange } from '../posture/engine.ts';
import type { ExceptionSet } from '../posture/exceptions/exception-set.ts';
import type { Histogram } from '../telemetry/registry.ts';
import type { TimeSeriesStore } from '../tsdb/store.ts';

export interface ChainDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly inventory: Inventory;
  /** Kinds of a cluster that are watched; of a folder, none. */
  readonly watched: readonly LookedAtKind[];
  readonly engine: PostureEngine;
  readonly findings: Findings;
  readonly native: NativeSeries;
  readonly store: Pick<TimeSeriesStore, 'append'>;
  /** `RuleManager.inputsChanged`. */
  readonly inputsChanged: (series: readonly Labels[], cause: string) => void;
  readonly ledger: Ledger;
  readonly changeToVerdict: Histogram;
  /** Something that pages show is other than before. */
  readonly changed: (what: 'findings' | 'overview') => void;
}

/** One row of the ledger for each of so many things of a batch; a flood is told by its first rows and a count. */
const maxRowsPerBatch = 200;

/**
 * The first half of the chain: a change of an object becomes verdicts, findings and series, and wakes the rules, all in one go
 * and before the next change is looked at.
 */
export class Chain {
  readonly #deps: ChainDeps;
  /** Keys of drill objects to their drills' ids. */
  readonly #drills = new Map<string, string>();
  #isSynced = false;
  #lastFault = '';

  constructor(deps: ChainDeps) {
    this.#deps = deps;
    deps.inventory.subscribe((changes) => this.#take(changes));
    deps.inventory.subscribeUnreadable((kinds) => this.#unreadable(kinds));
    deps.inventory.onReady(() => this.#sync());
  }

  /** Whether everything has been judged once and compared with what was known before. */
  get isReady(): boolean {
    return this.#isSynced;
  }

  /** Why findings cannot be recorded now; '' when they can. */
  get fault(): string {
    return this.#lastFault;
  }

  /** To be called now and then: ends the newness of old findings, and makes up for what could not be written. */
  tick(): void {
    if (!this.#isSynced) return;
    if (this.#lastFault !== '') this.#sync();
    else this.#deps.findings.confirm(this.#deps.clock.now());
    this.#write(this.#deps.native.expire(), newCause(this.#deps.clock.now()));
  }

  #take(changes: readonly ObjectChange[]): void {
    const { engine, clock, changeToVerdict } = this.#deps;
    const causes = new Map(changes.map(({ key, cause }) => [key, cause]));
    const verdicts = engine.apply(changes.map((change) => this.#marked(change)));
    if (!this.#isSynced) return;
    const nowMs = clock.now();
    for (const { atMs } of changes) changeToVerdict.observe(Math.max(0, nowMs - atMs) / 1000);
    const fallback = changes[0]?.cause ?? newCause(nowMs);
    this.#tellChanges(changes);
    this.#record(verdicts, (key) => causes.get(key) ?? fallback, nowMs);
  }

  /** A kind that is read for the first time is no news, nor is what other verdicts come to be by it: they were unknown before. */
  #unreadable(kinds: readonly Unreadable[]): void {
    const { engine, clock, findings, log } = this.#deps;
    const verdicts = engine.setUnreadable(kinds);
    if (!this.#isSynced) return;
    const nowMs = clock.now();
    const cause = newCause(nowMs);
    const appeared = findings.kinds.appeared(kinds);
    this.#record(verdicts, () => cause, nowMs, { baseline: appeared.length > 0 });
    this.#guard(() => this.#noteKinds(kinds, nowMs));
    if (appeared.length > 0)
      log.info(
        { kinds: appeared.map(({ kind }) => kind) },
        'kinds were read for the first time: what they fail was there before, and is not new',
      );
  }

  #noteKinds(unreadable: readonly Unreadable[], atMs: number): void {
    const { findings, watched } = this.#deps;
    const isUnreadable = new Set(unreadable.map(({ group, kind }) => `${group}/${kind}`));
    // Of a kind that the cluster does not have there is nothing that could have been there before.
    findings.kinds.blind(unreadable.filter(({ isAbsent }) => isAbsent !== true));
    const readable = watched.filter(({ group, kind }) => !isUnreadable.has(`${group}/${kind}`));
    findings.kinds.seen([...readable, ...findings.kinds.appeared(unreadable)], atMs);
  }

  /** Puts other exceptions of posture in force. */
  except(exceptions: ExceptionSet): void {
    const verdicts = this.#deps.engine.setExceptions(exceptions);
    if (!this.#isSynced) return;
    const nowMs = this.#deps.clock.now();
    const cause = newCause(nowMs);
    this.#record(verdicts, () => cause, nowMs);
  }

  /** Judges the namespaces that are ours from now on. What comes to be ours was judged by another before: it is not new. */
  share(isOurs: (namespace: string) => boolean): void {
    const verdicts = this.#deps.engine.setShare(isOurs);
    if (!this.#isSynced) return;
    const nowMs = this.#deps.clock.now();
    const cause = newCause(nowMs);
    this.#record(verdicts, () => cause, nowMs, { baseline: true });
  }

  /** Judges by these controls beside ours, from now on. What one that never judged finds at once was there before: it is not new. */
  judgeBy(controls: readonly Control[]): void {
    const verdicts = this.#deps.engine.setMoreControls(controls);
    if (!this.#isSynced) return;
    const nowMs = this.#deps.clock.now();
    const cause = newCause(nowMs);
    this.#record(verdicts, () => cause, nowMs, { otherControls: true });
  }

  /**
   * Judges these objects again on request and records what is other than known.
   *
   * @returns how many verdicts were
   */
  judgeAgain(keys: Iterable<string>, cause: string): number {
    const verdicts = this.#deps.engine.judgeAgain(keys);
    if (this.#isSynced) this.#record(verdicts, () => cause, this.#deps.clock.now());
    return verdicts.length;
  }

  /** Judges by what is known of images now: of those of these objects (keys, with the cause of each) it is other than before. */
  judgeImages(
    causes: ReadonlyMap<string, string>,
    { noticedAtMs, baseline }: { readonly noticedAtMs: number; readonly baseline: boolean },
  ): void {
    const { engine, clock, changeToVerdict } = this.#deps;
    const verdicts = engine.imagesChanged(causes.keys());
    if (!this.#isSynced) return;
    const nowMs = clock.now();
    changeToVerdict.observe(Math.max(0, nowMs - noticedAtMs) / 1000);
    this.#record(verdicts, (key) => causes.get(key) ?? newCause(nowMs), nowMs, { baseline });
  }

  /** Compares the first complete look, or what could not be written, with what is known. */
  #sync(): void {
    const { findings, engine, native, clock, log } = this.#deps;
    const atMs = clock.now();
    const cause = newCause(atMs);
    this.#guard(() => {
      const { baseline, counts, changes } = findings.sync(engine.verdicts(), { cause, atMs });
      this.#noteKinds(this.#deps.inventory.unreadable(), atMs);
      native.rebuild();
      this.#isSynced = true;
      log.info({ baseline, ...counts, objects: engine.size }, 'findings are up to date');
      this.#tellFindings(changes);
      this.#write(native.ofFindings(changes), cause);
    });
    this.#deps.changed('findings');
  }

  #record(
    verdicts: readonly VerdictChange[],
    causeOf: (key: string) => string,
    atMs: number,
    look: Pick<FindingContext, 'baseline' | 'otherControls'> = {},
  ): void {
    const { findings, native } = this.#deps;
    if (verdicts.length === 0 && look.otherControls !== true) return;
    // A drill is about one control; whatever else its object fails is of no interest.
    const relevant = verdicts.filter(
      ({ drill, verdict }) => drill === undefined || verdict.controlId === drillControlId,
    );
    this.#tellVerdicts(relevant, causeOf, atMs);
    this.#guard(() => {
      const changes = findings.apply(relevant, { ...look, cause: causeOf, atMs });
      this.#tellFindings(changes);
      const counts = native.ofVerdicts(relevant, atMs);
      const byCause = byCauses(changes);
      const firstCause = changes[0]?.cause ?? causeOf(relevant[0]?.causeKey ?? '');
      for (const [cause, ofCause] of byCause) this.#write(native.ofFindings(ofCause), cause);
      this.#write(counts, firstCause);
    });
    this.#deps.changed('findings');
  }

  /** Stores samples and wakes the rules that read them. */
  #write(updates: readonly SeriesUpdate[], cause: string): void {
    if (updates.length === 0) return;
    const { store, inputsChanged, ledger, clock } = this.#deps;
    const result = store.append(
      updates.map(({ labels, value, atMs }) => ({ labels, atMs, value: value ?? ('stale' as const) })),
    );
    ledger({
      atMs: clock.now(),
      cause,
      hop: 'series',
      subject: formatLabels(updates[0]?.labels ?? {}),
      decision: result.appended === updates.length ? 'written' : 'refused',
      detail: { samples: updates.length, ...(result.appended < updates.length ? { ...result } : {}) },
    });
    inputsChanged(
      updates.map(({ labels }) => labels),
      cause,
    );
  }

  #marked(change: ObjectChange): ObjectChange & { drill?: string } {
    if (change.origin.source !== 'drill') return change;
    const drill = change.object?.metadata.annotations?.[drillAnnotation] ?? this.#drills.get(change.key);
    if (drill === undefined) return change;
    if (change.object === undefined) this.#drills.delete(change.key);
    else this.#drills.set(change.key, drill);
    return { ...change, drill };
  }

  #tellChanges(changes: readonly ObjectChange[]): void {
    for (const { cause, atMs, key, ref, object, origin } of changes.slice(0, maxRowsPerBatch)) {
      this.#deps.ledger({
        atMs,
        cause,
        hop: 'change',
        subject: key,
        decision: object === undefined ? 'deleted' : 'seen',
        detail: {
          object: formatRef(ref),
          source: origin.source,
          ...(origin.file === undefined ? {} : { file: origin.file, line: origin.line }),
          ...(changes.length > maxRowsPerBatch ? { ofChanges: changes.length } : {}),
        },
      });
    }
  }

  #tellVerdicts(verdicts: readonly VerdictChange[], causeOf: (key: string) => string, atMs: number): void {
    const moved = verdicts.filter(
      ({ before, removed, verdict }) => removed !== true && before !== verdict.state,
    );
    for (const { verdict, before, key, causeKey } of moved.slice(0, maxRowsPerBatch)) {
      if (before === undefined && verdict.state !== 'fail' && verdict.state !== 'unknown') continue;
      this.#deps.ledger({
        atMs,
        cause: causeOf(causeKey),
        hop: 'verdict',
        subject: `${verdict.controlId}:${key}`,
        decision: verdict.state,
        detail: {
          control: verdict.controlId,
          object: formatRef(verdict.object),
          ...(before === undefined ? {} : { before }),
          ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
        },
      });
    }
  }

  #tellFindings(changes: readonly FindingChange[]): void {
    for (const { kind, finding, cause, atMs } of changes.slice(0, maxRowsPerBatch)) {
      this.#deps.ledger({
        atMs,
        cause,
        hop: 'finding',
        subject: finding.id,
        decision: kind,
        detail: {
          control: finding.controlId,
          object: formatRef(finding.object),
          severity: finding.severity,
          path: finding.evidence.path,
          ...(finding.baseline ? { baseline: true } : {}),
          ...(changes.length > maxRowsPerBatch ? { ofChanges: changes.length } : {}),
        },
      });
    }
  }

  /** A database that fails ends nothing: it is said once, and made up for at the next tick. */
  #guard(work: () => void): void {
    try {
      work();
      this.#lastFault = '';
    } catch (error) {
      const text = messageOf(error);
      if (text !== this.#lastFault)
        this.#deps.log.error({ err: error }, 'findings could not be recorded; will try again');
      this.#lastFault = text;
    }
  }
}

function byCauses(changes: readonly FindingChange[]): Map<string, FindingChange[]> {
  const groups = new Map<string, FindingChange[]>();
  for (const change of changes) {
    const group = groups.get(change.cause);
    if (group === undefined) groups.set(change.cause, [change]);
    else group.push(change);
  }
  return groups;
}
