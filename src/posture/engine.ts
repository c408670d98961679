import type { Unreadable } from '../model/change.ts';
import { type KubeObject, keyOf, type ObjectRef, refOf } from '../model/object.ts';
import type { Verdict, VerdictState } from '../model/verdict.ts';
import type { Control, ControlInputs } from './control.ts';
import { ChooserIndex } from './engine-choosers.ts';
import { codeOf, keptStates, StateTable, stateNames } from './engine-counts.ts';
import { DependencyIndex, type Token, tokensOf } from './engine-dependencies.ts';
import { type Dirty, mark } from './engine-dirty.ts';
import { changeOf, type Entry, newEntry } from './engine-entry.ts';
import { KeyIndex, keyToken } from './engine-index.ts';
import { type Judgement, judgeUnit, sameJudgement } from './engine-judge.ts';
import { MissingVerdicts } from './engine-missing.ts';
import { OwnerIndex } from './engine-owners.ts';
import {
  canOwnWorkloads,
  noControl,
  Plan,
  type PlannedControl,
  placed,
  workloadOwnerOf,
} from './engine-plan.ts';
import { type Proposal, ProposedJudge } from './engine-proposed.ts';
import { RecordingView } from './engine-recorder.ts';
import { countRow, countRows, tallyOf } from './engine-rows.ts';
import type {
  ControlCounts,
  EngineChange,
  EngineOptions,
  ResourceState,
  VerdictChange,
  VerdictFilter,
} from './engine-types.ts';
import type { ExceptionSet } from './exceptions/exception-set.ts';
import { imageFactsKind } from './image-facts.ts';
import type { LabelSelector } from './selectors.ts';
import { SharedTexts } from './shared-texts.ts';

export type * from './engine-types.ts';

/**
 * What all controls say of all objects, kept up with every change: an object is judged again when it changes, when
 * something changes that its verdict asked about, or when an owner that covers it comes or goes; nothing else is.
 *
 * It keeps failing, excepted and unknown verdicts, and one byte for every other; objects are asked for anew when needed.
 */
export class PostureEngine {
  #plan: Plan;
  /** How many controls there are from the start; those that come and go stand behind them. */
  readonly #fixed: number;
  readonly #inputs: ControlInputs;
  readonly #objectOf: (key: string, ref: ObjectRef) => KubeObject | undefined;
  readonly #view: RecordingView;
  readonly #entries = new Map<string, Entry>();
  readonly #byRow: (Entry | undefined)[] = [];
  readonly #states: StateTable;
  /** Failing and unknown ones, by unit. */
  readonly #verdicts = new Map<number, Verdict>();
  readonly #missing: MissingVerdicts;
  readonly #dependencies = new DependencyIndex();
  readonly #owners = new OwnerIndex();
  readonly #proposed: ProposedJudge;
  #isOurs: (namespace: string) => boolean;
  readonly #unreadable = new Map<string, string>();
  readonly #drillKeys = new Set<string>();
  readonly #choosers = new ChooserIndex();
  readonly #index = new KeyIndex();
  readonly #texts = new SharedTexts();
  #exceptions: ExceptionSet | undefined;

  constructor({
    controls,
    inputs,
    view,
    objectOf,
    exceptions,
    room = 0,
    isOurs = () => true,
  }: EngineOptions) {
    this.#isOurs = isOurs;
    this.#exceptions = exceptions;
    this.#fixed = controls.length;
    this.#plan = new Plan([...controls, ...Array<Control>(room).fill(noControl)]);
    this.#inputs = inputs;
    this.#states = new StateTable(controls.length + room);
    this.#missing = new MissingVerdicts(this.#plan, this.#states, this.#unreadable);
    this.#objectOf = (key, ref) => {
      if (objectOf !== undefined) return objectOf(key);
      const object = view.get(ref.kind, ref.namespace, ref.name);
      return object === undefined || keyOf(refOf(object)) !== key ? undefined : object;
    };
    const isHidden = (object: KubeObject) =>
      this.#drillKeys.size > 0 && this.#drillKeys.has(keyOf(refOf(object)));
    const objectsOf = (token: Token) =>
      this.#index.objectKeysOf(token).flatMap((key) => {
        const entry = this.#entries.get(key);
        return entry === undefined ? [] : (this.#objectOf(key, entry.ref) ?? []);
      });
    const index = { objectsOf, hasAll: (tokens: readonly Token[]) => this.#index.hasAll(tokens) };
    this.#view = new RecordingView(view, this.#unreadable, isHidden, index);
    this.#proposed = new ProposedJudge({ view, inputs, unreadable: this.#unreadable, isHidden, index });
    this.#missing.setOurs(isOurs(''));
  }

  /** Takes changes in that the view already shows, and says which verdicts are other than before. Never throws for what a check does. */
  apply(changes: readonly EngineChange[]): VerdictChange[] {
    const out: VerdictChange[] = [];
    const dirty = new Map<string, Dirty>();
    const objects = new Map<string, KubeObject>();
    for (const change of changes) {
      if (change.object === undefined) {
        objects.delete(change.key);
        this.#remove(change, dirty, out);
      } else {
        objects.set(change.key, change.object);
        this.#put(change, change.object, dirty);
      }
    }
    return this.#settled(dirty, out, objects, changes.at(-1)?.key);
  }

  /** Judges these objects again although nothing is known to have changed, and says which verdicts are other: none, if none was missed. */
  judgeAgain(keys: Iterable<string>): VerdictChange[] {
    const dirty = new Map<string, Dirty>();
    for (const key of keys) mark(dirty, key, undefined, key);
    return this.#settled(dirty, []);
  }

  #settled(
    dirty: ReadonlyMap<string, Dirty>,
    out: VerdictChange[],
    objects: ReadonlyMap<string, KubeObject> = new Map(),
    causeKey = '',
  ): VerdictChange[] {
    this.#judgeDirty(dirty, objects, out);
    this.#missing.update(this.#view, causeKey, out);
    this.#view.endBatch();
    return out;
  }

  /** What would fail, be excepted, or could not be told of an object if it were in the cluster as it is now. Nothing is kept. */
  judgeProposed(proposal: Proposal): Verdict[] {
    return this.#proposed.judge(proposal, this.#plan, this.#exceptions);
  }

  /** Judges the objects of other namespaces from now on ('' stands for those of none), and says which verdicts are other because of it. */
  setShare(isOurs: (namespace: string) => boolean): VerdictChange[] {
    this.#isOurs = isOurs;
    this.#missing.setOurs(isOurs(''));
    const out: VerdictChange[] = [];
    const dirty = new Map<string, Dirty>();
    for (const entry of this.#entries.values()) {
      const planned = this.#plannedFor(entry.ref);
      if (planned.length === entry.planned.length) continue;
      for (const { column } of entry.planned) this.#settle(entry, column, undefined, '', out);
      entry.planned = planned;
      mark(dirty, entry.key, undefined, '');
    }
    return this.#settled(dirty, out);
  }

  /** What is known of the images of these workloads (keys) is other than before: judges again by it, and says which verdicts are other. */
  imagesChanged(keys: Iterable<string>): VerdictChange[] {
    const dirty = new Map<string, Dirty>();
    for (const key of keys) this.#touch(keyToken(imageFactsKind, key), key, dirty);
    return this.#settled(dirty, []);
  }

  /** Says which kinds cannot be read now (all of them, each time), and which verdicts are other because of it. */
  setUnreadable(list: readonly Unreadable[]): VerdictChange[] {
    const now = new Map(list.map(({ kind, reason }) => [kind, reason]));
    const touched = [...new Set([...now.keys(), ...this.#unreadable.keys()])].filter(
      (kind) => now.get(kind) !== this.#unreadable.get(kind),
    );
    this.#unreadable.clear();
    for (const [kind, reason] of now) this.#unreadable.set(kind, reason);
    const dirty = new Map<string, Dirty>();
    for (const kind of touched) {
      for (const token of [...this.#dependencies.tokensAbout(kind)]) this.#touch(token, '', dirty);
    }
    return this.#settled(dirty, []);
  }

  /**
   * Takes other controls beside those of the start, and judges by those that are not the same (`===`) as before; as many as
   * there is room for.
   */
  setMoreControls(more: readonly Control[]): VerdictChange[] {
    const before = this.#plan.controls;
    const room = before.length - this.#fixed;
    const controls = [
      ...before.slice(0, this.#fixed),
      ...placed(before.slice(this.#fixed), more.slice(0, room)),
    ];
    const isOther = (column: number) => controls[column] !== before[column];
    const out: VerdictChange[] = [];
    for (const entry of this.#entries.values()) {
      for (const { column } of entry.planned)
        if (isOther(column)) this.#settle(entry, column, undefined, '', out);
    }
    this.#plan = new Plan(controls);
    this.#missing.replan(this.#plan);
    const dirty = new Map<string, Dirty>();
    for (const entry of this.#entries.values()) {
      entry.planned = this.#plannedFor(entry.ref);
      for (const { column } of entry.planned) if (isOther(column)) mark(dirty, entry.key, column, '');
    }
    return this.#settled(dirty, out);
  }

  /** Takes other exceptions (undefined: none), and says which verdicts are other because of it. */
  setExceptions(exceptions: ExceptionSet | undefined): VerdictChange[] {
    this.#exceptions = exceptions;
    const columns = this.#plan.controls.length;
    const dirty = new Map<string, Dirty>();
    for (const [unit, { state }] of this.#verdicts) {
      const entry = this.#byRow[Math.floor(unit / columns)];
      if (entry !== undefined && state !== 'unknown') mark(dirty, entry.key, unit % columns, '');
    }
    const out: VerdictChange[] = [];
    this.#judgeDirty(dirty, new Map(), out);
    this.#view.endBatch();
    return out;
  }

  /** How many objects are known, covered ones included. */
  get size(): number {
    return this.#entries.size;
  }

  /** Verdicts as they are now: those on missing things first, then by object. */
  *verdicts(filter: VerdictFilter = {}): IterableIterator<Verdict> {
    const { states = ['fail', 'unknown'], controlIds, key } = filter;
    const isWanted = (verdict: Verdict) =>
      (controlIds === undefined || controlIds.includes(verdict.controlId)) &&
      (key === undefined || key === keyOf(verdict.object));
    if (states.includes('unknown')) yield* [...this.#missing.values()].filter(isWanted);
    for (const entry of this.#entriesOf(key)) {
      if (entry.drill !== undefined && filter.drills !== true) continue;
      for (const verdict of this.#verdictsOf(entry, states)) if (isWanted(verdict)) yield verdict;
    }
  }

  /** The entry of a key, or all of them without one. */
  #entriesOf(key: string | undefined): Iterable<Entry> {
    if (key === undefined) return this.#entries.values();
    const entry = this.#entries.get(key);
    return entry === undefined ? [] : [entry];
  }

  *#verdictsOf(entry: Entry, states: readonly VerdictState[]): IterableIterator<Verdict> {
    for (const { column } of entry.planned) {
      const state = stateNames[this.#states.get(entry.row, column)];
      if (state !== undefined && states.includes(state)) yield this.#verdictOf(entry, column, state);
    }
  }

  /** One verdict as it is now; undefined when the control says nothing of the object. */
  verdict(controlId: string, key: string): Verdict | undefined {
    const states = stateNames.filter((state) => state !== undefined);
    for (const verdict of this.verdicts({ states, controlIds: [controlId], key, drills: true }))
      return verdict;
    return undefined;
  }

  /** Counts by control and namespace; a control without any verdict has no row. */
  counts(): IterableIterator<ControlCounts> {
    return countRows(this.#counted);
  }

  /** One row of {@link counts}; undefined when the control says nothing of any object there. */
  countsAt(controlId: string, namespace: string): ControlCounts | undefined {
    return countRow(this.#counted, controlId, namespace);
  }

  get #counted() {
    return { plan: this.#plan, states: this.#states, missing: this.#missing };
  }

  /** Kinds that cannot be read now. */
  get unreadableKinds(): number {
    return this.#unreadable.size;
  }

  /** Each object that is judged by the given controls (all when left out), and how it stands over them. */
  *resources(controlIds?: readonly string[]): IterableIterator<ResourceState> {
    const wanted = controlIds === undefined ? undefined : new Set(controlIds);
    // Asked for each control of each object.
    const columns = this.#plan.controls.map(({ id }) => wanted?.has(id) ?? true);
    const isWanted = (column: number) => columns[column] === true;
    for (const { ref, row, planned, apiVersion, drill } of this.#entries.values()) {
      if (drill !== undefined) continue;
      const counts = tallyOf(this.#states, row, planned, isWanted);
      if (counts.failed + counts.unknown + counts.passed > 0) yield { object: ref, apiVersion, ...counts };
    }
  }

  /** For measuring. */
  get held() {
    return { verdicts: this.#verdicts.size, ...this.#dependencies.size };
  }

  #put(change: EngineChange, object: KubeObject, dirty: Map<string, Dirty>): void {
    const { key, ref } = change;
    const held = this.#entries.get(key);
    const entry = held ?? this.#add(key, ref);
    const uid = canOwnWorkloads(ref.kind) ? (object.metadata.uid ?? '') : '';
    const isNewOwner = held === undefined || held.uid !== uid;
    entry.apiVersion = this.#texts.of(object.apiVersion);
    entry.uid = uid;
    this.#setOwner(entry, workloadOwnerOf(object));
    if (entry.drill !== change.drill) this.#setDrill(entry, change.drill);
    mark(dirty, key, undefined, key);
    if (isNewOwner) this.#markOwned(key, key, dirty);
    const findable = change.drill === undefined ? object : undefined;
    const chosen = this.#choosers.set(key, findable);
    if (findable !== undefined) this.#touchAll(entry, held === undefined, dirty, chosen);
    for (const token of this.#index.set(key, ref.kind, findable)) this.#touch(token, key, dirty);
  }

  #remove({ key }: EngineChange, dirty: Map<string, Dirty>, out: VerdictChange[]): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    for (const { column } of entry.planned) this.#settle(entry, column, undefined, key, out);
    this.#setOwner(entry, undefined);
    this.#entries.delete(key);
    this.#byRow[entry.row] = undefined;
    this.#states.freeRow(entry.row);
    dirty.delete(key);
    this.#markOwned(key, key, dirty);
    const chosen = this.#choosers.set(key, undefined);
    if (entry.drill === undefined) this.#touchAll(entry, true, dirty, chosen);
    for (const token of this.#index.set(key, entry.ref.kind, undefined)) this.#touch(token, key, dirty);
    this.#drillKeys.delete(key);
  }

  #add(key: string, ref: ObjectRef): Entry {
    const row = this.#states.addRow();
    const entry = newEntry(key, ref, row, this.#plannedFor(ref));
    this.#entries.set(key, entry);
    this.#byRow[row] = entry;
    return entry;
  }

  #setOwner(entry: Entry, owner: Entry['owner']): void {
    this.#owners.move(entry.key, entry.owner?.key, owner?.key);
    entry.owner = owner;
  }

  /** The counts leave drills out, so what is counted has to be taken back before the mark changes. */
  #setDrill(entry: Entry, drill: string | undefined): void {
    for (const { column } of entry.planned) this.#settle(entry, column, undefined, entry.key, []);
    entry.drill = drill;
    if (drill === undefined) this.#drillKeys.delete(entry.key);
    else this.#drillKeys.add(entry.key);
  }

  #isCovered({ owner }: Entry): boolean {
    const found = owner === undefined ? undefined : this.#entries.get(owner.key);
    if (owner === undefined || found === undefined) return false;
    return owner.uid === '' || found.uid === '' || owner.uid === found.uid;
  }

  /** Nothing is asked of what another process judges; it stays known, as others' verdicts may rest on it. */
  #plannedFor(ref: ObjectRef): readonly PlannedControl[] {
    return this.#isOurs(ref.namespace) ? this.#plan.of(ref) : none;
  }

  #markOwned(ownerKey: string, causeKey: string, dirty: Map<string, Dirty>): void {
    for (const key of this.#owners.of(ownerKey)) mark(dirty, key, undefined, causeKey);
  }

  /**
   * Marks every unit that asked something about the object. `cameOrWent`: whether the number of its kind changed; `chosen`: by
   * which selectors it chooses pods whose verdicts it may matter to.
   */
  #touchAll(
    { key, ref }: Entry,
    cameOrWent: boolean,
    dirty: Map<string, Dirty>,
    chosen: readonly (LabelSelector | undefined)[],
  ): void {
    for (const token of tokensOf(ref.kind, ref.namespace, ref.name)) this.#touch(token, key, dirty);
    for (const token of this.#dependencies.selectionsBy(ref.kind, ref.namespace, chosen))
      this.#touch(token, key, dirty);
    if (cameOrWent && this.#plan.neededBy.has(ref.kind)) this.#touch(`${ref.kind}?`, key, dirty);
  }

  #touch(token: string, causeKey: string, dirty: Map<string, Dirty>): void {
    const columns = this.#plan.controls.length;
    for (const unit of this.#dependencies.unitsOf(token)) {
      const entry = this.#byRow[Math.floor(unit / columns)];
      if (entry !== undefined) mark(dirty, entry.key, unit % columns, causeKey);
    }
  }

  #judgeDirty(
    dirty: ReadonlyMap<string, Dirty>,
    objects: ReadonlyMap<string, KubeObject>,
    out: VerdictChange[],
  ): void {
    for (const [key, why] of dirty) {
      const entry = this.#entries.get(key);
      if (entry === undefined || entry.planned.length === 0) continue;
      const isCovered = this.#isCovered(entry);
      if (isCovered) this.#settleCovered(entry, why.causeKey, out);
      if (isCovered && !entry.planned.some(({ judgesOwned }) => judgesOwned)) continue;
      const object = objects.get(key) ?? this.#objectOf(key, entry.ref);
      // One that the view has lost already: its removal is on the way.
      if (object !== undefined) this.#judge(entry, object, why, out, isCovered);
    }
  }

  #settleCovered(entry: Entry, causeKey: string, out: VerdictChange[]): void {
    if (!entry.wasJudgedItself) return;
    entry.wasJudgedItself = false;
    for (const { column, judgesOwned } of entry.planned)
      if (!judgesOwned) this.#settle(entry, column, undefined, causeKey, out);
  }

  #judge(
    entry: Entry,
    object: KubeObject,
    { columns, causeKey }: Dirty,
    out: VerdictChange[],
    isCovered: boolean,
  ): void {
    const context = { view: this.#view, inputs: this.#inputs };
    if (!isCovered) entry.wasJudgedItself = true;
    for (const { column, checks, judgesOwned } of entry.planned) {
      if (columns?.has(column) === false || (isCovered && !judgesOwned)) continue;
      this.#view.begin();
      this.#settle(
        entry,
        column,
        this.#excepted(judgeUnit(object, checks, context), object, column),
        causeKey,
        out,
      );
      this.#dependencies.set(this.#unit(entry.row, column), this.#view.asked);
    }
  }

  #excepted(judged: Judgement | undefined, object: KubeObject, column: number): Judgement | undefined {
    const control = this.#plan.controls[column];
    if (judged?.state !== 'fail' || control === undefined) return judged;
    return this.#exceptions?.applied(control, object, judged) ?? judged;
  }

  /** Notes what a control says now of an object (undefined: nothing), and reports it when it is new. */
  #settle(
    entry: Entry,
    column: number,
    judged: Judgement | undefined,
    causeKey: string,
    out: VerdictChange[],
  ): void {
    const unit = this.#unit(entry.row, column);
    const beforeState = stateNames[this.#states.get(entry.row, column)];
    if (judged === undefined) this.#dependencies.delete(unit);
    if (judged === undefined && beforeState === undefined) return;
    const before = this.#verdicts.get(unit);
    if (judged !== undefined && judged.state === beforeState && sameJudgement(judged, before)) return;
    const held = beforeState === undefined ? undefined : this.#verdictOf(entry, column, beforeState);
    const namespace = entry.drill === undefined ? entry.ref.namespace : undefined;
    this.#states.set(entry.row, column, codeOf(judged?.state), namespace);
    const verdict = judged === undefined ? held : this.#texts.compact(this.#idOf(column), entry.ref, judged);
    if (verdict === undefined) return;
    if (judged !== undefined && keptStates.has(judged.state)) this.#verdicts.set(unit, verdict);
    else this.#verdicts.delete(unit);
    out.push(changeOf(verdict, entry, causeKey, beforeState, judged === undefined));
  }

  #verdictOf(entry: Entry, column: number, state: VerdictState): Verdict {
    const held = this.#verdicts.get(this.#unit(entry.row, column));
    return held ?? { controlId: this.#idOf(column), object: entry.ref, state, evidence: none, related: none };
  }

  #unit(row: number, column: number): number {
    return row * this.#plan.controls.length + column;
  }

  #idOf(column: number): string {
    return this.#plan.controls[column]?.id ?? '';
  }
}

const none: readonly never[] = [];
