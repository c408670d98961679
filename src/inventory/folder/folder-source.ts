import { join, resolve } from 'node:path';
import { messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Component } from '../../kit/component.ts';
import { sleep } from '../../kit/sleep.ts';
import type { Logger } from '../../log/logger.ts';
import type { Origin } from '../../model/change.ts';
import type { Inventory } from '../inventory.ts';
import type { SourceChange, SourceStatus } from '../source.ts';
import { FolderState } from './folder-state.ts';
import { FolderWatcher } from './folder-watcher.ts';
import { type FileProblem, formatProblem } from './problem.ts';
import { readAll } from './read-all.ts';
import { fileMark, isGone } from './read-file.ts';
import { type FileContent, readObjects } from './read-objects.ts';
import { ReaderThread } from './reader-thread.ts';
import { byPath, type FolderContent, isFolderName, isManifestName, walkFolder } from './walk.ts';

export interface FolderSourceOptions {
  /** Absolute or relative to the working directory. */
  readonly folder: string;
  readonly inventory: Inventory;
  readonly clock: Clock;
  readonly log: Logger;
  /** Looks at all files again this often, for what the operating system did not tell; 30 s when left out. */
  readonly rescanMs?: number;
  /** Keep the values of ConfigMaps; true when left out, as the files are on this disk anyway. */
  readonly keepConfigMapValues?: boolean;
}

/** Events of one write come in a burst; this much quiet ends it. */
const quietMs = 3;

/** A file that lost objects may be half written, or between an editor's rename and rename: it is looked at once more. */
const secondLookMs = 15;

/** Objects told in one batch at most, so that a large folder is not held in memory whole. */
const batchSize = 500;

/** More events than this at once are taken as "look at everything". */
const mostDirty = 5000;

/**
 * Reads the manifests of a folder into an inventory and keeps watching them. Announces itself as source `folder`.
 *
 * Links are followed; a change behind a link that points out of the folder is noticed by the rescan only.
 */
export class FolderSource implements Component {
  readonly name = 'folder';
  /** Absolute. */
  readonly folder: string;
  readonly #options: FolderSourceOptions;
  readonly #state = new FolderState();
  readonly #watcher: FolderWatcher;
  readonly #listeners = new Set<() => void>();
  /** What the operating system spoke of, and when it did first. */
  readonly #dirty = new Map<string, number>();
  /** Folders that are looked into, with their real paths. */
  readonly #realPaths = new Map<string, string>();
  #walkProblems: readonly FileProblem[] = [];
  #failure = '';
  #watchFailure = '';
  #lastSuccessMs: number | undefined;
  #told = '';
  #wake: (() => void) | undefined;

  constructor(options: FolderSourceOptions) {
    this.#options = options;
    this.folder = resolve(options.folder);
    this.#watcher = new FolderWatcher({
      root: this.folder,
      onEvent: (path) => this.#noticed(path),
      onFailure: (path, error) => {
        this.#watchFailure = `cannot watch ${path === '' ? this.folder : path} (${messageOf(error)}); changes are found by looking every ${this.#rescanMs / 1000} s`;
      },
    });
    options.inventory.announce(this.name);
  }

  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#scan(signal, true);
      let nextScanMs = this.#options.clock.now() + this.#rescanMs;
      while (!signal.aborted) {
        const { clock } = this.#options;
        if (clock.now() >= nextScanMs || this.#dirty.size > mostDirty) {
          this.#dirty.clear();
          await this.#scan(signal, false);
          nextScanMs = clock.now() + this.#rescanMs;
        }
        if (this.#dirty.size === 0) await this.#waitForEvent(nextScanMs - clock.now(), signal);
        else await this.#settle(signal);
      }
    } finally {
      this.#watcher.close();
    }
  }

  /** What is wrong with files now, in order of path and line. */
  problems(): readonly FileProblem[] {
    return [...this.#walkProblems, ...this.#state.problems()];
  }

  /** Calls `listener` whenever {@link problems} or {@link status} changed. Returns the cancel function. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  status(): SourceStatus {
    const last = this.#lastSuccessMs === undefined ? {} : { lastSuccessMs: this.#lastSuccessMs };
    if (this.#failure !== '') return { state: 'failed', message: this.#failure, ...last };
    if (this.#lastSuccessMs === undefined) return { state: 'starting', message: '' };
    const errors = this.problems().filter((problem) => problem.severity === 'error');
    const [first] = errors;
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    if (first !== undefined) return { state: 'degraded', message: `${formatProblem(first)}${more}`, ...last };
    if (this.#watchFailure !== '') return { state: 'degraded', message: this.#watchFailure, ...last };
    return { state: 'ok', message: '', ...last };
  }

  get #keepConfigMapValues(): boolean {
    return this.#options.keepConfigMapValues ?? true;
  }

  get #rescanMs(): number {
    return this.#options.rescanMs ?? 30_000;
  }

  #noticed(path: string): void {
    const name = path.slice(path.lastIndexOf('/') + 1);
    // How the kubelet swaps the files of a mounted ConfigMap: all links in the folder change with this one.
    const at = name === '..data' ? path.slice(0, Math.max(0, path.length - name.length - 1)) : path;
    if (name !== '..data' && name.startsWith('.')) return;
    if (!this.#dirty.has(at)) this.#dirty.set(at, this.#options.clock.now());
    this.#wake?.();
  }

  /** Resolves when something is noticed, when `ms` have passed, or when told to stop. */
  #waitForEvent(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        signal.removeEventListener('abort', done);
        this.#wake = undefined;
        resolve();
      };
      const cancel = this.#options.clock.timer(ms, done);
      signal.addEventListener('abort', done, { once: true });
      this.#wake = done;
      if (signal.aborted) done();
    });
  }

  /** Waits for the burst to end and takes in what it was about. */
  async #settle(signal: AbortSignal): Promise<void> {
    for (let seen = -1; seen !== this.#dirty.size; ) {
      seen = this.#dirty.size;
      if (!(await sleep(quietMs, signal, this.#options.clock))) return;
    }
    const dirty = new Map(this.#dirty);
    this.#dirty.clear();
    for (const [path, atMs] of await this.#expand(dirty)) {
      if (signal.aborted) return;
      await this.#look(path, atMs, signal);
    }
    this.#lastSuccessMs = this.#options.clock.now();
    this.#tell();
  }

  /** The files that noticed paths stand for: themselves, or all in and below a folder. */
  async #expand(dirty: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, number>> {
    const files = new Map<string, number>();
    for (const [path, atMs] of dirty) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      const known = this.#state.has(path);
      if ((known || isManifestName(name)) && path !== '') files.set(path, atMs);
      if (known || (path !== '' && !isFolderName(name))) continue;
      for (const file of await this.#lookIntoFolder(path)) files.set(file, atMs);
    }
    return new Map([...files].sort(([a], [b]) => byPath(a, b)));
  }

  /** Watches a folder that is new, forgets one that is gone. @returns the files that may have changed by it. */
  async #lookIntoFolder(path: string): Promise<readonly string[]> {
    const below = this.#state.files.filter((file) => path === '' || file.startsWith(`${path}/`));
    const isBelow = (folder: string): boolean =>
      path === '' || folder === path || folder.startsWith(`${path}/`);
    const elsewhere = [...this.#realPaths].filter(([folder]) => !isBelow(folder)).map(([, real]) => real);
    let content: FolderContent;
    try {
      content = await walkFolder(this.folder, path, elsewhere);
    } catch (error) {
      if (isGone(error)) {
        this.#watcher.remove(path);
        for (const folder of [...this.#realPaths.keys()]) if (isBelow(folder)) this.#realPaths.delete(folder);
      }
      return below;
    }
    // Watched before it is listed again: what is written in between is either listed or told.
    // A folder of the same name may be another one by now, which the old watch knows nothing of.
    if (path !== '') this.#watcher.remove(path);
    this.#watch(content.folders);
    const again = await walkFolder(this.folder, path, elsewhere).catch(() => content);
    return [...new Set([...below, ...content.files, ...again.files])];
  }

  #watch(folders: ReadonlyMap<string, string>): void {
    for (const [folder, real] of folders) {
      this.#watcher.add(folder);
      this.#realPaths.set(folder, real);
    }
  }

  /** Reads one file and tells what it changed. */
  async #look(file: string, atMs: number, signal: AbortSignal): Promise<void> {
    let read = await this.#read(file);
    const held = this.#state.keysOf(file);
    if (held.some((key) => !hasKey(read, key))) {
      if (!(await sleep(secondLookMs, signal, this.#options.clock))) return;
      read = await this.#read(file);
    }
    for (const reread of this.#take(read, atMs, false)) {
      // Its object counts now that this file's does not: tell it again, in the state that it has.
      this.#take(await this.#read(reread), atMs, false);
    }
  }

  #read(file: string): Promise<FileContent> {
    return readObjects({ folder: this.folder, file, keepConfigMapValues: this.#keepConfigMapValues });
  }

  /** Takes a reading in and tells the inventory. @returns files to read again. */
  #take(content: FileContent, atMs: number, initial: boolean): readonly string[] {
    const { inventory, log } = this.#options;
    const { file, mark, objects, problems } = content;
    if (mark !== this.#state.markOf(file))
      for (const { line, column, message: problem } of problems)
        log.warn({ file, line, column, problem }, 'manifest problem');
    const lines = new Map(objects.map(({ key, line }) => [key, line]));
    const isBroken = problems.some((problem) => problem.severity === 'error');
    const reading = mark === undefined ? undefined : { mark, objects: lines, problems };
    const { put, gone, stale, reread } = this.#state.take(file, reading, isBroken, atMs);
    const origin = (line: number): Origin => ({ source: this.name, file, line });
    let changes: SourceChange[] = gone.map((key) => ({ type: 'delete', key, atMs }));
    for (const { key, line, json } of objects) {
      if (!put.has(key)) continue;
      changes.push({ type: 'put-json', key, json, origin: origin(line), atMs });
      if (changes.length < batchSize) continue;
      inventory.apply(this.name, changes, { initial });
      changes = [];
    }
    inventory.apply(this.name, changes, { initial });
    for (const [key, { line, staleSinceMs = atMs }] of stale)
      inventory.setOrigin(key, { ...origin(line), staleSinceMs });
    return reread;
  }

  /** Looks at the whole folder: reads what is new or other than before, forgets what is gone. */
  async #scan(signal: AbortSignal, initial: boolean): Promise<void> {
    const { clock, inventory, log } = this.#options;
    const isFirst = initial || this.#lastSuccessMs === undefined;
    try {
      const found = await walkFolder(this.folder);
      this.#watch(found.folders);
      // Once more, now that it is watched: see lookIntoFolder.
      const content = isFirst ? await walkFolder(this.folder) : found;
      this.#walkProblems = content.problems;
      const files = [...new Set([...content.files, ...this.#state.files])];
      if (isFirst) await this.#readAll(files, signal);
      else {
        for (const file of files) {
          if (signal.aborted) return;
          if (await this.#isOther(file)) await this.#look(file, clock.now(), signal);
        }
      }
      if (signal.aborted) return;
      this.#failure = '';
      this.#lastSuccessMs = clock.now();
      inventory.synced(this.name);
    } catch (error) {
      this.#failure = `cannot read the folder ${this.folder}: ${messageOf(error)}`;
      log.error({ folder: this.folder, err: messageOf(error) }, 'folder cannot be read');
    }
    this.#tell();
  }

  async #readAll(files: readonly string[], signal: AbortSignal): Promise<void> {
    const atMs = this.#options.clock.now();
    const contents = readAll({
      folder: this.folder,
      files,
      keepConfigMapValues: this.#keepConfigMapValues,
      signal,
      startThread: ReaderThread.start,
    });
    for await (const content of contents) this.#take(content, atMs, true);
  }

  async #isOther(file: string): Promise<boolean> {
    const now = await fileMark(join(this.folder, file)).catch(() => undefined);
    return now?.mark !== this.#state.markOf(file);
  }

  #tell(): void {
    const { lastSuccessMs: _time, ...status } = this.status();
    const now = JSON.stringify([status, this.problems()]);
    if (now === this.#told) return;
    this.#told = now;
    for (const listener of this.#listeners) listener();
  }
}

function hasKey(content: FileContent, key: string): boolean {
  return content.objects.some((object) => object.key === key);
}
