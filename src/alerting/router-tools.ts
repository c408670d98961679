import { BadInputError, NotFoundError } from '../kit/app-error.ts';
import { newCause } from '../kit/cause.ts';
import type { Clock } from '../kit/clock.ts';
import { didYouMean } from '../kit/nearest.ts';
import type { Logger } from '../log/logger.ts';
import type { Labels } from '../model/labels.ts';
import type { Ledger, LedgerEntry } from '../model/ledger.ts';
import type { Matcher } from '../model/matcher.ts';
import type { AlertRecord } from './alert-record.ts';
import type { AlertStore } from './alert-store.ts';
import { sampleNotification } from './check-templates.ts';
import { deliver } from './delivery.ts';
import type { InboxStore } from './inbox-store.ts';
import { formatMatchers, labelTest } from './label-test.ts';
import type { Integration } from './lane.ts';
import type { Notification, NotifiedAlert } from './notification.ts';
import { Renderer } from './renderer.ts';
import { groupKeyOf, groupLabelsOf, type RouteNode, receiversOf } from './route-tree.ts';
import type { RouterMetrics } from './router-metrics.ts';
import { drillLabel } from './router-options.ts';
import type { RunningConfig } from './running-config.ts';
import { checkSilence } from './silence-store.ts';
import { type SilenceWarning, warningsOf } from './silence-warnings.ts';
import type { Suppression } from './suppression.ts';

/** A node of the routing tree, for people. */
export interface RouteView {
  /** Place in the tree: `0.2.1`. */
  readonly id: string;
  /** `{severity="critical"}`; `{}` matches all. */
  readonly matchers: string;
  readonly receiver: string;
  readonly groupBy: readonly string[] | 'all';
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  readonly continue: boolean;
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  /** Names of the intervals that mute it at this moment. */
  readonly mutedBy: readonly string[];
  /** Alerts whose way ends here, and that fire. */
  readonly alerts: number;
  readonly routes: readonly RouteView[];
}

/** Where an alert with certain labels would go. */
export interface RouteTest {
  readonly receivers: readonly string[];
  readonly ends: readonly {
    readonly receiver: string;
    /** Ids of the nodes from the root to the end. */
    readonly path: readonly string[];
    /** The matchers of those nodes. */
    readonly matchers: readonly string[];
    readonly groupKey: string;
    readonly groupLabels: Labels;
    readonly groupWaitMs: number;
    readonly groupIntervalMs: number;
    readonly repeatIntervalMs: number;
    readonly mutedBy: readonly string[];
  }[];
  /** Ids of silences that would hold it back now. */
  readonly silencedBy: readonly string[];
  /** Fingerprints of alerts that would inhibit it now. */
  readonly inhibitedBy: readonly string[];
}

/** What came of a test notification at one integration. */
export interface TestResult {
  /** `ops/slack[0]`. */
  readonly integration: string;
  readonly delivered: boolean;
  /** The service's answer, or why there is none. */
  readonly answer: string;
  readonly status?: number;
  readonly tookMs: number;
  readonly templateProblems: readonly string[];
}

export interface TemplatePreview {
  /** '' when it failed. */
  readonly text: string;
  readonly problem: string;
  /** Whether it was tried on a sample, for want of an alert. */
  readonly isSample: boolean;
}

export interface SilencePreview {
  readonly alerts: readonly {
    readonly fingerprint: string;
    readonly labels: Labels;
    readonly startsAtMs: number;
  }[];
  readonly total: number;
  readonly warnings: readonly SilenceWarning[];
}

export interface RouterToolsOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly ledger: Ledger;
  readonly inbox: InboxStore;
  readonly metrics: RouterMetrics;
  readonly externalURL: string;
  readonly store: AlertStore;
  readonly suppression: Suppression;
  readonly running: () => RunningConfig;
}

/** The label that marks a test notification. */
export const testLabel = 'skopos_test';

const maxPreviewAlerts = 500;

/** What people try out before they rely on it: routes, receivers, templates, silences. Changes nothing that the router does. */
export class RouterTools {
  readonly #options: RouterToolsOptions;

  constructor(options: RouterToolsOptions) {
    this.#options = options;
  }

  routeTree(): RouteView {
    const counts = new Map<RouteNode, number>();
    const nowMs = this.#options.clock.now();
    for (const record of this.#options.store.values())
      if (isFiring(record, nowMs))
        for (const node of record.routes) counts.set(node, (counts.get(node) ?? 0) + 1);
    const view = (node: RouteNode): RouteView => {
      const { config } = node;
      return {
        id: node.id,
        matchers: formatMatchers(config.matchers),
        receiver: config.receiver,
        groupBy: config.groupBy,
        groupWaitMs: config.groupWaitMs,
        groupIntervalMs: config.groupIntervalMs,
        repeatIntervalMs: config.repeatIntervalMs,
        continue: config.continue,
        muteTimeIntervals: config.muteTimeIntervals,
        activeTimeIntervals: config.activeTimeIntervals,
        mutedBy: this.#options.suppression.mutedBy(config, nowMs),
        alerts: counts.get(node) ?? 0,
        routes: node.children.map(view),
      };
    };
    return view(this.#options.running().root);
  }

  /** @throws {BadInputError} without labels. */
  testRoute(labels: Labels): RouteTest {
    const { running, suppression, store, clock } = this.#options;
    if (Object.keys(labels).length === 0)
      throw new BadInputError('labels', 'give the labels of an alert, such as severity="critical"');
    const { [drillLabel]: _drill, ...real } = labels;
    const nowMs = clock.now();
    const nodes = running().routesOf(real);
    const probe = store.probe(real);
    running().inhibitor.look(probe);
    return {
      receivers: receiversOf(nodes),
      ends: nodes.map((node) => {
        const path = this.#pathTo(node);
        const groupLabels = groupLabelsOf(node, real);
        return {
          receiver: node.config.receiver,
          path: path.map(({ id }) => id),
          matchers: path.map(({ config }) => formatMatchers(config.matchers)),
          groupKey: groupKeyOf(node, groupLabels),
          groupLabels,
          groupWaitMs: node.config.groupWaitMs,
          groupIntervalMs: node.config.groupIntervalMs,
          repeatIntervalMs: node.config.repeatIntervalMs,
          mutedBy: suppression.mutedBy(node.config, nowMs),
        };
      }),
      silencedBy: suppression.silencedBy(probe, nowMs),
      inhibitedBy: suppression.inhibitedBy(probe, nowMs).filter((id) => id !== probe.fingerprint),
    };
  }

  /**
   * Which alerts that fire now a silence would hide, and what a person should confirm before it is saved.
   *
   * @throws {BadInputError} when it is not valid.
   */
  previewSilence(silence: {
    readonly matchers: readonly Matcher[];
    readonly startsAtMs?: number;
    readonly endsAtMs: number;
  }): SilencePreview {
    const { store, clock } = this.#options;
    const nowMs = clock.now();
    const startsAtMs = silence.startsAtMs ?? nowMs;
    checkSilence({ ...silence, startsAtMs, createdBy: '', comment: '' }, nowMs);
    const matches = labelTest(silence.matchers);
    const firing = [...store.values()].filter(
      (record) => record.drill === undefined && isFiring(record, nowMs),
    );
    const hidden = firing.filter(({ alert }) => matches(alert.labels));
    return {
      alerts: hidden.slice(0, maxPreviewAlerts).map(({ fingerprint, alert }) => ({
        fingerprint,
        labels: alert.labels,
        startsAtMs: alert.startsAtMs,
      })),
      total: hidden.length,
      warnings: warningsOf(silence, { matched: hidden.length, firing: firing.length }, nowMs),
    };
  }

  /** How many alerts fire that these matchers match. */
  countMatching(matchers: readonly Matcher[]): number {
    const matches = labelTest(matchers);
    const nowMs = this.#options.clock.now();
    let count = 0;
    for (const record of this.#options.store.values())
      if (record.drill === undefined && isFiring(record, nowMs) && matches(record.alert.labels)) count++;
    return count;
  }

  /**
   * Sends a marked test notification to every integration of a receiver (or the one named), once each, and gives their answers.
   *
   * @throws {NotFoundError} when there is no such receiver or integration.
   */
  async testReceiver(
    name: string,
    options: { readonly integration?: string; readonly labels?: Labels } = {},
    signal: AbortSignal = new AbortController().signal,
  ): Promise<readonly TestResult[]> {
    const { running } = this.#options;
    const names = running().config.receivers.map((receiver) => receiver.name);
    const receiver = running().receiver(name);
    if (receiver === undefined)
      throw new NotFoundError(`there is no receiver "${name}"${didYouMean(name, names)}`);
    const wanted = receiver.integrations.filter(
      (one) => options.integration === undefined || one.name === options.integration,
    );
    if (wanted.length === 0)
      throw new NotFoundError(
        options.integration === undefined
          ? `receiver "${name}" has no integrations: it tells nobody`
          : `receiver "${name}" has no integration "${options.integration}"; it has ${receiver.integrations.map((one) => one.name).join(', ')}`,
      );
    return Promise.all(wanted.map((integration) => this.#test(integration, options.labels ?? {}, signal)));
  }

  /**
   * Renders a template for an alert that is known, or for a sample.
   *
   * @throws {NotFoundError} when there is no such alert or receiver.
   */
  previewTemplate(options: {
    readonly template: string;
    readonly html?: boolean;
    readonly fingerprint?: string;
    readonly receiver?: string;
    readonly status?: 'firing' | 'resolved';
  }): TemplatePreview {
    const { running, store } = this.#options;
    const { template, html = false, fingerprint, status } = options;
    const record = fingerprint === undefined ? undefined : store.get(fingerprint);
    if (fingerprint !== undefined && record === undefined)
      throw new NotFoundError(`there is no alert ${fingerprint}; resolved ones are forgotten in time`);
    const receiver =
      options.receiver ?? record?.routes[0]?.config.receiver ?? running().config.route.receiver;
    const sample = sampleNotification(receiver, status ?? 'firing');
    const notification =
      record === undefined
        ? { ...sample, externalURL: this.#options.externalURL }
        : this.#notificationOf(record, receiver, status);
    const engine = running().templates.engineFor(notification);
    const render = new Renderer(engine);
    const text = html ? render.html('template', template) : render.text('template', template);
    return { text, problem: render.problems.join('; '), isSample: record === undefined };
  }

  async #test(integration: Integration, labels: Labels, signal: AbortSignal): Promise<TestResult> {
    const { clock, running, ledger } = this.#options;
    const startedMs = clock.now();
    const { templates, resources } = running();
    const notification = this.#testNotification(integration.receiver, labels);
    let last: LedgerEntry | undefined;
    const outcome = await deliver(
      notification,
      integration,
      { deadlineMs: clock.now(), causes: [[newCause(startedMs), [testFingerprint]]] },
      {
        ...this.#options,
        resources,
        engineFor: (of) => templates.engineFor(of),
        outcome: () => {},
        ledger(entry) {
          const marked = { ...entry, detail: { ...entry.detail, test: true } };
          if (entry.hop === 'receipt') last = marked;
          ledger(marked);
        },
      },
      signal,
    );
    const { note, problem, status, templateProblems } = last?.detail ?? {};
    return {
      integration: integration.name,
      delivered: outcome === 'delivered',
      answer: String(note ?? problem ?? 'it was given up'),
      ...(typeof status === 'number' ? { status } : {}),
      tookMs: clock.now() - startedMs,
      templateProblems: Array.isArray(templateProblems) ? templateProblems.map(String) : [],
    };
  }

  #testNotification(receiver: string, more: Labels): Notification {
    const { clock, externalURL } = this.#options;
    const atMs = clock.now();
    const labels = { alertname: 'SkoposTestNotification', severity: 'info', ...more, [testLabel]: 'true' };
    const annotations = {
      summary: 'This is a test notification: nothing is wrong, and nothing has to be done.',
      description: `Somebody wanted to know whether receiver "${receiver}" is reached.`,
    };
    const alert: NotifiedAlert = {
      fingerprint: testFingerprint,
      status: 'firing',
      labels,
      annotations,
      startsAtMs: atMs,
      endsAtMs: 0,
      generatorURL: externalURL,
    };
    return {
      id: `test-${newCause(atMs)}`,
      groupKey: `{}/{${testLabel}="true"}:{receiver=${JSON.stringify(receiver)}, at="${atMs}"}`,
      receiver,
      status: 'firing',
      reason: 'first notification',
      alerts: [alert],
      groupLabels: { alertname: 'SkoposTestNotification' },
      commonLabels: labels,
      commonAnnotations: annotations,
      routeLabels: {},
      externalURL,
      atMs,
      drill: false,
    };
  }

  #notificationOf(record: AlertRecord, receiver: string, status?: 'firing' | 'resolved'): Notification {
    const { clock, externalURL } = this.#options;
    const { labels, annotations, startsAtMs, endsAtMs, generatorURL } = record.alert;
    const node = record.routes.find(({ config }) => config.receiver === receiver) ?? record.routes[0];
    const state = status ?? (record.isResolved ? 'resolved' : 'firing');
    const groupLabels = node === undefined ? {} : groupLabelsOf(node, labels);
    return {
      id: 'preview',
      groupKey: node === undefined ? '' : groupKeyOf(node, groupLabels),
      receiver,
      status: state,
      reason: state === 'firing' ? 'first notification' : 'all alerts resolved',
      alerts: [
        {
          fingerprint: record.fingerprint,
          status: state,
          labels,
          annotations,
          startsAtMs,
          endsAtMs: state === 'firing' ? 0 : Math.min(endsAtMs, clock.now()),
          generatorURL,
        },
      ],
      groupLabels,
      commonLabels: labels,
      commonAnnotations: annotations,
      routeLabels: {},
      externalURL,
      atMs: clock.now(),
      drill: false,
    };
  }

  #pathTo(end: RouteNode): readonly RouteNode[] {
    const path: RouteNode[] = [];
    let node: RouteNode | undefined = this.#options.running().root;
    while (node !== undefined) {
      path.push(node);
      if (node === end) return path;
      node = node.children.find(({ id }) => end.id === id || end.id.startsWith(`${id}.`));
    }
    return [end];
  }
}

const testFingerprint = '0000000000000000';

function isFiring(record: AlertRecord, nowMs: number): boolean {
  return !record.isResolved && record.alert.endsAtMs > nowMs;
}
