import { Worker } from 'node:worker_threads';
import { AppError } from '../../kit/app-error.ts';
import { ImageError } from '../image-error.ts';
import type {
  AssembledImage,
  AssembleJob,
  FolderJob,
  LayerJob,
  LayerResult,
  LayerWork,
} from './layer-work.ts';
import type { FromThread, ToThread } from './messages.ts';

/** A thread ended with its work undone: it needed more memory than it may have, or took too long. */
export class ThreadEndedError extends AppError {
  readonly code = 'IMAGE_THREAD_ENDED';
}

/** So much of a blob may be on its way to the thread. */
const sentAheadBytes = 4 * 1024 * 1024;

/** Pieces are gathered to this, since each message has its price. */
const messageBytes = 512 * 1024;

/** A few megabytes for what dies young. */
const youngMiB = 16;

/** {@link LayerWork} in a thread of its own, with its own bounded heap. One job at a time. */
export class AnalysisThread implements LayerWork {
  readonly #worker: Worker;
  #onMessage: ((message: FromThread) => void) | undefined;
  #onEnd: ((error: Error) => void) | undefined;
  #ended: Error | undefined;
  /** Buffers that came back: hundreds of megabytes go through a few of them. */
  readonly #spare: ArrayBuffer[] = [];

  /** @param url of `analysis.worker.js`. */
  constructor(url: URL, heapMiB: number) {
    this.#worker = new Worker(url, {
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: heapMiB, maxYoungGenerationSizeMb: youngMiB },
    });
    this.#worker.unref();
    this.#worker.on('message', (message: FromThread) => this.#onMessage?.(message));
    this.#worker.on('error', (error: NodeJS.ErrnoException) => {
      this.#end(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? new ThreadEndedError(`it needs more than ${heapMiB} MiB of memory (images.limits.heap_mib)`)
          : error,
      );
    });
    this.#worker.once('exit', (code) => this.#end(new Error(`the thread ended with status ${code}`)));
  }

  get isEnded(): boolean {
    return this.#ended !== undefined;
  }

  /** Ends the thread, and its job with this error. */
  async stop(error: Error): Promise<void> {
    this.#end(error);
    await this.#worker.terminate();
  }

  readLayer(blob: AsyncIterable<Uint8Array>, job: LayerJob): Promise<LayerResult> {
    return this.#job<LayerResult>({ kind: 'layer', job }, 'layer-read', (takeMore) =>
      this.#send(blob, takeMore),
    );
  }

  readFolder(job: FolderJob): Promise<LayerResult> {
    return this.#job<LayerResult>({ kind: 'folder', job }, 'layer-read');
  }

  assemble(job: AssembleJob): Promise<AssembledImage> {
    return this.#job<AssembledImage>({ kind: 'assemble', job }, 'assembled');
  }

  async #job<Result>(
    start: ToThread,
    done: 'layer-read' | 'assembled',
    send?: (flow: Flow) => Promise<void>,
  ): Promise<Result> {
    const flow = new Flow();
    const result = this.#answer<Result>(done, flow);
    // Whoever waits first hears of it; the other is not left without a listener.
    result.catch(() => {});
    if (this.#ended !== undefined) throw this.#ended;
    // A thread at work keeps the process; one that waits for work does not.
    this.#worker.ref();
    this.#post(start);
    try {
      if (send === undefined) return await result;
      const sending = send(flow);
      // An answer before all was sent is an answer, too; then what becomes of the rest is nobody's concern.
      sending.catch(() => {});
      await Promise.race([sending, result]);
      return await result;
    } catch (error) {
      // The thread knows only that the rest does not come.
      throw flow.failure === undefined ? error : flow.failure.error;
    } finally {
      this.#worker.unref();
      flow.close();
      this.#onMessage = undefined;
      this.#onEnd = undefined;
    }
  }

  #answer<Result>(done: 'layer-read' | 'assembled', flow: Flow): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#onEnd = reject;
      this.#onMessage = (message) => {
        if (message.kind === 'taken') {
          this.#spare.push(message.bytes.buffer as ArrayBuffer);
          flow.taken(message.bytes.length);
        } else if (message.kind === 'failed') reject(errorOf(message));
        else if (message.kind === done)
          resolve((message.kind === 'layer-read' ? message.result : message.image) as Result);
      };
    });
  }

  /** Sends a blob as fast as it is taken. When the thread is done before, the rest is not asked for. */
  async #send(blob: AsyncIterable<Uint8Array>, flow: Flow): Promise<void> {
    let piece = this.#buffer();
    let bytes = 0;
    const flush = async (): Promise<void> => {
      if (bytes === 0) return;
      flow.sent(bytes);
      this.#post({ kind: 'piece', bytes: piece.subarray(0, bytes) }, [piece.buffer]);
      bytes = 0;
      await flow.room();
      piece = this.#buffer();
    };
    try {
      // Copied, since those of the source may be parts of larger buffers, or be used again.
      for await (const source of blob) {
        for (let at = 0; at < source.length; ) {
          if (flow.isClosed) return;
          const some = source.subarray(at, at + messageBytes - bytes);
          piece.set(some, bytes);
          bytes += some.length;
          at += some.length;
          if (bytes === messageBytes) await flush();
        }
      }
      await flush();
      this.#post({ kind: 'blob-end' });
    } catch (error) {
      flow.failure = { error };
      // The thread waits for the rest; its answer frees it for the next job.
      this.#post({ kind: 'blob-failed' });
    }
  }

  #buffer(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#spare.pop() ?? new ArrayBuffer(messageBytes));
  }

  #post(message: ToThread, moved: readonly ArrayBuffer[] = []): void {
    if (this.#ended === undefined) this.#worker.postMessage(message, moved as ArrayBuffer[]);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#onEnd?.(this.#ended);
  }
}

function errorOf({ isImageError, message }: Extract<FromThread, { kind: 'failed' }>): Error {
  return isImageError ? new ImageError(message) : new Error(message);
}

/** How much is on its way. */
class Flow {
  #onItsWay = 0;
  #wake: (() => void) | undefined;
  isClosed = false;
  /** Why the blob could not be sent to its end. */
  failure: { readonly error: unknown } | undefined;

  sent(bytes: number): void {
    this.#onItsWay += bytes;
  }

  taken(bytes: number): void {
    this.#onItsWay -= bytes;
    if (this.#onItsWay < sentAheadBytes) this.#wake?.();
  }

  close(): void {
    this.isClosed = true;
    this.#wake?.();
  }

  async room(): Promise<void> {
    while (this.#onItsWay >= sentAheadBytes && !this.isClosed)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }
}

/** Where the built program has the thread's script; undefined where it runs from sources, of which Node makes no thread. */
export function threadUrl(): URL | undefined {
  return import.meta.url.endsWith('.js') ? new URL('./analysis.worker.js', import.meta.url) : undefined;
}
