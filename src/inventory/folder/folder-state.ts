import type { FileProblem } from './problem.ts';
import { byPath } from './walk.ts';

interface Held {
  readonly line: number;
  /** Unix ms since when the file no longer says so but is broken, so that this is its last good state. */
  readonly staleSinceMs: number | undefined;
}

interface FileState {
  readonly mark: string;
  readonly objects: ReadonlyMap<string, Held>;
  readonly problems: readonly FileProblem[];
}

/** What a reading of a file gave: keys of objects with their lines. */
export interface FileReading {
  readonly mark: string;
  readonly objects: ReadonlyMap<string, number>;
  readonly problems: readonly FileProblem[];
}

/** What follows from a reading. */
export interface Consequences {
  /** Keys whose objects in this file count: to be put. */
  readonly put: ReadonlySet<string>;
  /** Keys that no file holds any longer. */
  readonly gone: readonly string[];
  /** Keys that are kept although the file no longer says so, with their line. */
  readonly stale: ReadonlyMap<string, Held>;
  /** Other files that must be read again, because an object of theirs counts now. */
  readonly reread: readonly string[];
}

/**
 * Which file of a folder holds which object. When several do, the last in order of path counts, and a broken file's
 * last good state only when no other has the object. Knows nothing of disks and of what the objects are.
 */
export class FolderState {
  readonly #files = new Map<string, FileState>();
  /** Files by key of object; nearly always one. */
  readonly #claims = new Map<string, string[]>();

  /** Keys that more than one file claims. */
  readonly #shared = new Set<string>();

  get files(): readonly string[] {
    return [...this.#files.keys()];
  }

  has(file: string): boolean {
    return this.#files.has(file);
  }

  markOf(file: string): string | undefined {
    return this.#files.get(file)?.mark;
  }

  /** Keys that the file held at the last reading. */
  keysOf(file: string): readonly string[] {
    return [...(this.#files.get(file)?.objects.keys() ?? [])];
  }

  /** Takes in a reading of the file, or that it is gone. `broken`: some of it could not be read. */
  take(file: string, reading: FileReading | undefined, broken: boolean, atMs: number): Consequences {
    const old = this.#files.get(file)?.objects ?? new Map<string, Held>();
    const next = new Map<string, Held>();
    for (const [key, line] of reading?.objects ?? []) next.set(key, { line, staleSinceMs: undefined });
    if (broken)
      for (const [key, { line, staleSinceMs = atMs }] of old)
        if (!next.has(key)) next.set(key, { line, staleSinceMs });
    const touched = new Set([...old.keys(), ...next.keys()]);
    const before = new Map([...touched].map((key) => [key, this.winner(key)]));
    this.#replace(file, reading, next);
    return this.#consequences(file, touched, before, next);
  }

  #replace(file: string, reading: FileReading | undefined, next: ReadonlyMap<string, Held>): void {
    for (const key of this.#files.get(file)?.objects.keys() ?? []) this.#unclaim(key, file);
    if (reading === undefined) {
      this.#files.delete(file);
      return;
    }
    this.#files.set(file, { mark: reading.mark, objects: next, problems: reading.problems });
    for (const key of next.keys()) {
      const others = this.#claims.get(key);
      this.#claims.set(key, others === undefined ? [file] : [...others, file]);
      if (others !== undefined) this.#shared.add(key);
    }
  }

  #unclaim(key: string, file: string): void {
    const left = (this.#claims.get(key) ?? []).filter((other) => other !== file);
    if (left.length <= 1) this.#shared.delete(key);
    if (left.length === 0) this.#claims.delete(key);
    else this.#claims.set(key, left);
  }

  #consequences(
    file: string,
    touched: ReadonlySet<string>,
    before: ReadonlyMap<string, string | undefined>,
    next: ReadonlyMap<string, Held>,
  ): Consequences {
    const put = new Set<string>();
    const gone: string[] = [];
    const stale = new Map<string, Held>();
    const reread = new Set<string>();
    for (const key of touched) {
      const winner = this.winner(key);
      const held = next.get(key);
      if (winner === undefined) gone.push(key);
      else if (winner !== file) {
        if (before.get(key) !== winner) reread.add(winner);
      } else if (held?.staleSinceMs === undefined) put.add(key);
      else stale.set(key, held);
    }
    return { put, gone, stale, reread: [...reread] };
  }

  /** The file whose object counts. */
  winner(key: string): string | undefined {
    const claims = this.#claims.get(key);
    if (claims === undefined || claims.length === 1) return claims?.[0];
    const fresh = claims.filter(
      (file) => this.#files.get(file)?.objects.get(key)?.staleSinceMs === undefined,
    );
    return (fresh.length > 0 ? fresh : claims).reduce((last, file) => (byPath(file, last) > 0 ? file : last));
  }

  /** Problems of all files, and of objects that stand in more than one, in order of path and line. */
  problems(): readonly FileProblem[] {
    const found = [...this.#files.values()].flatMap((state) => state.problems);
    for (const key of this.#shared) {
      const claims = this.#claims.get(key) ?? [];
      const winner = this.winner(key);
      for (const file of claims) {
        if (file === winner) continue;
        const line = this.#files.get(file)?.objects.get(key)?.line ?? 1;
        const message = `${nameOf(key)} is in ${winner} too, which counts; remove one of them`;
        found.push({ severity: 'warning', file, line, column: 1, message });
      }
    }
    return found.sort((a, b) => byPath(a.file, b.file) || a.line - b.line || a.column - b.column);
  }
}

/** `apps/Deployment/shop/cart` as `Deployment shop/cart`. */
function nameOf(key: string): string {
  const [, kind = '', namespace = '', name = ''] = key.split('/');
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}
