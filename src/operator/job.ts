import type { ObjectRef } from '../model/object.ts';
import type { Severity, VerdictState } from '../model/verdict.ts';
import type { ImageScope, RegistryRef } from './image-scanner.ts';
import type { PostureScope } from './posture-scanner.ts';

export const jobStates = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;

/**
 * `queued` and `running` go on; the others are ends. `failed` always has a reason: what went wrong, or why this program cannot
 * do what was asked.
 */
export type JobState = (typeof jobStates)[number];

/** What a job is about; those of one kind wait for each other, as far as {@link JobRunner} lets few run at once. */
export const jobKinds = ['posture', 'images', 'registry', 'schedule', 'other'] as const;

export type JobKind = (typeof jobKinds)[number];

/** Everything that is needed to do it, as JSON, so that a job that waits survives the death of the process. No secrets. */
export type JobWork =
  | { readonly type: 'posture'; readonly scope: PostureScope; readonly report: boolean }
  | { readonly type: 'images'; readonly scope: ImageScope }
  | {
      readonly type: 'workload-images';
      /** Who runs them; absent when they were asked for by name. */
      readonly object?: ObjectRef;
      readonly images: readonly WorkloadImage[];
    }
  | { readonly type: 'registry'; readonly registry: RegistryRef }
  | { readonly type: 'registry-check'; readonly registry: RegistryRef }
  /** One image of a registry; absent where it was asked for by its name alone. */
  | {
      readonly type: 'registry-image';
      readonly registry?: RegistryRef;
      readonly image: string;
      readonly platform?: string;
    }
  | { readonly type: 'schedule'; readonly change: ScheduleChange }
  | { readonly type: 'unsupported'; readonly reason: string };

export interface WorkloadImage {
  readonly container: string;
  readonly image: string;
}

/** A change of recurring scans that came as a command. */
export type ScheduleChange =
  | {
      readonly action: 'set';
      readonly kind: 'posture' | 'images' | 'registry';
      /** Made up when left out. */
      readonly name?: string;
      /** Five fields; spread over the day by its name when left out. */
      readonly cron?: string;
      /** What is to be sent back here at each run. */
      readonly commands: readonly unknown[];
    }
  | { readonly action: 'update'; readonly name: string; readonly cron: string }
  | { readonly action: 'delete'; readonly name: string };

/** What is to be done. */
export interface JobSpec {
  readonly kind: JobKind;
  /** The command's name as Kubescape's operator has it: `kubescapeScan`, `scan`, … */
  readonly command: string;
  /** For people: `Scan of the cluster`. */
  readonly title: string;
  readonly work: JobWork;
}

/** Who asked for it, and as what. */
export interface JobRequest {
  /** The same id again is the same job, not a second run; a new one when left out. */
  readonly id?: string;
  /** The job that this one comes from: here, or where the request was made. */
  readonly parentId?: string;
  /** `api`, `command`, `schedule`, `scan`: by which way it came. */
  readonly origin: string;
  /** The recurring scan that it is a run of. */
  readonly schedule?: string;
}

export interface Job {
  readonly id: string;
  /** The job that it comes from; '' where there is none. */
  readonly parentId: string;
  /** Whether that one made it, as one of many, and waits for it. */
  readonly isPart: boolean;
  readonly kind: JobKind;
  readonly command: string;
  readonly title: string;
  readonly origin: string;
  /** '' for one that is no run of a recurring scan. */
  readonly schedule: string;
  readonly state: JobState;
  /** Why it failed or was cancelled; '' otherwise. */
  readonly reason: string;
  /** Unix ms. */
  readonly createdAtMs: number;
  readonly startedAtMs?: number;
  readonly endedAtMs?: number;
  readonly result?: JobResult;
}

/** What came of it. `warnings` say what was not as it should be although it was done. */
export type JobResult =
  | { readonly type: 'check'; readonly answer: string; readonly warnings: readonly string[] }
  | ({ readonly type: 'posture' } & PostureResult)
  | ({ readonly type: 'images' } & ImagesResult)
  | {
      readonly type: 'schedule';
      readonly schedules: readonly string[];
      readonly warnings: readonly string[];
    };

/** How everything in scope stood at the end of the scan. */
export interface PostureResult {
  /** Objects that were judged again. */
  readonly objects: number;
  /** Verdicts that were other than what was known: 0 unless a change had been missed. */
  readonly corrected: number;
  readonly verdicts: Readonly<Record<VerdictState, number>>;
  /** Failed verdicts by the severity of their control. */
  readonly failed: Readonly<Record<Severity, number>>;
  readonly controls: Readonly<Record<'pass' | 'fail' | 'unknown' | 'not-applicable', number>>;
  /** Kubescape's compliance score over all controls in scope, 0 to 100. */
  readonly score: number;
  /** Ours, where what is unknown did not pass; absent when there was nothing to judge. */
  readonly honest?: number;
  readonly frameworks: readonly {
    readonly name: string;
    readonly score: number;
    readonly honest?: number;
  }[];
  readonly warnings: readonly string[];
}

export interface ImagesResult {
  readonly images: number;
  /** Images that could not be scanned. */
  readonly failedImages: number;
  readonly vulnerabilities: Readonly<Record<Severity, number>>;
  readonly fixable: number;
  readonly warnings: readonly string[];
}

export function isEnded({ state }: { readonly state: JobState }): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled';
}
