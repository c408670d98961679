import type { Labels } from '../../model/labels.ts';
import type { MetricFamily, MetricType } from '../../model/metric.ts';

/** One family of a group, for `/api/v1/metrics`. */
export interface GroupFamily {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly atMs: number;
  readonly metrics: readonly {
    readonly labels: Labels;
    readonly value: number;
    readonly distribution?: {
      readonly count: number;
      readonly sum: number;
      readonly points: readonly (readonly [at: number, value: number])[];
    };
  }[];
}

export interface ShownGroup {
  readonly labels: Labels;
  readonly isLastPushTaken: boolean;
  readonly families: readonly GroupFamily[];
}

export interface PushRequest {
  readonly labels: Labels;
  readonly body: Uint8Array;
  readonly form: 'text' | 'protobuf';
  readonly mode: 'replace' | 'merge';
  readonly timeToLiveMs?: number;
}

/** What the Pushgateway's API needs. */
export interface PushSource {
  /** Labels of the group that a path names; undefined where it names none. @throws {BadInputError} */
  groupingOf(path: string): Labels | undefined;
  /** Ends when it is on disk. @throws {BadInputError} when the push is refused */
  push(request: PushRequest): Promise<void>;
  delete(labels: Labels): Promise<unknown>;
  wipe(): Promise<void>;
  groups(): readonly ShownGroup[];
  families(): Iterable<MetricFamily>;
  /** Told of each request by its outcome. */
  answered(method: string, status: number, sizeBytes: number): void;
  readonly crc32c: (bytes: Uint8Array) => number;
  readonly mayWipe: boolean;
  readonly maxBodyBytes: number;
  readonly version: string;
  readonly startedAtMs: number;
  /** Shown by `/api/v1/status`, named after the Pushgateway's flags. */
  readonly flags: Readonly<Record<string, string>>;
}
