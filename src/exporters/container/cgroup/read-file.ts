import { existsSync } from 'node:fs';
import { isMissing, readText } from '../../node/host-files.ts';
import { UnknownShapeError } from './cgroup-files.ts';

/** Not there any more, switched off, or not for us: none of these says that something is wrong with the file. */
const absentCodes = new Set(['ENODEV', 'EOPNOTSUPP', 'EACCES', 'EPERM', 'ESRCH', 'EINVAL']);

/** Tells of a file that is there and cannot be understood. */
export type OnProblem = (path: string, problem: string) => void;

/** Texts by the names of their files. */
export type KnownFiles = ReadonlyMap<string, string>;

/** Reads files of one folder and makes something of them; what is not there, or not understood, is undefined. */
export class FolderReader {
  readonly #folder: string;
  readonly #onProblem: OnProblem;
  readonly #known: KnownFiles;

  /** @param known texts of files, by their names, that were read already */
  constructor(folder: string, onProblem: OnProblem, known: KnownFiles = new Map()) {
    this.#folder = folder;
    this.#onProblem = onProblem;
    this.#known = known;
  }

  read<T>(name: string, parse: (text: string) => T): T | undefined {
    const path = `${this.#folder}/${name}`;
    // Asking first is ten times cheaper than an error, and many files are missing: each kernel has others.
    const known = this.#known.get(name);
    if (known === undefined && !existsSync(path)) return undefined;
    try {
      return parse(known ?? readText(path));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (error instanceof UnknownShapeError) this.#onProblem(path, error.message);
      else if (!isMissing(error) && !absentCodes.has(code ?? '')) this.#onProblem(path, String(error));
      return undefined;
    }
  }
}

/** How many lines `cgroup.procs` has, and the first process that has a number here: none has without the host's processes. */
export function parseProcs(text: string): { count: number; pid: number | undefined } {
  const pids = text.split('\n').filter((line) => line !== '');
  const pid = pids.map(Number).find((number) => number > 0);
  return { count: pids.length, pid };
}
