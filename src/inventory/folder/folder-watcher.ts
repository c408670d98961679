import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';

export interface FolderWatcherOptions {
  readonly root: string;
  /** Something happened to this file or folder, relative to the root ('' for the root itself). */
  onEvent(path: string): void;
  /** The operating system refused to watch, for the reason given. Called once per failed folder. */
  onFailure(path: string, error: unknown): void;
}

/**
 * One watch per folder. Node's recursive watch misses files in folders that have just been made and keeps a watch per
 * file on Linux; a folder's own watch tells of writes, renames and deletes of all that is directly in it.
 */
export class FolderWatcher {
  readonly #options: FolderWatcherOptions;
  readonly #watches = new Map<string, FSWatcher>();

  constructor(options: FolderWatcherOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#watches.size;
  }

  /** Watches the folder; nothing happens when it is watched already. */
  add(folder: string): void {
    if (this.#watches.has(folder)) return;
    const { root, onEvent, onFailure } = this.#options;
    try {
      const watcher = watch(join(root, folder), { persistent: false }, (_event, name) => {
        onEvent(name === null ? folder : folder === '' ? name : `${folder}/${name}`);
      });
      watcher.on('error', (error) => {
        this.#drop(folder);
        onFailure(folder, error);
        onEvent(folder);
      });
      this.#watches.set(folder, watcher);
    } catch (error) {
      onFailure(folder, error);
    }
  }

  /** Stops watching the folder and those below it. */
  remove(folder: string): void {
    if (folder === '') {
      this.close();
      return;
    }
    for (const path of [...this.#watches.keys()])
      if (path === folder || path.startsWith(`${folder}/`)) this.#drop(path);
  }

  close(): void {
    for (const path of [...this.#watches.keys()]) this.#drop(path);
  }

  #drop(folder: string): void {
    this.#watches.get(folder)?.close();
    this.#watches.delete(folder);
  }
}
