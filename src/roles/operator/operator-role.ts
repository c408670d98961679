import { existsSync, readFileSync } from 'node:fs';
import type { LoadedConfig } from '../../config/load-config.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Component } from '../../kit/component.ts';
import type { KubeAccess } from '../../kube/access.ts';
import { KubeClient } from '../../kube/kube-client.ts';
import { loadAccess } from '../../kube/load-access.ts';
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
  /** Pages are told that jobs or recurring scans are other than before. */
  readonly changed: (what: 'jobs') => void;
}

/** Image scans that run at once. */
const imageJobsAtOnce = 2;

const namespaceFile = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

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
  #isLeader: () => boolean = () => true;

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
    this.namespace = choice.kind === 'folder' ? '' : (settings.namespace ?? ownNamespace());
    const client = choice.kind === 'folder' ? undefined : new LazyClient(choice);
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
      isLeader: () => this.#isLeader(),
      isRunning: (name) => this.#isRunning(name),
      start: (schedule, key) => void this.operator.start(schedule, { key }),
      told: (_schedule, outcome) => metrics.run(outcome),
    });
    this.#settings =
      client === undefined
        ? undefined
        : new SettingsWatch({ client, namespace: this.namespace, clock, log });
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

  /** Only the leader of several processes runs the built-in scheduler's scans; this one is the leader when nobody says otherwise. */
  useLeader(isLeader: () => boolean): void {
    this.#isLeader = isLeader;
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

function ownNamespace(): string {
  return existsSync(namespaceFile) ? readFileSync(namespaceFile, 'utf8').trim() : 'skopos';
}

function whyDisabled(kind: 'posture' | 'images', settings: ClusterSettings): string | undefined {
  const key = kind === 'posture' ? 'postureScanEnabled' : 'imageVulnerabilitiesScanningEnabled';
  return settings[key] === false ? `${key} is false in the ConfigMap ${settingsConfigMap}` : undefined;
}

/** A client whose access is read when it is first used: a start should not wait for it. */
class LazyClient implements Component {
  readonly name = 'operator client';
  readonly #choice: Extract<SourceChoice, { readonly kind: 'cluster' }>;
  #client: Promise<KubeClient> | undefined;

  constructor(choice: Extract<SourceChoice, { readonly kind: 'cluster' }>) {
    this.#choice = choice;
  }

  async get<T>(asked: Parameters<KubeClient['get']>[0]): Promise<T> {
    return await (await this.#open()).get<T>(asked);
  }

  async write<T>(asked: Parameters<KubeClient['write']>[0]): Promise<T> {
    return await (await this.#open()).write<T>(asked);
  }

  async run(signal: AbortSignal): Promise<void> {
    if (!signal.aborted)
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await (await this.#client?.catch(() => undefined))?.close();
  }

  async #open(): Promise<KubeClient> {
    this.#client ??= loadAccess(this.#choice.access).then(
      (access: KubeAccess) => new KubeClient(access),
      (error: unknown) => {
        this.#client = undefined;
        throw error;
      },
    );
    return await this.#client;
  }
}
