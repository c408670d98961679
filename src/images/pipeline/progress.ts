/** How far an analysis is. Told often; cheap to ignore. */
export interface AnalysisProgress {
  readonly phase: 'open' | 'layers' | 'packages';
  readonly layers: number;
  /** Layers that are done, those from the cache included. */
  readonly layersDone: number;
  /** Layers that were known and not fetched. */
  readonly layersCached: number;
  /** Compressed, of all layers. */
  readonly bytes: number;
  readonly bytesDone: number;
}

/** Counts what an analysis has done. */
export class ProgressCount {
  readonly #layers: number;
  readonly #bytes: number;
  #layersDone = 0;
  #layersCached = 0;
  #bytesDone = 0;

  constructor(layers: readonly { readonly sizeBytes: number }[]) {
    this.#layers = layers.length;
    this.#bytes = layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  received(bytes: number): AnalysisProgress {
    this.#bytesDone = Math.min(this.#bytes, this.#bytesDone + bytes);
    return this.progress('layers');
  }

  done(wasKnown: boolean): AnalysisProgress {
    this.#layersDone++;
    if (wasKnown) this.#layersCached++;
    return this.progress('layers');
  }

  progress(phase: AnalysisProgress['phase']): AnalysisProgress {
    return {
      phase,
      layers: this.#layers,
      layersDone: this.#layersDone,
      layersCached: this.#layersCached,
      bytes: this.#bytes,
      bytesDone: this.#bytesDone,
    };
  }
}
