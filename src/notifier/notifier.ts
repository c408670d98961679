import { Discovery, type DiscoveryOptions, type DiscoverySection } from '../discovery/discovery.ts';
import { RequestSigner, type SigningSettings } from '../http/aws/request-signer.ts';
import { createHttpClient, type HttpClient } from '../http/client.ts';
import type { HttpClientConfig } from '../http/client-config.ts';
import type { Component } from '../kit/component.ts';
import { revealingJson } from '../kit/secret.ts';
import type { Alert } from '../model/alert.ts';
import type { Labels } from '../model/labels.ts';
import type { MetricFamily } from '../model/metric.ts';
import { relabel } from '../relabel/relabel.ts';
import type { RelabelConfig } from '../relabel/relabel-config.ts';
import { AlertmanagerQueue } from './alertmanager-queue.ts';
import { type AddressSettings, alertmanagerUrls } from './alertmanager-targets.ts';
import { notifierMetrics } from './notifier-metrics.ts';

/** One entry of `alerting.alertmanagers`. */
export type AlertmanagerSettings = AddressSettings &
  DiscoverySection &
  HttpClientConfig & {
    /** Milliseconds. */
    readonly timeout: number;
    readonly alert_relabel_configs: readonly RelabelConfig[];
    readonly sigv4?: SigningSettings | null | undefined;
  };

/** `alerting` of a `prometheus.yml`. */
export interface NotifierSettings {
  readonly alert_relabel_configs: readonly RelabelConfig[];
  readonly alertmanagers: readonly AlertmanagerSettings[];
}

/** `objects` and `ownNamespace` are for `kubernetes_sd_configs`. */
export type NotifierOptions = Pick<
  DiscoveryOptions,
  'clock' | 'log' | 'objects' | 'ownNamespace' | 'coalesceMs'
>;

/** One Alertmanager, for pages. */
export interface AlertmanagerStatus {
  readonly url: string;
  readonly waiting: number;
  readonly sent: number;
  readonly errors: number;
  readonly dropped: number;
  /** '' when the last request was taken. */
  readonly problem: string;
  readonly lastSuccessMs?: number;
}

interface Section {
  readonly settings: AlertmanagerSettings;
  readonly text: string;
  readonly client: HttpClient;
  readonly signer: RequestSigner | undefined;
  readonly queues: Map<string, AlertmanagerQueue>;
  dropped: readonly Labels[];
}

const nothing: NotifierSettings = { alert_relabel_configs: [], alertmanagers: [] };

/** Sends alerts to every Alertmanager that is found. */
export class Notifier implements Component {
  readonly name = 'notifier';
  readonly #options: NotifierOptions;
  readonly #discovery: Discovery;
  #settings: NotifierSettings = nothing;
  #sections = new Map<string, Section>();
  #signal: AbortSignal | undefined;
  readonly #runs = new Set<Promise<void>>();

  constructor(options: NotifierOptions) {
    this.#options = options;
    this.#discovery = new Discovery(options);
    this.#discovery.subscribe((name) => this.#refresh(name));
  }

  /** Takes the place of all that was loaded. Queues of Alertmanagers whose settings did not change keep what waits. */
  load(settings: NotifierSettings): void {
    const before = this.#sections;
    this.#settings = settings;
    this.#sections = new Map(
      settings.alertmanagers.map((section, index) => {
        const name = `config-${index}`;
        const text = revealingJson(section);
        const held = before.get(name);
        return [name, held?.text === text ? held : this.#section(section, text)];
      }),
    );
    for (const [name, section] of before) if (this.#sections.get(name) !== section) void this.#end(section);
    this.#discovery.load(new Map([...this.#sections].map(([name, { settings: own }]) => [name, own])));
  }

  /** Takes alerts that fire or resolved; returns at once. Those that relabelling drops go nowhere. */
  send(alerts: readonly Alert[]): void {
    const { alert_relabel_configs: rules } = this.#settings;
    const kept = relabelled(alerts, rules);
    if (kept.length === 0) return;
    for (const { settings, queues } of this.#sections.values()) {
      const own = relabelled(kept, settings.alert_relabel_configs);
      if (own.length > 0) for (const queue of queues.values()) queue.add(own);
    }
  }

  /** Whether any Alertmanager is configured. */
  get isConfigured(): boolean {
    return this.#sections.size > 0;
  }

  status(): readonly AlertmanagerStatus[] {
    return this.#queues().map(({ options, length, sent, errors, dropped, problem, lastSuccessMs }) => ({
      url: options.url,
      waiting: length,
      sent,
      errors,
      dropped,
      problem,
      ...(lastSuccessMs === undefined ? {} : { lastSuccessMs }),
    }));
  }

  /** Labels of Alertmanagers that were found and that relabelling dropped. */
  dropped(): readonly Labels[] {
    return [...this.#sections.values()].flatMap(({ dropped }) => dropped);
  }

  /** Prometheus' series of notifications; none where no Alertmanager is configured. */
  metrics(): MetricFamily[] {
    return this.isConfigured ? notifierMetrics(this.#queues()) : [];
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    for (const name of this.#sections.keys()) this.#refresh(name);
    for (const queue of this.#queues()) this.#start(queue, signal);
    await this.#discovery.run(signal);
    while (this.#runs.size > 0) await Promise.all(this.#runs);
    await Promise.all([...this.#sections.values()].map(({ client }) => client.close()));
  }

  #queues(): readonly AlertmanagerQueue[] {
    return [...this.#sections.values()].flatMap(({ queues }) => [...queues.values()]);
  }

  #section(settings: AlertmanagerSettings, text: string): Section {
    const client = createHttpClient(settings);
    const { clock } = this.#options;
    const signer = settings.sigv4 ? new RequestSigner(settings.sigv4, client, () => clock.now()) : undefined;
    return { settings, text, client, signer, queues: new Map(), dropped: [] };
  }

  /** What discovery has of a section: queues for what is new, the end for those that are gone. */
  #refresh(name: string): void {
    const section = this.#sections.get(name);
    if (section === undefined) return;
    const { clock, log } = this.#options;
    const { settings, client, signer, queues } = section;
    const { urls, dropped } = alertmanagerUrls(this.#discovery.groups(name), settings);
    section.dropped = dropped;
    for (const [url, queue] of queues) {
      if (urls.includes(url)) continue;
      queue.close();
      queues.delete(url);
    }
    for (const url of urls) {
      if (queues.has(url)) continue;
      const queue = new AlertmanagerQueue({ url, client, signer, timeoutMs: settings.timeout, clock, log });
      queues.set(url, queue);
      if (this.#signal !== undefined) this.#start(queue, this.#signal);
    }
  }

  #start(queue: AlertmanagerQueue, signal: AbortSignal): void {
    if (queue.isStarted) return;
    const run = queue.run(signal).finally(() => this.#runs.delete(run));
    this.#runs.add(run);
  }

  async #end({ queues, client }: Section): Promise<void> {
    for (const queue of queues.values()) queue.close();
    await client.close();
  }
}

/** Alerts with their labels relabelled; those that are dropped, or have no label left, are not there. */
function relabelled(alerts: readonly Alert[], rules: readonly RelabelConfig[]): readonly Alert[] {
  if (rules.length === 0) return alerts;
  return alerts.flatMap((alert) => {
    const labels = relabel(alert.labels, rules);
    return labels === undefined || Object.keys(labels).length === 0 ? [] : [{ ...alert, labels }];
  });
}
