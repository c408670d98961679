import type { UpdateProgress } from '../../images/database/updater.ts';
import type { AnalysisProgress } from '../../images/pipeline/progress.ts';

/** A line that is written over itself on a terminal, and not written at all elsewhere. */
class StatusLine {
  readonly #stream: NodeJS.WriteStream;
  #shownAtMs = 0;
  #last = '';

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(text: string): void {
    const now = Date.now();
    if (this.#stream.isTTY !== true || text === this.#last || now - this.#shownAtMs < 100) return;
    this.#shownAtMs = now;
    this.#last = text;
    this.#stream.write(`\r\u001B[K${text.slice(0, Math.max(20, (this.#stream.columns ?? 80) - 1))}`);
  }

  end(): void {
    if (this.#last !== '') this.#stream.write('\r\u001B[K');
    this.#last = '';
  }
}

export interface Progress<Told> {
  readonly show: (progress: Told) => void;
  readonly end: () => void;
}

export function updateProgress(stream: NodeJS.WriteStream): Progress<UpdateProgress> {
  const line = new StatusLine(stream);
  const texts = {
    listing: () => 'asking for the newest database',
    download: ({ bytesDone, bytes }: UpdateProgress) => `getting the database: ${shareOf(bytesDone, bytes)}`,
    prepare: () => 'unpacking the database and building its indexes',
  };
  return { show: (progress) => line.show(texts[progress.phase](progress)), end: () => line.end() };
}

export function analysisProgress(stream: NodeJS.WriteStream): Progress<AnalysisProgress> {
  const line = new StatusLine(stream);
  const texts = {
    open: () => 'looking for the image',
    layers: ({ layers, layersDone, bytes, bytesDone }: AnalysisProgress) =>
      `layers: ${layersDone} of ${layers}, ${shareOf(bytesDone, bytes)}`,
    packages: () => 'putting the packages together',
  };
  return { show: (progress) => line.show(texts[progress.phase](progress)), end: () => line.end() };
}

function shareOf(done: number, whole: number): string {
  const mib = (bytes: number): string => (bytes / 1024 ** 2).toFixed(1);
  if (whole === 0) return `${mib(done)} MiB`;
  return `${mib(done)} of ${mib(whole)} MiB (${Math.floor((done / whole) * 100)} %)`;
}
