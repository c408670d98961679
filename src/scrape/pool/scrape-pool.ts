import type { TargetGroup } from '../../discovery/target-group.ts';
import { createHttpClient } from '../../http/client.ts';
import type { Labels } from '../../model/labels.ts';
import { FailureLog } from './failure-log.ts';
import { acceptHeader } from './fetch-body.ts';
import { type MadeTarget, makeTarget } from './make-target.ts';
import type { PoolConfig } from './pool-config.ts';
import { type LoopOptions, type PoolSettings, ScrapeLoop } from './scrape-loop.ts';

/** All targets of one scrape section. */
export class ScrapePool {
  readonly #options: LoopOptions;
  #settings: PoolSettings;
  #groups: readonly TargetGroup[] = [];
  /** What groups were made into; they stay the same objects while they do not change. */
  #made = new WeakMap<TargetGroup, readonly MadeTarget[]>();
  readonly #loops = new Map<string, ScrapeLoop>();
  #dropped: Labels[] = [];
  #droppedCount = 0;
  #bad: { readonly discovered: Labels; readonly problem: string }[] = [];

  constructor(config: PoolConfig, options: LoopOptions) {
    this.#options = options;
    this.#settings = settingsOf(config);
  }

  get config(): PoolConfig {
    return this.#settings.config;
  }

  get loops(): Iterable<ScrapeLoop> {
    return this.#loops.values();
  }

  get targetCount(): number {
    return this.#loops.size;
  }

  /** Found, and dropped by relabelling; at most `keep_dropped_targets` of them where that is set. */
  get dropped(): readonly Labels[] {
    return this.#dropped;
  }

  get droppedCount(): number {
    return this.#droppedCount;
  }

  /** Found, and impossible to scrape. */
  get bad(): readonly { readonly discovered: Labels; readonly problem: string }[] {
    return this.#bad;
  }

  get exceedsTargetLimit(): boolean {
    return this.#settings.refusal !== '';
  }

  reload(config: PoolConfig): void {
    const old = this.#settings.client;
    this.#settings = settingsOf(config);
    this.#made = new WeakMap();
    this.#sync(true);
    void old.close();
  }

  update(groups: readonly TargetGroup[]): void {
    this.#groups = groups;
    this.#sync(false);
  }

  async stop(isGone: boolean): Promise<void> {
    await Promise.all([...this.#loops.values()].map((loop) => loop.stop(isGone)));
    this.#loops.clear();
    await this.#settings.failures?.flush();
    await this.#settings.client.close();
  }

  #sync(isNewConfig: boolean): void {
    const { config } = this.#settings;
    const found = new Map<string, Extract<MadeTarget, { kind: 'target' }>['target']>();
    this.#dropped = [];
    this.#droppedCount = 0;
    this.#bad = [];
    for (const group of this.#groups) {
      for (const made of this.#targetsOf(group)) {
        if (made.kind === 'target') found.set(made.target.key, made.target);
        else if (made.kind === 'bad') this.#bad.push(made);
        else {
          this.#droppedCount++;
          if (config.keep_dropped_targets === 0 || this.#dropped.length < config.keep_dropped_targets)
            this.#dropped.push(made.discovered);
        }
      }
    }
    const limit = config.target_limit;
    const refusal =
      limit > 0 && found.size > limit
        ? `target_limit exceeded (number of targets: ${found.size}, limit: ${limit})`
        : '';
    if (refusal !== '') this.#options.counts.exceededTargetLimit++;
    this.#settings = { ...this.#settings, refusal };
    for (const [key, loop] of this.#loops) {
      if (found.has(key)) loop.configure(this.#settings, isNewConfig);
      else {
        this.#loops.delete(key);
        void loop.stop(true);
      }
    }
    for (const [key, target] of found) {
      if (this.#loops.has(key)) continue;
      const loop = new ScrapeLoop(target, this.#settings, this.#options);
      this.#loops.set(key, loop);
      loop.start();
    }
  }

  #targetsOf(group: TargetGroup): readonly MadeTarget[] {
    const held = this.#made.get(group);
    if (held !== undefined) return held;
    const made = group.targets.map((target) =>
      makeTarget({ ...group.labels, ...target }, this.#settings.config),
    );
    this.#made.set(group, made);
    return made;
  }
}

/** As long as Prometheus keeps them: a target that is asked every minute is not connected to every minute. */
const keepAliveMs = 300_000;

function settingsOf(config: PoolConfig): PoolSettings {
  const client = createHttpClient(config, { keepAliveMs });
  const file = config.scrape_failure_log_file;
  const failures = file === '' ? undefined : new FailureLog(file);
  return { config, client, accept: acceptHeader(config), refusal: '', failures };
}
