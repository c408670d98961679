export interface KubescapeJob {
  readonly id: string;
  readonly parentId: string;
  readonly command: string;
  readonly state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  /** Why it failed or was cancelled. */
  readonly reason: string;
}

/** What the paths of Kubescape's scanner and operator need of the running process. */
export interface KubescapeSource {
  isReady(): boolean;
  /** All commands of a request, or none. @throws {BadInputError | QueueFullError} */
  trigger(
    body: unknown,
    info: { readonly key?: string; readonly schedule?: string },
    signal: AbortSignal,
  ): Promise<readonly { readonly job: KubescapeJob; readonly isNew: boolean }[]>;
  /** Starts a scan whose report is kept. @throws {BadInputError | QueueFullError} */
  scan(body: unknown, key: string | undefined): KubescapeJob;
  /** The scan of this id; without one the last that was asked for. */
  scanOf(id: string | undefined): KubescapeJob | undefined;
  /** Whether any scan waits or runs. */
  isBusy(): boolean;
  /** @throws {NotFoundError | BadInputError} */
  cancel(id: string): void;
  /** Resolves once it has ended. */
  ended(id: string, signal: AbortSignal): Promise<KubescapeJob>;
  report(id: string): AsyncIterable<Uint8Array> | undefined;
  /** Every one when no id is given. */
  dropReports(id?: string): void;
}
