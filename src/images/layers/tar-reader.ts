import { Buffer } from 'node:buffer';
import { ImageError } from '../image-error.ts';
import { type PaxRecords, readPax } from './pax.ts';
import { blockSize, readTarHeader, type TarHeader } from './tar-header.ts';

export interface TarEntry {
  /** As the archive spells it. */
  readonly name: string;
  readonly kind: 'file' | 'hard-link' | 'link' | 'folder' | 'other';
  /** Of links: where they lead, as the archive spells it. */
  readonly linkName: string;
  readonly sizeBytes: number;
  readonly mode: number;
  /** Its contents are not as they would be on disk, and cannot be asked for. */
  readonly isSparse: boolean;
  /** Where its contents start in the archive. */
  readonly dataAt: number;
}

export interface TarVisitor {
  /**
   * Told of each entry in the archive's order.
   *
   * @param head the first bytes of a file, at most {@link headBytes}; good during the call only.
   * @returns whether the contents are wanted whole.
   */
  entry(entry: TarEntry, head: Uint8Array): boolean;
  /** The contents of an entry that was wanted; good during the call only. */
  content(entry: TarEntry, content: Uint8Array): void;
}

/** So much of a file is shown before it is decided on. */
export const headBytes = 64;

/** Most that a name or an extended header may take, as in Go's reader. */
const maxSpecialBytes = 1024 * 1024;

/** A buffer for contents that is larger than this is given back after them. */
const keptBytes = 16 * 1024 * 1024;

const nothing = new Uint8Array(0);

/**
 * Reads a tar archive as it comes, in pieces of any size: ustar, pax, GNU's long names and large sizes. Two blocks of zeros end it; an
 * archive that just ends, or lacks the padding after its last file, is taken too, as some programs write such. Where formats leave a
 * choice it does as Go's `archive/tar`, which container runtimes unpack layers with: links and folders have no contents whatever size
 * they claim, global extended headers change nothing.
 */
export class TarReader {
  readonly #visitor: TarVisitor;
  /** What is being gathered: a header, an extended header, a head, contents. */
  #gathered: Buffer = Buffer.allocUnsafeSlow(blockSize);
  #gatheredBytes = 0;
  /** How much of it is wanted. */
  #wantedBytes = blockSize;
  #state: 'header' | 'special' | 'sparse-map' | 'head' | 'content' | 'skip' | 'end' = 'header';
  #header: TarHeader | undefined;
  #entry: TarEntry | undefined;
  #pax: PaxRecords = {};
  #longName: string | undefined;
  #longLink: string | undefined;
  #skipBytes = 0;
  /** Of what is skipped, how much is padding, which may be missing at the end. */
  #paddingBytes = 0;
  #zeroBlocks = 0;
  #atByte = 0;

  constructor(visitor: TarVisitor) {
    this.#visitor = visitor;
  }

  /** Whether the end was marked; what comes after it is nobody's. */
  get isEnded(): boolean {
    return this.#state === 'end';
  }

  /** How much of what comes next is of no interest; whoever can seek may leave it out of what is pushed. Counts it as passed. */
  takeSkipped(): number {
    if (this.#state !== 'skip') return 0;
    const bytes = this.#skipBytes;
    this.#atByte += bytes;
    this.#want('header', blockSize);
    return bytes;
  }

  /** @throws {ImageError} when it is damaged. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && this.#state !== 'end') {
      if (this.#state === 'skip') {
        const skipped = Math.min(this.#skipBytes, chunk.length - at);
        this.#skipBytes -= skipped;
        at += skipped;
        this.#atByte += skipped;
        if (this.#skipBytes === 0) this.#want('header', blockSize);
        continue;
      }
      const missing = this.#wantedBytes - this.#gatheredBytes;
      if (this.#gatheredBytes === 0 && chunk.length - at >= missing) {
        // All of it is here: no need to copy.
        const whole = chunk.subarray(at, at + missing);
        at += missing;
        this.#atByte += missing;
        this.#take(whole);
        continue;
      }
      const some = chunk.subarray(at, at + missing);
      this.#append(some);
      at += some.length;
      this.#atByte += some.length;
      if (this.#gatheredBytes === this.#wantedBytes)
        this.#take(this.#gathered.subarray(0, this.#wantedBytes));
    }
  }

  /** To be called when nothing more comes. @throws {ImageError} when something is missing. */
  end(): void {
    const { name } = this.#entry ?? this.#header ?? { name: '' };
    const isBetween =
      this.#state === 'end' ||
      (this.#state === 'header' && this.#gatheredBytes === 0) ||
      (this.#state === 'skip' && this.#skipBytes <= this.#paddingBytes);
    if (isBetween) return;
    const within = name === '' ? 'a header' : `"${name}"`;
    throw new ImageError(`the archive ends at byte ${this.#atByte}, within ${within}`);
  }

  #append(some: Uint8Array): void {
    const needed = this.#gatheredBytes + some.length;
    if (this.#gathered.length < needed) {
      // Grows with what comes, not with what a header claims.
      const grown = Buffer.allocUnsafeSlow(
        Math.min(this.#wantedBytes, Math.max(needed, 2 * this.#gathered.length)),
      );
      grown.set(this.#gathered.subarray(0, this.#gatheredBytes));
      this.#gathered = grown;
    }
    this.#gathered.set(some, this.#gatheredBytes);
    this.#gatheredBytes = needed;
  }

  #want(state: 'header' | 'special' | 'sparse-map' | 'head' | 'content', bytes: number): void {
    this.#state = state;
    this.#wantedBytes = bytes;
    this.#gatheredBytes = 0;
    if (bytes === 0) this.#take(nothing);
  }

  #skip(bytes: number, paddingBytes: number): void {
    this.#skipBytes = bytes + paddingBytes;
    this.#paddingBytes = paddingBytes;
    if (this.#skipBytes === 0) this.#want('header', blockSize);
    else this.#state = 'skip';
  }

  #take(bytes: Uint8Array): void {
    switch (this.#state) {
      case 'header':
        this.#takeHeader(bytes);
        return;
      case 'special':
        this.#takeSpecial(bytes);
        return;
      case 'sparse-map':
        if (bytes[504] !== 0) this.#want('sparse-map', blockSize);
        else this.#start();
        return;
      case 'head':
        this.#takeHead(bytes);
        return;
      case 'content':
        this.#takeContent(bytes);
        return;
      case 'skip':
      case 'end':
        return;
    }
  }

  #takeHeader(block: Uint8Array): void {
    const header = readTarHeader(block, this.#atByte - blockSize);
    if (header === undefined) {
      this.#zeroBlocks++;
      if (this.#zeroBlocks === 2) this.#state = 'end';
      else this.#want('header', blockSize);
      return;
    }
    this.#zeroBlocks = 0;
    this.#header = header;
    if (/[xgLK]/.test(header.type)) {
      if (header.sizeBytes > maxSpecialBytes)
        throw new ImageError(
          `the archive has a name or an extended header of ${header.sizeBytes} bytes at byte ${this.#atByte - blockSize}; at most ${maxSpecialBytes} are read`,
        );
      this.#want('special', header.sizeBytes);
      return;
    }
    if (header.hasMoreSparse) {
      this.#want('sparse-map', blockSize);
      return;
    }
    this.#start();
  }

  #takeSpecial(bytes: Uint8Array): void {
    const type = this.#header?.type;
    if (type === 'x') this.#pax = { ...this.#pax, ...readPax(bytes) };
    if (type === 'g') readPax(bytes);
    if (type === 'L') this.#longName = longText(bytes);
    if (type === 'K') this.#longLink = longText(bytes);
    this.#skip(0, paddingOf(bytes.length));
  }

  /** An entry, now that all is known of it. */
  #start(): void {
    const header = this.#header;
    if (header === undefined) return;
    const pax = this.#pax;
    const name = pax.path ?? this.#longName ?? header.name;
    const kind = kindOf(header.type, name);
    this.#entry = {
      name,
      kind,
      linkName: pax.linkpath ?? this.#longLink ?? header.linkName,
      sizeBytes: kind === 'file' ? (pax.sizeBytes ?? header.sizeBytes) : 0,
      mode: header.mode,
      isSparse: header.type === 'S' || pax.isSparse === true,
      dataAt: this.#atByte,
    };
    this.#pax = {};
    this.#longName = undefined;
    this.#longLink = undefined;
    this.#want('head', Math.min(headBytes, this.#entry.sizeBytes));
  }

  #takeHead(head: Uint8Array): void {
    const entry = this.#entry;
    if (entry === undefined) return;
    const isWanted = this.#visitor.entry(entry, head) && !entry.isSparse;
    const left = entry.sizeBytes - head.length;
    if (!isWanted) {
      this.#skip(left, paddingOf(entry.sizeBytes));
      return;
    }
    if (left === 0) {
      this.#takeContent(head);
      return;
    }
    // The head is part of the contents. It may lie in the buffer that they are gathered in.
    const copy = Uint8Array.from(head);
    this.#want('content', entry.sizeBytes);
    this.#append(copy);
  }

  #takeContent(content: Uint8Array): void {
    const entry = this.#entry;
    if (entry === undefined) return;
    this.#visitor.content(entry, content);
    if (this.#gathered.length > keptBytes) this.#gathered = Buffer.allocUnsafeSlow(blockSize);
    this.#skip(0, paddingOf(entry.sizeBytes));
  }
}

function kindOf(type: string, name: string): TarEntry['kind'] {
  if (type === '1') return 'hard-link';
  if (type === '2') return 'link';
  if (type === '5' || (type === '\0' && name.endsWith('/'))) return 'folder';
  return /[346]/.test(type) ? 'other' : 'file';
}

function longText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const zero = text.indexOf('\0');
  return zero < 0 ? text : text.slice(0, zero);
}

function paddingOf(sizeBytes: number): number {
  return (blockSize - (sizeBytes % blockSize)) % blockSize;
}
