/** The JSON of what leaves for other systems; types only, like contract.ts. */

/** GET /remote-write */
export interface RemoteWriteJson {
  readonly queues: readonly RemoteQueueJson[];
  /** Every Alertmanager that was found. */
  readonly alertmanagers: readonly AlertmanagerJson[];
  /** Whether samples are taken from others, and how. */
  readonly receives: { readonly remoteWrite: boolean; readonly otlp: boolean };
}

/** One entry of `remote_write`. Times are Unix ms, counts of all kinds of values together. */
export interface RemoteQueueJson {
  readonly name: string;
  /** Without credentials. */
  readonly url: string;
  readonly message: 'prometheus.WriteRequest' | 'io.prometheus.write.v2.Request';
  /** `behind` by more than a minute; `stopped` as a setting is not supported. */
  readonly state: 'ok' | 'behind' | 'failing' | 'stopped';
  /** '' when all is well. */
  readonly problem: string;
  readonly problemAtMs?: number;
  readonly lastSentMs?: number;
  readonly shards: number;
  readonly desiredShards: number;
  readonly maxShards: number;
  /** Read from the log and not settled. */
  readonly pending: number;
  /** Of the log, not sent yet. */
  readonly waitingBytes: number;
  /** How far what was sent last is behind what was read last. */
  readonly delayMs: number;
  /** Since the start. */
  readonly sent: number;
  readonly failed: number;
  readonly retried: number;
  readonly dropped: number;
  readonly bytes: number;
}

/** One Alertmanager that alerts of rules go to. */
export interface AlertmanagerJson {
  readonly url: string;
  readonly waiting: number;
  readonly sent: number;
  readonly errors: number;
  readonly dropped: number;
  /** '' when the last request was taken. */
  readonly problem: string;
  readonly lastSuccessMs?: number;
}
