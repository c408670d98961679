import type { z } from 'zod';
import type {
  JobDetailJson,
  JobJson,
  JobsJson,
  newJobSchema,
  newScheduleSchema,
  OperatorJson,
  ScheduleEditJson,
  ScheduleJson,
  SchedulesJson,
} from './operator-contract.ts';

export interface JobFilter {
  readonly states: readonly JobJson['state'][];
  readonly kinds: readonly JobJson['kind'][];
  readonly schedule?: string;
  readonly parentId?: string;
  readonly text: string;
  readonly offset: number;
  readonly limit: number;
}

export interface StartedJob {
  readonly job: JobJson;
  /** False when the key was known: it is the job of the first request. */
  readonly isNew: boolean;
}

/** What the routes of jobs and recurring scans need of the running operator. */
export interface OperatorSource {
  jobs(filter: JobFilter): JobsJson;
  job(id: string): JobDetailJson | undefined;
  /** Kubescape's report of a scan, where one is kept. */
  report(id: string): AsyncIterable<Uint8Array> | undefined;
  /** @throws {BadInputError | QueueFullError} */
  start(wish: z.output<typeof newJobSchema>, key: string | undefined): readonly StartedJob[];
  /** @throws {NotFoundError | BadInputError} */
  cancel(id: string): JobJson;
  schedules(signal: AbortSignal): Promise<SchedulesJson>;
  /** @throws {NotFoundError} */
  schedule(name: string, signal: AbortSignal): Promise<ScheduleJson>;
  /** @throws {BadInputError} */
  createSchedule(wish: z.output<typeof newScheduleSchema>, signal: AbortSignal): Promise<ScheduleJson>;
  /** @throws {BadInputError | NotFoundError} */
  updateSchedule(name: string, edit: ScheduleEditJson, signal: AbortSignal): Promise<ScheduleJson>;
  /** @throws {NotFoundError} */
  deleteSchedule(name: string, signal: AbortSignal): Promise<void>;
  /** @throws {NotFoundError | QueueFullError} */
  runSchedule(name: string, key: string | undefined, signal: AbortSignal): Promise<readonly StartedJob[]>;
  /** The next times of a schedule that may not be there yet. @throws {BadInputError} */
  nextTimes(cron: string, timeZone: string, count: number): readonly number[];
  operator(): OperatorJson;
}
