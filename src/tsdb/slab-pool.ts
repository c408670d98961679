/** Sizes of blocks in bytes: multiples of 16, each about half as large again as the one before. */
const sizes = [32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1088] as const;

const slabBytes = 1 << 20;
const unitBytes = 16;
const unitsPerSlab = slabBytes / unitBytes;
/** A reference is the number of a slab and of a unit in it. */
const slabShift = 16;

/**
 * Blocks of memory outside of the JavaScript heap, named by 32-bit references (0 is none), so that millions of chunks
 * cost the garbage collector nothing. Freed blocks are used again for the same size.
 */
export class SlabPool {
  readonly #slabs: Uint8Array[] = [];
  readonly #doubles: Float64Array[] = [];
  readonly #words: Uint32Array[] = [];
  readonly #free: number[][] = sizes.map(() => []);
  /** Next unused unit of the newest slab. */
  #nextUnit = unitsPerSlab;
  #usedBytes = 0;

  /** Held from the system. */
  get bytes(): number {
    return this.#slabs.length * slabBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** The smallest class whose blocks hold `bytes`. */
  classFor(bytes: number): number {
    let sizeClass = 0;
    while ((sizes[sizeClass] ?? Number.POSITIVE_INFINITY) < bytes) sizeClass++;
    return sizeClass;
  }

  sizeOf(sizeClass: number): number {
    return sizes[sizeClass] ?? 0;
  }

  /** A block of zeros. */
  allocate(sizeClass: number): number {
    const size = this.sizeOf(sizeClass);
    this.#usedBytes += size;
    const freed = this.#free[sizeClass]?.pop();
    if (freed !== undefined) {
      const at = this.offset(freed);
      this.slab(freed).fill(0, at, at + size);
      return freed;
    }
    if (this.#nextUnit + size / unitBytes > unitsPerSlab) {
      const buffer = new ArrayBuffer(slabBytes);
      this.#slabs.push(new Uint8Array(buffer));
      this.#doubles.push(new Float64Array(buffer));
      this.#words.push(new Uint32Array(buffer));
      // The first unit of all stays unused, so that no block has the reference 0.
      this.#nextUnit = this.#slabs.length === 1 ? 1 : 0;
    }
    const reference = (this.#slabs.length - 1) * unitsPerSlab + this.#nextUnit;
    this.#nextUnit += size / unitBytes;
    return reference;
  }

  release(reference: number, sizeClass: number): void {
    this.#usedBytes -= this.sizeOf(sizeClass);
    this.#free[sizeClass]?.push(reference);
  }

  slab(reference: number): Uint8Array {
    return this.#slabs[reference >>> slabShift] as Uint8Array;
  }

  /** The same memory as doubles; index with `offset / 8`. */
  doubles(reference: number): Float64Array {
    return this.#doubles[reference >>> slabShift] as Float64Array;
  }

  /** The same memory as 32-bit words; index with `offset / 4`. */
  words(reference: number): Uint32Array {
    return this.#words[reference >>> slabShift] as Uint32Array;
  }

  /** Of the block's first byte in its slab. */
  offset(reference: number): number {
    return (reference & (unitsPerSlab - 1)) * unitBytes;
  }
}
