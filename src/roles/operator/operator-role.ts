import type { LoadedConfig } from '../../config/load-config.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Component } from '../../kit/component.ts';
import { LazyKubeClient } from '../../kube/lazy-client.ts';
import { ownNamespace } from '../../kube/own-pod.ts';
import type { Logger } from '../../log/logger.ts';
import type { Ledger } from '../../model/ledger.ts';
import { type ClusterSettings, noSettings, SettingsWatch } from '../../operator/cluster-settings.ts';
import { doJobWith } from '../../operator/do-job.ts';
import type { ImageScanner } from '../../operator/image-scanner.ts';
import { isEnded, type Job } from '../../operator/job.ts';
import { JobRunner } from '../../operator/job-runner.ts';
import { JobStore } from '../../operator/job-store.ts';
import { Operator } from '../../operator/operator.ts';
import { settingsConfigMap } from '../../operator/permissions.ts';
import type { PostureScanner } from '../../operator/posture-scanner.ts';
import { BuiltInKeeper } from '../../operator/schedules/built-in-keeper.ts';
import { CronJobKeeper } from '../../operator/schedules/cron-job-keeper.ts';
import { ScheduleBook } from '../../operator/schedules/schedule-book.ts';
import { Scheduler } from '../../operator/schedules/scheduler.ts';
import type { Database } from '../../store/database.ts';
import type { Registry } from '../../telemetry/registry.ts';
import type { SourceChoice } from '../object-source.ts';
import { version } from '../version.ts';
import { OperatorMetrics } from './operator-metrics.ts';
import { type PostureScannerDeps, postureScanner } from './posture-scanner.ts';
import { workloadImages } from './workload-images.ts';

export interface OperatorRoleDeps extends Omit<PostureScannerDeps, 'now'> {
  readonly config: LoadedConfig;
  readonly choice: SourceChoice;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ledger: Ledger;
  readonly registry: Registry;
  readonly inventory: Inventory;
  /** Only the leader of several processes runs what the built-in scheduler keeps. */
  readonly isLeader: () => boolean;
  /** Pages are told that jobs or recurring scans are other than before. */
  readonly changed: (what: 'jobs') => void;
}

/** Image scans that run at once. */
const imageJobsAtOnce = 2;

/** Jobs, recurring scans and the commands that ask for them, wired but not yet running. */
export class OperatorRole {
  readonly components: readonly Component[];
  readonly store: JobStore;
  readonly jobs: JobRunner;
  readonly schedules: ScheduleBook;
  readonly operator: Operator;
  readonly posture: PostureScanner;
  /** Of CronJobs and settings; '' where there is no cluster. */
  readonly namespace: string;
  readonly #settings: SettingsWatch | undefined;
  #images: ImageScanner | undefined;

  constructor(deps: OperatorRoleDeps) {
    const { config, choice, db, clock, log, ledger, registry, inventory, changed } = deps;
    const settings = config.operator;
    const metrics = new OperatorMetrics(registry, () => this.jobs);
    this.store = new JobStore({
      db,
      clock,
      maxJobs: settings.max_jobs,
      maxAgeMs: config.storage.history,
      maxReports: settings.max_reports,
    });
    this.namespace = choice.kind === 'folder' ? '' : (settings.namespace ?? ownNamespace() ?? 'skopos');
    const client = choice.kind === 'folder' ? undefined : new LazyKubeClient(choice.access);
    const builtIn = new BuiltInKeeper(db, clock);
    this.schedules = new ScheduleBook({
      builtIn,
      choice: settings.schedules,
      store: this.store,
      clock,
      ...(client === undefined
        ? {}
        : { cluster: new CronJobKeeper({ client, namespace: this.namespace, pod: podOf(settings) }) }),
    });
    this.posture = postureScanner({ ...deps, now: () => clock.now() });
    this.jobs = new JobRunner({
      store: this.store,
      clock,
      log,
      ledger,
      maxQueued: settings.max_queued_jobs,
      atOnce: { images: imageJobsAtOnce },
      timeoutMs: () => settings.job_timeout,
      work: doJobWith({
        posture: this.posture,
        schedules: this.schedules,
        images: () => this.#images,
        workloads: (scope) => workloadImages(inventory, scope),
        disabled: (kind) => whyDisabled(kind, this.settings),
      }),
      changed(job) {
        metrics.job(job);
        changed('jobs');
      },
    });
    this.operator = new Operator(this.jobs, this.schedules);
    const scheduler = new Scheduler({
      keeper: builtIn,
      clock,
      log,
      isLeader: deps.isLeader,
      isRunning: (name) => this.#isRunning(name),
      start: (schedule, key) => void this.operator.start(schedule, { key }),
      told: (_schedule, outcome) => metrics.run(outcome),
    });
    this.#settings =
      client === undefined ? undefined : new SettingsWatch({ client, namespace: this.namespace, clock, log });
    this.components = [
      this.jobs,
      scheduler,
      ...(this.#settings === undefined ? [] : [this.#settings]),
      ...(client === undefined ? [] : [client]),
    ];
  }

  /** What the ConfigMap of URLs says now. */
  get settings(): ClusterSettings {
    return this.#settings?.settings ?? noSettings;
  }

  /** Whether there is such a ConfigMap, and why it could not be read. */
  get settingsState(): { readonly isThere: boolean; readonly problem: string } {
    return { isThere: this.#settings?.isThere ?? false, problem: this.#settings?.problem ?? '' };
  }

  /** Scans of images are done by it from now on; without one they fail and say so. */
  useImageScanner(scanner: ImageScanner | undefined): void {
    this.#images = scanner;
  }

  #isRunning(schedule: string): boolean {
    const last: Job | undefined = this.store.lastRuns([schedule]).get(schedule);
    return last !== undefined && !isEnded(last);
  }
}

function podOf({ image, trigger_url, token_secret }: LoadedConfig['operator']) {
  return {
    image: image ?? `skopos:${version}`,
    triggerUrl: trigger_url,
    ...(token_secret === undefined ? {} : { tokenSecret: token_secret }),
  };
}

function whyDisabled(kind: 'posture' | 'images', settings: ClusterSettings): string | undefined {
  const key = kind === 'posture' ? 'postureScanEnabled' : 'imageVulnerabilitiesScanningEnabled';
  return settings[key] === false ? `${key} is false in the ConfigMap ${settingsConfigMap}` : undefined;
}
