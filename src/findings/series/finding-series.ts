import { liveIndex } from '../../kit/live-index.ts';
import type { Finding, FindingChange } from '../../model/finding.ts';
import { type Labels, labelsKey } from '../../model/labels.ts';
import type { MetricFamily } from '../../model/metric.ts';
import type { ObjectRef } from '../../model/object.ts';
import type { FindingControl, OpenObject } from '../findings.ts';
import { BoundedSeries } from './bounded-series.ts';
import { Deadlines } from './deadlines.ts';
import { type SeriesUpdate, type Subject, subjectKey } from './series-update.ts';

/** What these series ask of the findings; `Findings` is one. */
export interface FindingSource {
  openObjects(options: { readonly newSinceMs?: number; readonly limit: number }): OpenObject[];
  countOpenObjects(): number;
  ofObject(controlId: string, object: ObjectRef, drill?: string): Finding[];
}

export interface FindingSeriesOptions {
  readonly findings: FindingSource;
  readonly controls: readonly FindingControl[];
  /** For how long a finding that is no baseline counts as new; 24 h when left out. */
  readonly newForMs?: number;
  /** How many series there may be of each name; 10,000 when left out. */
  readonly limit?: number;
}

/** `skopos_finding`, `skopos_new_finding`, `skopos_drill_finding` and what is counted beside them. */
export class FindingSeries {
  readonly #findings: FindingSource;
  readonly #controlNamed: (id: string) => FindingControl | undefined;
  readonly #newForMs: number;
  readonly #limit: number;
  readonly #open: BoundedSeries;
  readonly #new: BoundedSeries;
  readonly #drill: BoundedSeries;
  readonly #newUntil = new Deadlines();
  readonly #newTotals = new Map<string, { readonly labels: Labels; value: number }>();
  /** Controls and objects with open findings, those without a series included. */
  #openCount = 0;
  /** Something may have room that had none. */
  #hasRoom = false;
  #rebuiltAtMs = Number.NEGATIVE_INFINITY;

  constructor({ findings, controls, newForMs = 86_400_000, limit = 10_000 }: FindingSeriesOptions) {
    this.#findings = findings;
    this.#controlNamed = liveIndex(controls, ({ id }) => id);
    this.#newForMs = newForMs;
    this.#limit = limit;
    this.#open = new BoundedSeries('skopos_finding', limit);
    this.#new = new BoundedSeries('skopos_new_finding', limit);
    this.#drill = new BoundedSeries('skopos_drill_finding', 100);
  }

  /** Reads everything anew: once at the start, after the first complete look. */
  rebuild(nowMs: number): void {
    this.#fill(nowMs);
    this.#openCount = this.#open.isFull ? this.#findings.countOpenObjects() : this.#open.size;
    this.#new.clear();
    this.#newUntil.clear();
    const newSinceMs = nowMs - this.#newForMs + 1;
    const young = this.#findings.openObjects({ newSinceMs, limit: this.#limit });
    for (const one of young.sort((a, b) => a.openedMs - b.openedMs)) this.#addNew(one, one.openedMs);
  }

  /** The most severe ones that there are, read anew. */
  #fill(nowMs: number): void {
    this.#open.clear();
    for (const one of this.#findings.openObjects({ limit: this.#limit })) {
      this.#open.add(subjectKey(one), one.severity, labelsOf(one));
    }
    this.#hasRoom = false;
    this.#rebuiltAtMs = nowMs;
  }

  /** Reading all anew takes long where there are many, so that a few places stay empty for a while. */
  #needsFill(nowMs: number): boolean {
    if (!this.#hasRoom) return false;
    const empty = this.#limit - this.#open.size;
    return empty > this.#limit * mostEmpty || nowMs - this.#rebuiltAtMs >= fillEveryMs;
  }

  /** Takes in what happened to findings and says which series are other than before. */
  apply(changes: readonly FindingChange[]): SeriesUpdate[] {
    const updates: SeriesUpdate[] = [];
    /** The last change of each control and object, and how many more of its findings are open than before. */
    const last = new Map<string, { readonly change: FindingChange; more: number }>();
    for (const change of changes.toReversed()) {
      const { finding, kind } = change;
      if (kind === 'changed') continue;
      const key = `${finding.drill ?? ''}|${subjectKey(subjectOf(finding))}`;
      const known = last.get(key);
      if (known === undefined) last.set(key, { change, more: moreOf(kind) });
      else known.more += moreOf(kind);
    }
    for (const { change, more } of last.values()) this.#settle(change, more, updates);
    for (const change of changes) this.#count(change, updates);
    return updates;
  }

  /** Ends the series of what is no longer new. */
  expire(nowMs: number): SeriesUpdate[] {
    const updates: SeriesUpdate[] = [];
    for (const key of this.#newUntil.takeUntil(nowMs)) {
      const labels = this.#new.delete(key);
      if (labels !== undefined) updates.push({ labels, value: undefined, atMs: nowMs });
    }
    return updates;
  }

  /** Unix ms of the next {@link expire} that has something to do; undefined when none will. */
  get nextExpiryMs(): number | undefined {
    return this.#newUntil.nextMs;
  }

  *families(nowMs: number): Generator<MetricFamily, void, undefined> {
    this.expire(nowMs);
    if (this.#needsFill(nowMs)) this.#fill(nowMs);
    const overflow = 'skopos_finding_overflow';
    yield this.#open.family(
      '1 for each control and object that it has an open finding on; the most severe ones.',
    );
    yield {
      name: overflow,
      help: 'Controls and objects with open findings that have no skopos_finding series because there are too many.',
      type: 'gauge',
      samples: [{ name: overflow, labels: {}, value: Math.max(0, this.#openCount - this.#open.size) }],
    };
    yield this.#new.family(
      '1 while a finding is open that was not there when watching began and opened lately.',
    );
    yield this.#drill.family('1 while the finding of a drill is open; in no other series.');
    yield {
      name: newTotal,
      help: 'Findings that opened since the start of the process, those of the first look at the cluster left out.',
      type: 'counter',
      samples: [...this.#newTotals.values()].map(({ labels, value }) => ({
        name: newTotal,
        labels,
        value,
      })),
    };
  }

  #settle({ finding, atMs }: FindingChange, more: number, updates: SeriesUpdate[]): void {
    const { controlId, object, drill } = finding;
    const open = this.#findings.ofObject(controlId, object, drill).filter(({ status }) => status === 'open');
    const subject = subjectOf(finding);
    const key = subjectKey(subject);
    if (drill !== undefined) {
      const labels = { drill, ...labelsOf(subject) };
      this.#set(this.#drill, `${drill}|${key}`, subject, open.length > 0 ? labels : undefined, atMs, updates);
      return;
    }
    this.#openCount += Number(open.length > 0) - Number(open.length - more > 0);
    this.#set(this.#open, key, subject, open.length > 0 ? labelsOf(subject) : undefined, atMs, updates);
    const openedMs = Math.max(...open.filter(({ baseline }) => !baseline).map((one) => one.openedMs));
    const isNew = openedMs + this.#newForMs > atMs;
    if (isNew) this.#newUntil.set(key, openedMs + this.#newForMs);
    else this.#newUntil.delete(key);
    this.#set(this.#new, key, subject, isNew ? this.#newLabels(subject) : undefined, atMs, updates);
  }

  #set(
    series: BoundedSeries,
    key: string,
    { severity }: Subject,
    labels: Labels | undefined,
    atMs: number,
    updates: SeriesUpdate[],
  ): void {
    if (labels === undefined) {
      const wasFull = series.isFull;
      const ended = series.delete(key);
      if (ended === undefined) return;
      updates.push({ labels: ended, value: undefined, atMs });
      this.#hasRoom ||= wasFull && series === this.#open;
      return;
    }
    const { added, evicted } = series.add(key, severity, labels);
    if (evicted !== undefined) updates.push({ labels: evicted, value: undefined, atMs });
    if (added) updates.push({ labels: series.named(labels), value: 1, atMs });
  }

  #addNew(subject: Subject, openedMs: number): void {
    const key = subjectKey(subject);
    this.#newUntil.set(key, openedMs + this.#newForMs);
    this.#new.add(key, subject.severity, this.#newLabels(subject));
  }

  #count({ kind, finding, atMs }: FindingChange, updates: SeriesUpdate[]): void {
    if ((kind !== 'opened' && kind !== 'reappeared') || finding.baseline || finding.drill !== undefined)
      return;
    const { controlId, severity, object } = finding;
    const labels = { control_id: controlId, severity, namespace: object.namespace };
    const key = labelsKey(labels);
    const held = this.#newTotals.get(key);
    const named = { __name__: newTotal, ...labels };
    // A counter that begins with 1 has not increased; one that was 0 a moment ago has.
    if (held === undefined) updates.push({ labels: named, value: 0, atMs: atMs - 1 });
    const value = (held?.value ?? 0) + 1;
    this.#newTotals.set(key, { labels, value });
    updates.push({ labels: named, value, atMs });
  }

  #newLabels(subject: Subject): Labels {
    const { control_id, ...rest } = labelsOf(subject);
    return { control_id, control: this.#controlNamed(subject.controlId)?.name ?? subject.controlId, ...rest };
  }
}

const newTotal = 'skopos_findings_new_total';
/** Of all places, before all is read anew at once. */
const mostEmpty = 0.01;
const fillEveryMs = 300_000;

function moreOf(kind: FindingChange['kind']): number {
  return kind === 'fixed' ? -1 : 1;
}

function subjectOf({ controlId, severity, object }: Finding): Subject {
  return { controlId, severity, namespace: object.namespace, kind: object.kind, name: object.name };
}

function labelsOf({ controlId, severity, namespace, kind, name }: Subject) {
  return { control_id: controlId, severity, namespace, kind, name };
}
