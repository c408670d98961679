import type { PostureResult } from './job.ts';

/** What of a cluster a posture scan is about; without any field: all of it. */
export interface PostureScope {
  /** Only objects of these namespaces. */
  readonly namespaces?: readonly string[];
  /** Not the objects of these. */
  readonly excludedNamespaces?: readonly string[];
  /** This object alone; its group may be unknown. */
  readonly object?: {
    readonly group?: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
  };
  /** Only the controls of these frameworks. */
  readonly frameworks?: readonly string[];
  /** Only these controls, by id. */
  readonly controls?: readonly string[];
}

export interface PostureScanOptions {
  /** The job's id: the cause of whatever verdicts turn out to be other than known. */
  readonly cause: string;
  /** Whether Kubescape's report is wanted, too. */
  readonly report: boolean;
}

/**
 * Judges on demand. Verdicts are kept up with every change anyway; a scan judges everything in scope anew from the objects that are
 * held, says whether they are fresh, and takes down how it stands. `src/roles` provides it.
 */
export interface PostureScanner {
  /** @throws {BadInputError} when the scope names a framework, control or object that there is not. */
  check(scope: PostureScope): void;
  /**
   * The report comes in pieces, made as they are asked for.
   *
   * @throws {UnavailableError} while the objects cannot be read; {BadInputError} as {@link check}.
   */
  scan(
    scope: PostureScope,
    options: PostureScanOptions,
    signal: AbortSignal,
  ): Promise<{ readonly result: PostureResult; readonly report?: AsyncIterable<string> }>;
}
