const none = -1;

/** Rows and keys take no more memory than about this, whatever is sent; then all are forgotten, and found again. */
const mostKeyBytes = 64 << 20;

/**
 * Handles of series by the bytes of their labels as they came: senders send the same series again and again, and so the labels need
 * not be read again. Rows are columns of arrays, keys stand one after another in one buffer.
 */
export class SeriesTable {
  #keys = Buffer.allocUnsafeSlow(1 << 16);
  #keyEnd = 0;
  #starts = new Uint32Array(256);
  #lengths = new Uint32Array(256);
  #hashes = new Int32Array(256);
  #handles = new Float64Array(256);
  #table = new Int32Array(1024).fill(none);
  #count = 0;
  /** Where {@link find} ended, for {@link add}. */
  #hash = 0;

  get size(): number {
    return this.#count;
  }

  /** The row of a key; −1 where there is none. */
  find(bytes: Uint8Array, from: number, to: number): number {
    const hash = hashOf(bytes, from, to);
    this.#hash = hash;
    const mask = this.#table.length - 1;
    const length = to - from;
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const row = this.#table[i] as number;
      if (row === none) return none;
      if (this.#hashes[row] !== hash || this.#lengths[row] !== length) continue;
      const start = this.#starts[row] as number;
      if (this.#keys.compare(bytes, from, to, start, start + length) === 0) return row;
    }
  }

  handleAt(row: number): number {
    return this.#handles[row] as number;
  }

  setHandle(row: number, handle: number): void {
    this.#handles[row] = handle;
  }

  /** Adds the key that was looked for last. */
  add(bytes: Uint8Array, from: number, to: number, handle: number): void {
    const length = to - from;
    if (this.#keyEnd + length > mostKeyBytes) this.#forgetAll();
    if (this.#keyEnd + length > this.#keys.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#keys.length * 2, this.#keyEnd + length));
      this.#keys.copy(larger, 0, 0, this.#keyEnd);
      this.#keys = larger;
    }
    if (this.#count === this.#starts.length) this.#grow();
    const row = this.#count++;
    this.#keys.set(bytes.subarray(from, to), this.#keyEnd);
    this.#starts[row] = this.#keyEnd;
    this.#lengths[row] = length;
    this.#hashes[row] = this.#hash;
    this.#handles[row] = handle;
    this.#keyEnd += length;
    if (this.#count * 2 > this.#table.length) this.#rehash();
    else this.#place(row);
  }

  #forgetAll(): void {
    this.#count = 0;
    this.#keyEnd = 0;
    this.#table.fill(none);
  }

  #place(row: number): void {
    const mask = this.#table.length - 1;
    let i = (this.#hashes[row] as number) & mask;
    while (this.#table[i] !== none) i = (i + 1) & mask;
    this.#table[i] = row;
  }

  #rehash(): void {
    this.#table = new Int32Array(this.#table.length * 2).fill(none);
    for (let row = 0; row < this.#count; row++) this.#place(row);
  }

  #grow(): void {
    const size = this.#starts.length * 2;
    this.#starts = copied(this.#starts, new Uint32Array(size));
    this.#lengths = copied(this.#lengths, new Uint32Array(size));
    this.#hashes = copied(this.#hashes, new Int32Array(size));
    this.#handles = copied(this.#handles, new Float64Array(size));
  }
}

function copied<Column extends { set(from: Column): void }>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}

/** Four bytes at a time, mixed so that the last of them count in the lowest bits. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5 | 0;
  let at = from;
  for (const end = to - 3; at < end; at += 4) {
    const word =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    hash = Math.imul(hash ^ word, 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  for (; at < to; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0x5bd1e995);
  return hash ^ (hash >>> 15);
}
