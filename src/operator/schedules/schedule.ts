export const scheduleKinds = ['posture', 'images', 'registry'] as const;

/** The three recurring scans: of the cluster's configuration, of images in use, of a registry. */
export type ScheduleKind = (typeof scheduleKinds)[number];

/** A recurring scan, whoever runs it. */
export interface Schedule {
  /** A DNS label of at most 52 characters: the name of its CronJob and ConfigMap. */
  readonly name: string;
  readonly kind: ScheduleKind;
  /** Five fields, or `@daily` and the like. */
  readonly cron: string;
  /** Of IANA, `Europe/Berlin`; '' for UTC, and for a CronJob: the zone of its controller. */
  readonly timeZone: string;
  readonly isPaused: boolean;
  /** The commands that each run sends to the operator. */
  readonly commands: readonly unknown[];
  /** `cronjob`: a CronJob of the cluster calls the operator. `skopos`: the built-in scheduler. */
  readonly runBy: 'cronjob' | 'skopos';
  /** What made it, as far as it can be told. */
  readonly madeBy: 'skopos' | 'kubescape';
  readonly createdAtMs: number;
  /** When it last fell due, as its keeper tells. */
  readonly lastDueMs?: number;
}

/** What people may say of a recurring scan. */
export interface WantedSchedule {
  readonly name: string;
  readonly kind: ScheduleKind;
  readonly cron: string;
  readonly timeZone: string;
  readonly isPaused: boolean;
  readonly commands: readonly unknown[];
  /** The job that asks for it; noted in its annotations. */
  readonly jobId?: string;
}

export type ScheduleEdit = Partial<Omit<WantedSchedule, 'name' | 'kind'>>;

/** Where recurring scans are kept. */
export interface ScheduleKeeper {
  list(signal: AbortSignal): Promise<readonly Schedule[]>;
  /** @throws {BadInputError} when there is one of that name. */
  create(wanted: WantedSchedule, signal: AbortSignal): Promise<Schedule>;
  /** @throws {NotFoundError} */
  update(name: string, edit: ScheduleEdit, signal: AbortSignal): Promise<Schedule>;
  /** @throws {NotFoundError} */
  delete(name: string, signal: AbortSignal): Promise<void>;
}
