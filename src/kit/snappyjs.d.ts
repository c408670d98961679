declare module 'snappyjs' {
  const snappy: {
    /** The same kind of bytes comes out as goes in. */
    compress<T extends Uint8Array>(bytes: T): T;
    /** @throws {Error} for what is not snappy's block format, or would be larger than `mostBytes`. */
    uncompress<T extends Uint8Array>(bytes: T, mostBytes?: number): T;
  };
  export = snappy;
}
