import type { Clock } from '../../kit/clock.ts';
import { sleep } from '../../kit/sleep.ts';
import type { Labels } from '../../model/labels.ts';
import { DamageError } from '../../tsdb/damage.ts';
import { Pace } from '../../tsdb/pace.ts';
import { segmentRecords } from '../../tsdb/wal-reader.ts';
import { type RecordVisitor, readRecord } from '../../tsdb/wal-records.ts';
import type { LinkedLog } from './linked-log.ts';
import type { Position } from './position-file.ts';

export interface LogFollowerOptions {
  readonly clock: Clock;
  readonly links: LinkedLog;
  /** Where to go on; undefined to begin with what comes from now on. */
  readonly from: Position | undefined;
  /** Told of every series that the log names, and in which segment. */
  readonly series: (ref: number, labels: Labels, segment: number) => void;
  /** Told of series that a checkpoint left out: those named before `segment` alone are gone. */
  readonly forget: (segment: number) => void;
  /** Called before each record; gives whom to tell of it. */
  readonly begin: (end: Position, isResumed: boolean) => Omit<RecordVisitor, 'series' | 'other'>;
  /** Called after each; more is read once it resolves. */
  readonly end: () => Promise<void> | undefined;
}

/** How often the end of the log is looked at. */
const pollMs = 250;

/**
 * Reads the store's write-ahead log from a place on, and on while it grows. Series that were named before the place are read first,
 * from the checkpoint and the segments that stand for what came before.
 */
export class LogFollower {
  readonly #options: LogFollowerOptions;
  #segment = 0;
  readonly #place = { at: 0 };
  #checkpoint = -1;
  /** Everything before it was there when we began. */
  #startedAt: Position = { segment: -1, offset: 0 };

  constructor(options: LogFollowerOptions) {
    this.#options = options;
  }

  /** Of the next record. */
  get position(): Position {
    return { segment: this.#segment, offset: this.#place.at };
  }

  /** Reads on until aborted; after {@link start}. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, links } = this.#options;
    while (!signal.aborted) {
      // A segment that has a next one grows no more, so this is looked at before the rest is read.
      const next = links.segments().find((index) => index > this.#segment);
      if (links.segmentBytes(this.#segment) > this.#place.at) await this.#read(signal);
      if (signal.aborted) return;
      if (next !== undefined) {
        this.#segment = next;
        this.#place.at = 0;
        await this.#readCheckpoint(signal);
      } else if (!(await sleep(pollMs, signal, clock))) return;
    }
  }

  /** Reads which series there are. @returns where reading begins */
  async start(signal: AbortSignal): Promise<Position> {
    const { links, from } = this.#options;
    const segments = links.segments();
    const last = segments.at(-1) ?? 0;
    const end: Position = { segment: last, offset: links.segmentBytes(last) };
    this.#startedAt = end;
    const wanted = from === undefined || isBefore(end, from) ? end : from;
    const first = segments.find((index) => index >= wanted.segment) ?? last;
    const place: Position = first === wanted.segment ? wanted : { segment: first, offset: 0 };
    const checkpoint = links.checkpointBelow(first);
    this.#checkpoint = checkpoint?.index ?? -1;
    for (const file of checkpoint?.files ?? []) await this.#readNames(file, this.#checkpoint, signal);
    for (const index of segments.filter((at) => at > this.#checkpoint && at < first))
      await this.#readNames(links.segmentPath(index), index, signal);
    this.#segment = place.segment;
    if (place.offset > 0)
      this.#place.at = await this.#readNames(links.segmentPath(first), first, signal, place.offset);
    else this.#place.at = 0;
    return this.position;
  }

  /** Series of a file, up to a byte of it. @returns where it stopped */
  async #readNames(
    path: string,
    segment: number,
    signal: AbortSignal,
    toByte = Number.POSITIVE_INFINITY,
  ): Promise<number> {
    const { series } = this.#options;
    const visitor: RecordVisitor = {
      series: (ref, labels) => series(ref, labels, segment),
      sample: () => {},
      other: () => {},
    };
    const place = { at: 0 };
    const pace = new Pace();
    for (const record of segmentRecords(path, place)) {
      tell(record, visitor);
      if (place.at >= toByte) break;
      if (pace.isOver) await pace.rest();
      if (signal.aborted) break;
    }
    return place.at;
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { links, series, begin, end } = this.#options;
    const segment = this.#segment;
    const pace = new Pace();
    for (const record of segmentRecords(links.segmentPath(segment), this.#place)) {
      const at: Position = { segment, offset: this.#place.at };
      const values = begin(at, !isBefore(this.#startedAt, at));
      tell(record, {
        ...values,
        series: (ref, labels) => series(ref, labels, segment),
        other: () => {},
      });
      const wait = end();
      if (wait !== undefined) await wait;
      if (pace.isOver) await pace.rest();
      if (signal.aborted) return;
    }
  }

  /** A newer checkpoint says which series are still there. */
  async #readCheckpoint(signal: AbortSignal): Promise<void> {
    const { links, forget } = this.#options;
    const checkpoint = links.checkpointBelow(this.#segment);
    if (checkpoint === undefined || checkpoint.index <= this.#checkpoint) return;
    this.#checkpoint = checkpoint.index;
    // What it names counts as named after all that it stands for.
    for (const file of checkpoint.files) await this.#readNames(file, checkpoint.index + 0.5, signal);
    if (!signal.aborted) forget(checkpoint.index + 0.5);
  }
}

/** What cannot be read costs that record; it was said when the store read it. */
function tell(record: Buffer, visitor: RecordVisitor): void {
  try {
    readRecord(record, visitor);
  } catch (error) {
    if (!(error instanceof DamageError)) throw error;
  }
}

function isBefore(a: Position, b: Position): boolean {
  return a.segment < b.segment || (a.segment === b.segment && a.offset < b.offset);
}
