import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fileMark } from './read-file.ts';
import { type FileContent, type ReadJob, readObjects } from './read-objects.ts';
import type { ReaderThread } from './reader-thread.ts';

export interface ReadAllOptions {
  readonly folder: string;
  /** Relative to the folder, with `/`. */
  readonly files: readonly string[];
  readonly keepConfigMapValues: boolean;
  readonly signal: AbortSignal;
  /** {@link ReaderThread.start}, or its like. */
  readonly startThread: (...on: Parameters<typeof ReaderThread.start>) => Thread | undefined;
}

type Thread = Pick<ReaderThread, 'read' | 'close'>;

/** Less than this is read sooner than a thread has started. */
const worthThreadBytes = 1024 * 1024;

/** Files that the thread has been given and not yet answered: enough that it never waits. */
const mostAsked = 4;

/** Files that are read in this thread at a time, as the disk would be waited for otherwise. */
const mostOwn = 4;

/** Files, and characters of them, that are read but not taken yet: they must not heap up when taking is slower than reading. */
const mostAhead = 32;
const mostAheadChars = 8_000_000;

/** Others get a turn of the event loop at least this often. */
const longestTurnMs = 20;

/**
 * Reads files and yields what they say, in their order. Where there is much to read, a second thread reads too, while this one
 * reads the next file whenever there is nothing to yield; what the thread leaves unanswered, because it ended, is read here.
 */
export async function* readAll(options: ReadAllOptions): AsyncGenerator<FileContent> {
  const { folder, files, signal } = options;
  const ahead = new Ahead(options, await isWorthThread(folder, files));
  let turnedMs = performance.now();
  try {
    for (let at = 0; at < files.length; at++) {
      const content = await ahead.read(at);
      if (content === undefined || signal.aborted) return;
      yield content;
      if (performance.now() - turnedMs < longestTurnMs) continue;
      await turn();
      turnedMs = performance.now();
    }
  } finally {
    await ahead.close();
  }
}

/** What was asked of the thread, and what has been read and not taken yet. */
class Ahead {
  readonly #options: ReadAllOptions;
  readonly #asked = new Set<string>();
  /** Being read in this thread. */
  readonly #own = new Set<string>();
  readonly #contents = new Map<string, FileContent>();
  /** Of the contents. */
  #chars = 0;
  /** The file that is neither asked for nor read yet. */
  #next = 0;
  #thread: Thread | undefined;
  #resume: (() => void) | undefined;
  readonly #wake = (): void => this.#resume?.();

  constructor(options: ReadAllOptions, withThread: boolean) {
    this.#options = options;
    options.signal.addEventListener('abort', this.#wake);
    if (!withThread) return;
    this.#thread = options.startThread(
      (content) => {
        if (this.#asked.delete(content.file)) this.#add(content);
        this.#wake();
      },
      () => {
        this.#thread = undefined;
        this.#asked.clear();
        this.#wake();
      },
    );
  }

  /** What the file at this place says; asked for in order. Undefined when aborted. */
  async read(at: number): Promise<FileContent | undefined> {
    const { files, signal } = this.#options;
    const file = files[at] ?? '';
    while (!signal.aborted) {
      this.#askThread(at);
      const content = this.#contents.get(file);
      if (content !== undefined) {
        this.#contents.delete(file);
        this.#chars -= charsOf(content);
        return content;
      }
      const isLost = at < this.#next && !this.#asked.has(file) && !this.#own.has(file);
      if (isLost) this.#readHere(file);
      while (this.#own.size < mostOwn && this.#isRoom(at)) this.#readHere(files[this.#next++] ?? '');
      await new Promise<void>((resolve) => (this.#resume = resolve));
    }
    return undefined;
  }

  async close(): Promise<void> {
    this.#options.signal.removeEventListener('abort', this.#wake);
    await this.#thread?.close();
  }

  #askThread(at: number): void {
    while (this.#thread !== undefined && this.#asked.size < mostAsked && this.#isRoom(at)) {
      const file = this.#options.files[this.#next++] ?? '';
      this.#asked.add(file);
      this.#thread.read(this.#jobOf(file));
    }
  }

  #isRoom(at: number): boolean {
    if (this.#next >= this.#options.files.length) return false;
    return this.#next === at || (this.#next < at + mostAhead && this.#chars < mostAheadChars);
  }

  #readHere(file: string): void {
    this.#own.add(file);
    void readObjects(this.#jobOf(file)).then((content) => {
      this.#own.delete(file);
      this.#add(content);
      this.#wake();
    });
  }

  #jobOf(file: string): ReadJob {
    const { folder, keepConfigMapValues } = this.#options;
    return { folder, file, keepConfigMapValues };
  }

  #add(content: FileContent): void {
    this.#contents.set(content.file, content);
    this.#chars += charsOf(content);
  }
}

function charsOf({ objects }: FileContent): number {
  return objects.reduce((sum, { json }) => sum + json.length, 0);
}

async function isWorthThread(folder: string, files: readonly string[]): Promise<boolean> {
  let bytes = 0;
  for (const file of files) {
    bytes += (await fileMark(join(folder, file)).catch(() => undefined))?.sizeBytes ?? 0;
    if (bytes >= worthThreadBytes) return true;
  }
  return false;
}
