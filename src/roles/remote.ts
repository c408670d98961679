import { join } from 'node:path';
import type { OtlpSource } from '../api/prometheus/otlp/routes.ts';
import { ReceivedMetadata } from '../api/prometheus/remote-write/received-metadata.ts';
import type { WriteSource } from '../api/prometheus/remote-write/routes.ts';
import type { RemoteSource } from '../api/skopos/remote.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { otlpSchema } from '../config/prometheus/otlp-section.ts';
import type { ClusterObjects } from '../discovery/kubernetes/kubernetes-kind.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import type { Logger } from '../log/logger.ts';
import type { Labels } from '../model/labels.ts';
import { Notifier } from '../notifier/notifier.ts';
import { RemoteRead } from '../remote/read/remote-read.ts';
import { RemoteWrite } from '../remote/write/remote-write.ts';
import type { Registry } from '../telemetry/registry.ts';
import type { TimeSeriesStore } from '../tsdb/store.ts';
import type { FamilyMetadata } from '../wire/write-request.ts';
import type { PrometheusSettings } from './settings.ts';

export interface RemoteRoleOptions {
  readonly config: LoadedConfig;
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
  readonly store: TimeSeriesStore;
  readonly objects: ClusterObjects;
  /** On what is sent to others, for the life of the process. */
  readonly externalLabels: Labels;
  /** What our own targets say of metrics. */
  readonly metadata: () => Iterable<FamilyMetadata>;
  readonly ruleExpressions: () => Iterable<string>;
}

const outcomes = ['written', 'refused'] as const;

/** What leaves for other systems and comes from them: remote write, OTLP, and alerts for Alertmanagers. */
export class RemoteRole {
  readonly write: RemoteWrite;
  readonly read: RemoteRead;
  readonly notifier: Notifier;
  /** What senders said of metrics. */
  readonly received = new ReceivedMetadata();
  readonly components: readonly Component[];
  readonly #options: RemoteRoleOptions;
  readonly #took: (protocol: string, written: number, refused: number) => void;
  #otlp = otlpSchema.parse({});

  constructor(options: RemoteRoleOptions) {
    this.#options = options;
    const { clock, log, dataFolder, config, registry, metadata, objects } = options;
    const { received } = this;
    this.write = new RemoteWrite({
      clock,
      log,
      tsdbDir: join(dataFolder, 'tsdb'),
      dir: join(dataFolder, 'remote-write'),
      retentionMs: config.storage.retention,
      *metadata() {
        yield* metadata();
        yield* received;
      },
    });
    this.notifier = new Notifier({ clock, log, objects });
    this.read = new RemoteRead({
      clock,
      log,
      oldestMs: () => options.store.figures().minMs,
      ruleExpressions: options.ruleExpressions,
      externalLabels: options.externalLabels,
    });
    this.components = [this.write, this.read, this.notifier];
    registry.collector(() => [...this.write.metrics(), ...this.read.metrics(), ...this.notifier.metrics()]);
    const count = registry.counter(
      'skopos_received_samples_total',
      'Samples and histograms that came by remote write and OTLP.',
      config.api.remote_write_receiver || config.api.otlp_receiver
        ? ['1.0', '2.0', 'otlp'].flatMap((protocol) => outcomes.map((outcome) => ({ protocol, outcome })))
        : [],
    );
    this.#took = (protocol, written, refused) => {
      count.inc({ protocol, outcome: 'written' }, written);
      count.inc({ protocol, outcome: 'refused' }, refused);
    };
  }

  /** Takes the place of what was in force; without a `prometheus.yml` nothing leaves. */
  load(settings: PrometheusSettings | undefined): void {
    this.#otlp = settings?.config.otlp ?? otlpSchema.parse({});
    this.write.load(settings?.config.remote_write ?? [], this.#options.externalLabels);
    this.read.load(settings?.config.remote_read ?? []);
    this.notifier.load(settings?.config.alerting ?? { alert_relabel_configs: [], alertmanagers: [] });
  }

  get status(): RemoteSource {
    const { api } = this.#options.config;
    return {
      queues: () => this.write.status(),
      alertmanagers: () => this.notifier.status(),
      receives: () => ({ remoteWrite: api.remote_write_receiver, otlp: api.otlp_receiver }),
    };
  }

  /** Addresses, those that relabelling drops as they were found. */
  get alertmanagers() {
    const { notifier } = this;
    return {
      active: () => notifier.status().map(({ url }) => url),
      dropped: () =>
        notifier
          .dropped()
          .map((labels) => `${labels['__scheme__']}://${labels['__address__']}${labels['__alerts_path__']}`),
    };
  }

  get writeSource(): WriteSource {
    const { config, store, clock } = this.#options;
    return {
      target: config.api.remote_write_receiver ? store : undefined,
      metadata: this.received,
      now: () => clock.now(),
      took: (message, { samples, histograms }, refused) =>
        this.#took(message === 'prometheus.WriteRequest' ? '1.0' : '2.0', samples + histograms, refused),
    };
  }

  get otlpSource(): OtlpSource {
    const { config, store, clock } = this.#options;
    return {
      target: config.api.otlp_receiver ? store : undefined,
      metadata: this.received,
      settings: () => this.#otlp,
      now: () => clock.now(),
      took: (written, refused) => this.#took('otlp', written, refused),
    };
  }
}
