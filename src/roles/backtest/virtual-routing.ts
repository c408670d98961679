import { z } from 'zod';
import { AlertRouter } from '../../alerting/alert-router.ts';
import type { AlertingConfig, RouteConfig } from '../../alerting/config/alerting-config.ts';
import { InboxStore } from '../../alerting/inbox-store.ts';
import type { Notification } from '../../alerting/notification.ts';
import { defineNotifier, type NotifierKind } from '../../alerting/notifier.ts';
import { VirtualClock } from '../../kit/clock.ts';
import { silentLogger } from '../../log/logger.ts';
import type { NotificationOutcome, ReceiverOutcome, SentNotification } from '../../model/backtest.ts';
import type { Labels } from '../../model/labels.ts';
import type { BacktestRouting } from '../../rules/backtest/backtest-rules.ts';
import type { AlertEvent } from '../../rules/backtest/rule-run.ts';
import { openDatabase } from '../../store/open.ts';
import { Registry } from '../../telemetry/registry.ts';

export interface VirtualRoutingOptions {
  readonly config: AlertingConfig;
  /** When the history begins for rules; notifications before `startMs` are not counted. */
  readonly firstMs: number;
  readonly startMs: number;
  readonly externalLabels: Labels;
  /** The shortest interval of the rules: alerts change no more often, so groups are looked at no more often either. */
  readonly intervalMs: number;
}

/** So many notifications are kept; others are counted. */
const maxSent = 2000;
/** Alerts fire until they are resolved: the history has no sender that could fall silent. */
const farMs = 10 * 365 * 86_400_000;

/**
 * The alert router as it is, in the time of the history, with receivers that only take note: grouping, inhibition, time
 * intervals and repetition are those of the configuration. Nothing leaves the process. Silences of today are not in it.
 */
export class VirtualRouting implements BacktestRouting {
  readonly #clock: VirtualClock;
  readonly #router: AlertRouter;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  readonly #database;
  readonly #options: VirtualRoutingOptions;
  readonly #byReceiver = new Map<string, ReceiverOutcome>();
  readonly #sent: SentNotification[] = [];
  #total = 0;
  /** Of alerts that the router knows, whose rule they are of. */
  readonly #rules = new Map<string, AlertEvent['rule']>();

  constructor(options: VirtualRoutingOptions) {
    this.#options = options;
    this.#clock = new VirtualClock(options.firstMs);
    this.#database = openDatabase(':memory:');
    this.#router = new AlertRouter({
      config: noting(options.config, options.intervalMs, (notification, kind) =>
        this.#note(notification, kind),
      ),
      database: this.#database,
      inbox: new InboxStore(this.#database),
      clock: this.#clock,
      log: silentLogger,
      ledger: () => {},
      registry: new Registry(),
      externalURL: 'http://localhost',
    });
    this.#ended = this.#router.run(this.#stop.signal);
  }

  async take(atMs: number, events: readonly AlertEvent[]): Promise<void> {
    await this.#advanceTo(atMs);
    this.#router.receive(
      events.map(({ rule, labels, firedAtMs, resolvedAtMs }) => {
        this.#rules.set(rule.tested.spec.name, rule);
        return {
          labels: { ...this.#options.externalLabels, ...labels },
          startsAtMs: firedAtMs,
          endsAtMs: resolvedAtMs ?? atMs + farMs,
        };
      }),
    );
  }

  async finish(atMs: number): Promise<NotificationOutcome> {
    await this.#advanceTo(atMs);
    this.close();
    await this.#clock.advance(10_000);
    await this.#ended;
    return {
      total: this.#total,
      byReceiver: [...this.#byReceiver.values()].sort((a, b) => b.total - a.total),
      sent: this.#sent,
      more: this.#total - this.#sent.length,
    };
  }

  /** Ends it without an answer. */
  close(): void {
    this.#stop.abort();
  }

  async #advanceTo(atMs: number): Promise<void> {
    await this.#clock.advance(Math.max(0, atMs - this.#clock.now()));
  }

  #note(notification: Notification, integration: string): void {
    const { atMs, receiver, status, reason, alerts, groupLabels } = notification;
    if (atMs < this.#options.startMs || this.#stop.signal.aborted) return;
    this.#total++;
    const key = `${receiver}\n${integration}`;
    const known = this.#byReceiver.get(key) ?? { receiver, integration, total: 0, firing: 0, resolved: 0 };
    this.#byReceiver.set(key, { ...known, total: known.total + 1, [status]: known[status] + 1 });
    const alertnames = [...new Set(alerts.map(({ labels }) => labels['alertname'] ?? ''))];
    for (const name of alertnames) {
      const rule = this.#rules.get(name);
      if (rule !== undefined) rule.notifications++;
    }
    if (this.#sent.length < maxSent)
      this.#sent.push({
        ...{ atMs, receiver, integration, status, reason, groupLabels },
        alertnames,
        alerts: alerts.length,
      });
  }
}

/** The configuration with receivers that note what they would send. */
function noting(
  config: AlertingConfig,
  intervalMs: number,
  note: (notification: Notification, integration: string) => void,
): AlertingConfig {
  return {
    ...config,
    route: unhurried(config.route, intervalMs),
    receivers: config.receivers.map((receiver) => ({
      ...receiver,
      integrations: receiver.integrations.map((integration) => ({
        ...integration,
        kind: notingKind(integration.kind.name, note),
      })),
    })),
  };
}

function unhurried(route: RouteConfig, intervalMs: number): RouteConfig {
  return {
    ...route,
    groupIntervalMs: Math.max(route.groupIntervalMs, intervalMs),
    routes: route.routes.map((child) => unhurried(child, intervalMs)),
  };
}

function notingKind(
  name: string,
  note: (notification: Notification, integration: string) => void,
): NotifierKind {
  return defineNotifier({
    name,
    sendResolved: true,
    schema: z.unknown(),
    inherit: (entry) => entry,
    resolve: (entry) => entry,
    templates: () => [],
    async send(notification) {
      note(notification, name);
      return { note: 'noted' };
    },
  });
}
