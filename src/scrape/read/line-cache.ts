/** What a line that is no sample has instead of a series' handle. */
export const comment = -10;
/** Of series that metric relabelling drops. */
export const dropped = -11;
/** Of a place in the table that holds nothing. */
export const none = -1;

const firstRows = 64;

/**
 * What the lines of one target were last time, by their bytes: the series' text as it stands in the answer, or a whole comment.
 * A steady scrape finds each line where it was the time before, compares bytes, and makes nothing.
 *
 * Rows are columns of arrays, keys stand one after another in one buffer.
 */
export class LineCache {
  #keys = Buffer.allocUnsafeSlow(4096);
  #keyEnd = 0;
  #starts = new Uint32Array(firstRows);
  #lengths = new Uint32Array(firstRows);
  #hashes = new Uint32Array(firstRows);
  /** Of the store, or one of the constants above. */
  handles = new Float64Array(firstRows);
  /** The scrape in which the row was last seen. */
  rounds = new Uint32Array(firstRows);
  /**
   * 1 where the series is live, and gets a staleness marker when it vanishes; 2 where it becomes so when the scrape that is being
   * read is good; 0 where its samples bring their own time, too.
   */
  tracked = new Uint8Array(firstRows);
  /** A digest of the exemplar that the line had last. */
  exemplars = new Uint32Array(firstRows);
  /** Row after row as the last scrape had them: what comes after a line is what came after it before. */
  #next = new Int32Array(firstRows).fill(none);
  #table = new Int32Array(256).fill(none);
  #count = 0;
  #last: number = none;
  #first: number = none;

  get size(): number {
    return this.#count;
  }

  /** Memory for keys and columns. */
  get bytes(): number {
    return this.#keys.length + this.#starts.length * 33 + this.#table.length * 4;
  }

  /** The start of a scrape: the line that comes first is expected to be the one that came first before. */
  begin(): void {
    this.#last = none;
  }

  /**
   * The row whose key stands at `at`, if it is the one expected there; its length is {@link lengthOf}. Cheap: nothing is hashed.
   * What follows the key is for the caller to look at.
   */
  expected(body: Buffer, at: number): number {
    const row = this.#last === none ? this.#first : (this.#next[this.#last] as number);
    if (row === none) return none;
    const length = this.#lengths[row] as number;
    const start = this.#starts[row] as number;
    if (at + length > body.length) return none;
    const keys = this.#keys;
    // The end of a series' text differs most often.
    for (let i = length - 1; i >= 0; i--) if (keys[start + i] !== body[at + i]) return none;
    return row;
  }

  lengthOf(row: number): number {
    return this.#lengths[row] as number;
  }

  keyOf(row: number): Buffer {
    const start = this.#starts[row] as number;
    return this.#keys.subarray(start, start + (this.#lengths[row] as number));
  }

  /** The row of a key, wherever it stood. */
  find(body: Buffer, from: number, to: number): number {
    const hash = hashOf(body, from, to);
    const mask = this.#table.length - 1;
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const row = this.#table[i] as number;
      if (row === none) return none;
      if (this.#hashes[row] === hash && this.#equals(row, body, from, to)) return row;
    }
  }

  /** The row was seen now, after the one that was seen before it. */
  seen(row: number, round: number): void {
    this.rounds[row] = round;
    if (this.#last === none) this.#first = row;
    else this.#next[this.#last] = row;
    this.#last = row;
  }

  add(body: Buffer, from: number, to: number, handle: number): number {
    if (this.#count === this.handles.length) this.#grow();
    const length = to - from;
    if (this.#keyEnd + length > this.#keys.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#keys.length * 2, this.#keyEnd + length));
      this.#keys.copy(larger, 0, 0, this.#keyEnd);
      this.#keys = larger;
    }
    const row = this.#count++;
    body.copy(this.#keys, this.#keyEnd, from, to);
    this.#starts[row] = this.#keyEnd;
    this.#lengths[row] = length;
    this.#keyEnd += length;
    this.#hashes[row] = hashOf(body, from, to);
    this.handles[row] = handle;
    this.tracked[row] = 0;
    this.exemplars[row] = 0;
    this.#next[row] = none;
    if (this.#count * 2 > this.#table.length) this.#rehash(this.#table.length * 2);
    else this.#place(row);
    return row;
  }

  /** Forgets rows that were last seen before `round`, in one go. Those that stay keep their order. */
  forgetBefore(round: number): void {
    const kept: number[] = [];
    for (let row = 0; row < this.#count; row++) if ((this.rounds[row] as number) >= round) kept.push(row);
    if (kept.length === this.#count) return;
    const from = new Map(kept.map((row, index) => [row, index]));
    const keys = Buffer.allocUnsafeSlow(
      Math.max(
        4096,
        kept.reduce((sum, row) => sum + (this.#lengths[row] as number), 0),
      ),
    );
    let end = 0;
    for (const [to, row] of kept.entries()) {
      const start = this.#starts[row] as number;
      const length = this.#lengths[row] as number;
      this.#keys.copy(keys, end, start, start + length);
      this.#starts[to] = end;
      this.#lengths[to] = length;
      end += length;
      this.#hashes[to] = this.#hashes[row] as number;
      this.handles[to] = this.handles[row] as number;
      this.rounds[to] = this.rounds[row] as number;
      this.tracked[to] = this.tracked[row] as number;
      this.exemplars[to] = this.exemplars[row] as number;
      this.#next[to] = from.get(this.#next[row] as number) ?? none;
    }
    this.#first = from.get(this.#first) ?? none;
    this.#last = none;
    this.#keys = keys;
    this.#keyEnd = end;
    this.#count = kept.length;
    this.#rehash(this.#table.length);
  }

  clear(): void {
    this.#count = 0;
    this.#keyEnd = 0;
    this.#first = none;
    this.#last = none;
    this.#table.fill(none);
  }

  #equals(row: number, body: Buffer, from: number, to: number): boolean {
    const length = this.#lengths[row] as number;
    if (length !== to - from) return false;
    const start = this.#starts[row] as number;
    return this.#keys.compare(body, from, to, start, start + length) === 0;
  }

  #place(row: number): void {
    const mask = this.#table.length - 1;
    let i = (this.#hashes[row] as number) & mask;
    while (this.#table[i] !== none) i = (i + 1) & mask;
    this.#table[i] = row;
  }

  #rehash(size: number): void {
    this.#table = new Int32Array(size).fill(none);
    for (let row = 0; row < this.#count; row++) this.#place(row);
  }

  #grow(): void {
    const size = this.handles.length * 2;
    this.#starts = copied(this.#starts, new Uint32Array(size));
    this.#lengths = copied(this.#lengths, new Uint32Array(size));
    this.#hashes = copied(this.#hashes, new Uint32Array(size));
    this.handles = copied(this.handles, new Float64Array(size));
    this.rounds = copied(this.rounds, new Uint32Array(size));
    this.tracked = copied(this.tracked, new Uint8Array(size));
    this.exemplars = copied(this.exemplars, new Uint32Array(size));
    this.#next = copied(this.#next, new Int32Array(size).fill(none));
  }
}

function copied<Column extends { set(from: Column): void }>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}

/** 32-bit FNV-1a. */
export function hashOf(body: Buffer, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ (body[i] as number), 0x01000193);
  return hash >>> 0;
}
