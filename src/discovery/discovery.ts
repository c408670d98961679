import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { messageOf } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import { revealingJson } from '../kit/secret.ts';
import type { Logger } from '../log/logger.ts';
import type { MetricFamily } from '../model/metric.ts';
import { unsupportedKinds } from './config/discovery-config.ts';
import type { DnsSdConfig } from './config/dns-sd-config.ts';
import type { FileSdConfig } from './config/file-sd-config.ts';
import type { HttpSdConfig } from './config/http-sd-config.ts';
import type { KubernetesSdConfig } from './config/kubernetes-sd-config.ts';
import type { StaticConfig } from './config/static-config.ts';
import { dnsKind, type Resolver, systemResolver } from './kinds/dns-kind.ts';
import { fileKind } from './kinds/file-kind.ts';
import { httpKind } from './kinds/http-kind.ts';
import { staticKind } from './kinds/static-kind.ts';
import { type ClusterObjects, kubernetesKind, type OtherCluster } from './kubernetes/kubernetes-kind.ts';
import type { DiscoveryKind, ReportFailure, TargetGroup } from './target-group.ts';

/** What of a scrape or alertmanager section says where targets are found. */
export interface DiscoverySection {
  readonly static_configs: readonly StaticConfig[];
  readonly file_sd_configs: readonly FileSdConfig[];
  readonly http_sd_configs: readonly HttpSdConfig[];
  readonly dns_sd_configs: readonly DnsSdConfig[];
  readonly kubernetes_sd_configs: readonly KubernetesSdConfig[];
}

export interface DiscoveryOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Objects of the cluster for `kubernetes_sd_configs`; without them such sections fail, and say so. */
  readonly objects?: ClusterObjects;
  /** Reads a cluster that a section names itself; without it such sections fail, and say so. */
  readonly otherCluster?: (config: KubernetesSdConfig) => OtherCluster;
  /** Our own namespace, where we are in a cluster. */
  readonly ownNamespace?: string;
  /** Groups that change within this time are passed on together; 5 s when left out, as in Prometheus. */
  readonly coalesceMs?: number;
  readonly resolver?: Resolver;
}

/** One section at work, for pages. */
export interface DiscoveryStatus {
  /** The job, or whatever name {@link Discovery.load} was given. */
  readonly name: string;
  readonly kind: string;
  readonly targets: number;
  /** '' when the last look worked. */
  readonly problem: string;
  /** False for kinds that find nothing here. */
  readonly isSupported: boolean;
}

/** Called with all groups of a name when any of them changed. */
export type GroupsListener = (name: string, groups: readonly TargetGroup[]) => void;

interface Provider {
  readonly kind: string;
  readonly stop: AbortController;
  readonly groups: Map<string, TargetGroup>;
  problem: string;
  start: () => void;
}

/** Finds targets for names (jobs), and tells when they change. */
export class Discovery implements Component {
  readonly name = 'discovery';
  readonly #options: DiscoveryOptions;
  readonly #listeners = new Set<GroupsListener>();
  /** Name to providers by what they were configured as. */
  #jobs = new Map<string, Map<string, Provider>>();
  #unsupported: readonly { readonly name: string; readonly kind: string }[] = [];
  readonly #waiting = new Map<string, { again: boolean; cancel: () => void }>();
  #signal: AbortSignal | undefined;
  #updates = 0;
  #failures = 0;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
  }

  /** Takes the place of all that was loaded. Sections that did not change run on and keep what they found. */
  load(sections: ReadonlyMap<string, DiscoverySection>): void {
    const before = this.#jobs;
    const jobs = new Map<string, Map<string, Provider>>();
    for (const [name, section] of sections) {
      const held = before.get(name);
      const providers = new Map<string, Provider>();
      for (const [i, { kind, config, make }] of this.#entries(section).entries()) {
        const key = `${kind}/${i}/${fingerprint(config)}`;
        providers.set(key, held?.get(key) ?? this.#provider(name, kind, make));
      }
      jobs.set(name, providers);
    }
    this.#jobs = jobs;
    for (const [name, held] of before)
      for (const [key, provider] of held) if (jobs.get(name)?.get(key) !== provider) provider.stop.abort();
    const told = new Set(this.#unsupported.map(({ name, kind }) => `${name}/${kind}`));
    this.#unsupported = [...sections].flatMap(([name, section]) =>
      unsupportedKinds(section as unknown as Record<string, unknown>).map((kind) => ({ name, kind })),
    );
    for (const { name, kind } of this.#unsupported)
      if (!told.has(`${name}/${kind}`))
        this.#options.log.warn(
          { job: name, kind },
          'this kind of discovery is not supported; its section finds no targets, the others go on',
        );
    if (this.#signal !== undefined) this.#startAll();
    for (const [name, providers] of jobs) if (!isSame(before.get(name), providers)) this.#changed(name);
  }

  groups(name: string): readonly TargetGroup[] {
    return [...(this.#jobs.get(name)?.values() ?? [])].flatMap(({ groups }) => [...groups.values()]);
  }

  /** Calls `listener` whenever groups changed, coalesced. Returns the cancel function. */
  subscribe(listener: GroupsListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Every section, those of unsupported kinds included. */
  status(): readonly DiscoveryStatus[] {
    const known = [...this.#jobs].flatMap(([name, providers]) =>
      [...providers.values()].map(({ kind, groups, problem }) => ({
        name,
        kind,
        targets: [...groups.values()].reduce((sum, { targets }) => sum + targets.length, 0),
        problem,
        isSupported: true,
      })),
    );
    const unsupported = this.#unsupported.map(({ name, kind }) => ({
      name,
      kind,
      targets: 0,
      problem: `discovery by ${kind} is not supported; this section finds no targets`,
      isSupported: false,
    }));
    return [...known, ...unsupported];
  }

  /** Prometheus' own series of discovery. */
  metrics(): MetricFamily[] {
    const status = this.status();
    return [
      {
        name: 'prometheus_sd_discovered_targets',
        type: 'gauge',
        help: 'Targets found, by job.',
        samples: [...this.#jobs.keys()].map((config) => ({
          name: 'prometheus_sd_discovered_targets',
          labels: { name: 'scrape', config },
          value: status.reduce((sum, one) => sum + (one.name === config ? one.targets : 0), 0),
        })),
      },
      counted('prometheus_sd_updates_total', 'Times that found targets changed.', this.#updates),
      counted('prometheus_sd_refresh_failures_total', 'Looks for targets that failed.', this.#failures),
      {
        name: 'prometheus_sd_failed_configs',
        type: 'gauge',
        help: 'Sections whose last look failed, or whose kind is not supported.',
        samples: [
          {
            name: 'prometheus_sd_failed_configs',
            labels: { name: 'scrape' },
            value: status.filter(({ problem }) => problem !== '').length,
          },
        ],
      },
    ];
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    setMaxListeners(0, signal);
    this.#startAll();
    if (!signal.aborted)
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    for (const { cancel } of this.#waiting.values()) cancel();
    this.#waiting.clear();
    for (const providers of this.#jobs.values())
      for (const provider of providers.values()) provider.stop.abort();
  }

  #entries(section: DiscoverySection): readonly Entry[] {
    const { clock, objects, otherCluster, ownNamespace, resolver = systemResolver } = this.#options;
    return [
      ...(section.static_configs.length === 0
        ? []
        : [
            {
              kind: 'static',
              config: section.static_configs,
              make: () => staticKind(section.static_configs),
            },
          ]),
      ...section.file_sd_configs.map((config) => ({
        kind: 'file',
        config,
        make: (report: ReportFailure) => fileKind(config, { clock, report }),
      })),
      ...section.http_sd_configs.map((config) => ({
        kind: 'http',
        config,
        make: (report: ReportFailure) => httpKind(config, { clock, report }),
      })),
      ...section.dns_sd_configs.map((config) => ({
        kind: 'dns',
        config,
        make: (report: ReportFailure) => dnsKind(config, { clock, report, resolver }),
      })),
      ...section.kubernetes_sd_configs.map((config) => ({
        kind: 'kubernetes',
        config,
        make: (report: ReportFailure) =>
          kubernetesKind(config, { clock, report, objects, otherCluster, ownNamespace }),
      })),
    ];
  }

  #provider(name: string, kind: string, make: (report: ReportFailure) => DiscoveryKind): Provider {
    const { log } = this.#options;
    const stop = new AbortController();
    let isStarted = false;
    const provider: Provider = {
      kind,
      stop,
      groups: new Map(),
      problem: '',
      start: () => {
        if (isStarted) return;
        isStarted = true;
        const report = (problem = ''): void => {
          if (problem !== '') this.#failures++;
          if (problem !== '' && problem !== provider.problem)
            log.warn({ job: name, kind, problem }, 'discovery failed; what was found before stays');
          provider.problem = problem;
        };
        const emit = (groups: readonly TargetGroup[]): void => {
          if (stop.signal.aborted) return;
          for (const group of groups) {
            if (group.targets.length === 0) provider.groups.delete(group.source);
            else provider.groups.set(group.source, group);
          }
          this.#updates++;
          this.#changed(name);
        };
        make(report)
          .run(emit, stop.signal)
          .catch((error) => report(messageOf(error)));
      },
    };
    return provider;
  }

  #startAll(): void {
    for (const providers of this.#jobs.values()) for (const provider of providers.values()) provider.start();
  }

  /** The first change of a name goes out at once, so that a static job does not wait; those that follow go together. */
  #changed(name: string): void {
    const held = this.#waiting.get(name);
    if (held !== undefined) {
      held.again = true;
      return;
    }
    const { clock, coalesceMs = 5000 } = this.#options;
    const entry = { again: false, cancel: (): void => {} };
    this.#waiting.set(name, entry);
    entry.cancel = clock.timer(0, () => {
      entry.again = false;
      this.#tell(name);
      entry.cancel = clock.timer(coalesceMs, () => {
        this.#waiting.delete(name);
        if (entry.again) this.#changed(name);
      });
    });
  }

  #tell(name: string): void {
    if (!this.#jobs.has(name) || this.#signal?.aborted) return;
    const groups = this.groups(name);
    for (const listener of this.#listeners) listener(name, groups);
  }
}

function isSame(
  before: ReadonlyMap<string, unknown> | undefined,
  now: ReadonlyMap<string, unknown>,
): boolean {
  return before?.size === now.size && [...now].every(([key, provider]) => before.get(key) === provider);
}

interface Entry {
  readonly kind: string;
  readonly config: unknown;
  readonly make: (report: ReportFailure) => DiscoveryKind;
}

/** Equal for sections that say the same, secrets included, which do not show in it. */
function fingerprint(config: unknown): string {
  return createHash('sha256').update(revealingJson(config)).digest('hex');
}

function counted(name: string, help: string, value: number): MetricFamily {
  return { name, help, type: 'counter', samples: [{ name, labels: {}, value }] };
}
