/** How much of an image is looked at. What goes beyond is left out, and the result says so (`partial`). */
export interface AnalysisLimits {
  /** Entries of one layer's archive. */
  readonly entries: number;
  /** Parts of a path. */
  readonly pathDepth: number;
  /** Of one layer, unpacked. */
  readonly layerBytes: number;
  /** Of one file that is read whole. */
  readonly fileBytes: number;
  /** For one layer, its download included. */
  readonly layerMs: number;
  readonly layers: number;
  /** Memory of the thread that reads a layer, for what it keeps (file contents are bounded by `fileBytes`). */
  readonly heapMiB: number;
}

const mib = 1024 * 1024;

export const defaultLimits: AnalysisLimits = {
  entries: 1_000_000,
  pathDepth: 256,
  layerBytes: 20 * 1024 * mib,
  fileBytes: 256 * mib,
  layerMs: 10 * 60_000,
  layers: 512,
  heapMiB: 512,
};
