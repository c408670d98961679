import { join } from 'node:path';
import { AlertRouter } from '../alerting/alert-router.ts';
import { InboxStore } from '../alerting/inbox-store.ts';
import { drillLabel } from '../alerting/router-options.ts';
import type { PartJson } from '../api/skopos/contract.ts';
import type { ChangedWhat } from '../api/skopos/source.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { drillObject } from '../drill/drill-object.ts';
import type { DrillRunner } from '../drill/drill-runner.ts';
import { Findings } from '../findings/findings.ts';
import { LedgerStore } from '../findings/ledger.ts';
import { kubescapeSeries } from '../findings/series/kubescape.ts';
import { NativeSeries } from '../findings/series/native.ts';
import { Inventory } from '../inventory/inventory.ts';
import { systemClock } from '../kit/clock.ts';
import { type Component, runAll } from '../kit/component.ts';
import { liveIndex } from '../kit/live-index.ts';
import type { Logger } from '../log/logger.ts';
import type { Alert } from '../model/alert.ts';
import { mostCustomControls } from '../posture/custom/custom-controls.ts';
import { PostureEngine } from '../posture/engine.ts';
import type { Framework } from '../posture/frameworks/framework.ts';
import { Engine } from '../promql/engine.ts';
import { evaluateInSlicesWith, evaluateWith } from '../rules/evaluate.ts';
import type { RuleFile } from '../rules/rule-file.ts';
import { RuleManager } from '../rules/rule-manager.ts';
import { openDatabase } from '../store/open.ts';
import { Registry } from '../telemetry/registry.ts';
import { TimeSeriesStore } from '../tsdb/store.ts';
import { Chain } from './chain.ts';
import { chainParts } from './chain-parts.ts';
import { createClusterParts } from './cluster-parts.ts';
import { createControlPlaneSwitch } from './control-plane-switch.ts';
import { createDrills } from './create-drills.ts';
import { createPushRole } from './create-push-role.ts';
import { createStateRole } from './create-state-role.ts';
import { CustomControls } from './custom-controls.ts';
import { createDashboards } from './dashboards/create-dashboards.ts';
import { createExceptions } from './exceptions-role.ts';
import { createImageBook } from './images/image-book.ts';
import { createImagesRole } from './images/images-role.ts';
import { inventoryMetrics } from './inventory-metrics.ts';
import { MetricsRole } from './metrics.ts';
import { createSource, type SourceChoice } from './object-source.ts';
import { OperatorRole } from './operator/operator-role.ts';
import { createOwnSeries } from './own-series.ts';
import { ReceiverWatch } from './parts.ts';
import { one, processMetrics } from './process-metrics.ts';
import { ReloadHistory } from './reload-history.ts';
import { RemoteRole } from './remote.ts';
import { createReplicas } from './replicas.ts';
import {
  externalLabels,
  loadExceptions,
  loadPolicies,
  loadPosture,
  loadReloadable,
  shownDocuments,
} from './settings.ts';
import { sharingOf } from './sharing.ts';
import { storeMetrics } from './store-metrics.ts';
import { wantedBy, watchedKinds } from './watched-kinds.ts';

export interface EmbeddedOptions {
  readonly config: LoadedConfig;
  readonly choice: SourceChoice;
  readonly log: Logger;
  readonly startedAtMs: number;
}

/** Upper bounds in seconds of our latency histograms. */
const latencyBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export type Embedded = ReturnType<typeof createEmbedded>;

/**
 * The whole chain in one process, wired but not yet running: inventory, posture, findings, store, rules, router.
 *
 * @throws {BadInputError} when a file that the configuration points at is wrong; {UnavailableError} when the data folder cannot be used.
 */
export function createEmbedded({ config, choice, log, startedAtMs }: EmbeddedOptions) {
  const clock = systemClock;
  const cluster = config.cluster ?? choice.cluster;
  const dataFolder = config.data ?? join('.skopos', cluster);
  const externalURL = (
    config.external_url ?? `http://${urlHost(config.address.host)}:${config.address.port}`
  ).replace(/\/+$/, '');
  const posture = loadPosture(config);
  const reloadable = loadReloadable(config);
  const framework = posture.frameworks.map(scoredFramework);

  const db = openDatabase(join(dataFolder, 'skopos.db'));
  const store = new TimeSeriesStore({
    dir: join(dataFolder, 'tsdb'),
    clock,
    log,
    retentionMs: config.storage.retention,
    ...(config.storage.retention_size === undefined ? {} : { retentionBytes: config.storage.retention_size }),
    outOfOrderWindowMs: config.storage.out_of_order_window,
    maxSeries: config.storage.max_series,
    maxExemplars: config.storage.max_exemplars,
  });
  const registry = new Registry();
  registry.collector(storeMetrics(store));
  const listeners = new Set<(what: ChangedWhat) => void>();
  const changed = (what: ChangedWhat): void => {
    for (const listener of listeners) listener(what);
  };

  const ledger = new LedgerStore({
    db,
    clock,
    maxAgeMs: config.storage.history,
    onError: (err) => log.error({ err }, 'ledger could not be written; will try again'),
  });
  const changeToPage = registry.histogram(
    'skopos_change_to_page_seconds',
    'From noticing a change to the receipt of the notification that it caused.',
    latencyBuckets,
  );
  const receiverWatch = new ReceiverWatch(changeToPage);
  ledger.subscribe((row) => receiverWatch.see(row));

  const inventory = new Inventory({ cluster, clock, log });
  const wanted = wantedBy(config, posture.controls, reloadable.prometheus);
  const watched = choice.kind === 'cluster' ? watchedKinds(wanted) : [];
  const state = createStateRole({
    ...{ config, choice, clock, log, registry, store, ledger: ledger.append },
    inputsChanged: (series, cause) => rules.inputsChanged(series, cause),
    isReadable: () => source.status().state !== 'failed',
  });
  const push = createPushRole({
    ...{ config, db, clock, log, registry, store, startedAtMs, ledger: ledger.append },
    inputsChanged: (series, cause) => rules.inputsChanged(series, cause),
  });
  const source = createSource(choice, inventory, clock, log, wanted, state);
  const metrics = new MetricsRole({
    clock,
    log,
    store,
    registry,
    objects: inventory,
    rulesChanged: () => loadRules(),
  });
  metrics.load(reloadable.prometheus, config.metrics);
  const labels = externalLabels(config, reloadable.prometheus);
  const remote = new RemoteRole({
    config,
    dataFolder,
    clock,
    log,
    registry,
    store,
    objects: inventory,
    externalLabels: labels,
    metadata: () => metrics.families(),
    ruleExpressions: () => rules.groups().flatMap(({ rules: all }) => all.map(({ spec }) => spec.expr)),
  });
  remote.load(reloadable.prometheus);
  const dashboards = createDashboards({ config, clock, log, registry });
  const replicas = createReplicas({ config, choice, clock, log, registry });
  const imageBook = createImageBook(config, choice, inventory);
  const engine = new PostureEngine({
    controls: posture.controls,
    room: mostCustomControls,
    inputs: posture.inputs,
    view: imageBook?.view ?? inventory,
    objectOf: (key) => inventory.object(key),
    isOurs: replicas.isOurs,
  });
  const findings = new Findings({
    db,
    cluster,
    controls: posture.controls,
    maxFixedAgeMs: config.storage.history,
  });
  const native = new NativeSeries({
    engine,
    findings,
    controls: posture.controls,
    frameworks: framework,
    newForMs: config.posture.new_for,
    now: () => clock.now(),
  });
  const kubescape = kubescapeSeries({ engine, controls: posture.controls, frameworks: framework });
  const controlNamed = liveIndex(posture.controls, ({ id }) => id);
  registry.collector(processMetrics(startedAtMs));
  registry.collector(inventoryMetrics(inventory, source));

  const inbox = new InboxStore(db);
  inbox.subscribe(() => changed('inbox'));
  const drillBox: { runner?: DrillRunner } = {};
  const router = new AlertRouter({
    config: reloadable.alerting,
    database: db,
    journalFolder: join(dataFolder, 'alerts'),
    inbox,
    clock,
    log,
    ledger: ledger.append,
    registry,
    externalURL,
    sharing: sharingOf(config, externalURL),
    lastSuccess: (part, atMs) => void native.succeeded(part, atMs),
    drillReceiver: (id) => drillBox.runner?.receiverOf(id),
    changed: () => changed('alerts'),
  });
  router.declareSilences(reloadable.silences);

  const queries = new Engine({ maxConcurrency: config.api.max_concurrent_queries });
  const rules = new RuleManager({
    clock,
    log,
    evaluate: evaluateWith(queries),
    slices: { evaluate: evaluateInSlicesWith(queries), turns: queries.turns },
    store: remote.read.rulesView(store),
    append: (batch) => store.append(batch),
    send: (alerts) => {
      const { route_beside_alertmanagers: isRouted } = config.alerting;
      const own = isRouted || !remote.notifier.isConfigured ? alerts : alerts.filter(isOfDrill);
      for (const problem of router.receive(own).problems) log.error({ problem }, 'alert refused');
      remote.notifier.send(alerts.filter((alert) => !isOfDrill(alert)));
      changed('alerts');
    },
    ledger: ledger.append,
    externalLabels: labels,
    externalURL,
    evaluationIntervalMs: config.rules.evaluation_interval,
  });
  const controlPlane = createControlPlaneSwitch({
    config,
    inventory,
    log,
    registry,
    changed: () => loadRules(),
  });
  let ruleFiles = reloadable.rules;
  loadRules();

  /** Puts rules in force: those of files, others than before where they are given, and those of objects. */
  function loadRules(files: readonly RuleFile[] = ruleFiles): void {
    rules.load(controlPlane.apply([...files, ...metrics.monitors.ruleFiles()]));
    ruleFiles = files;
  }

  const chain = new Chain({
    clock,
    log,
    inventory,
    watched,
    engine,
    findings,
    native,
    store,
    inputsChanged: (series, cause) => rules.inputsChanged(series, cause),
    ledger: ledger.append,
    changeToVerdict: registry.histogram(
      'skopos_change_to_verdict_seconds',
      'From noticing a change of an object to the verdicts on it.',
      latencyBuckets,
    ),
    changed,
  });

  const custom = new CustomControls({
    ...{ log, inventory, registry, clock, ...(choice.kind === 'cluster' ? { watched } : {}) },
    ...{ controls: posture.controls, frameworks: posture.frameworks },
    apply(controls) {
      framework.splice(0, framework.length, ...posture.frameworks.map(scoredFramework));
      chain.judgeBy(controls);
    },
  });

  custom.load(loadPolicies(config));

  const clusterParts = createClusterParts({
    ...{ config, choice, dataFolder, clock, log, registry, inventory, engine, posture, findings, replicas },
    ...{ chain, ledger, db },
  });
  const { host } = clusterParts;

  const { exceptions, book } = createExceptions({
    db,
    clock,
    log,
    inventory,
    registry,
    engine,
    controls: posture.controls,
    cluster,
    frameworks: framework,
    apply: (set) => chain.except(set),
    ledger: ledger.append,
    tell: (notices) => void router.receive(notices),
  });
  exceptions.load(loadExceptions(config));

  const operatorRole = new OperatorRole({
    ...{ config, choice, db, clock, log, registry, inventory, source, engine, chain, changed },
    ...{ ledger: ledger.append, controls: posture.controls, frameworks: framework },
    isLeader: () => replicas.leadership.isLeader(),
  });

  const images = createImagesRole({
    ...{ config, choice, dataFolder, db, clock, log, registry, inventory, operator: operatorRole },
    ...{ store, ledger: ledger.append },
    inputsChanged: (series, cause) => rules.inputsChanged(series, cause),
    judged: imageBook && { book: imageBook, judge: (causes, look) => chain.judgeImages(causes, look) },
  });

  const drills = createDrills({
    ...{ clock, registry, inventory, ledger, router, labels },
    changed: () => changed('drills'),
  });
  drillBox.runner = drills;

  const reload = new ReloadHistory(startedAtMs, shownDocuments(config, reloadable.prometheus));
  registry.collector(() => [
    one(
      'skopos_config_last_reload_successful',
      'gauge',
      'Whether the last reload of the configuration was accepted.',
      reload.ok ? 1 : 0,
    ),
    one(
      'skopos_ledger_dropped_total',
      'counter',
      'Ledger rows that were lost because the database could not keep up.',
      ledger.dropped,
    ),
  ]);

  const scrape = createOwnSeries({
    ...{
      clock,
      log,
      registry,
      store,
      inventory,
      source,
      chain,
      engine,
      native,
      kubescape,
      rules,
      controlNamed,
    },
    intervalMs: config.rules.evaluation_interval,
    turns: queries.turns,
    vulnerabilityRows: images.vulnerabilityRows,
    imageDataAtMs: images.dataAtMs,
  });

  /** The state of each part of the chain, for people. */
  const parts = (): PartJson[] =>
    chainParts({ source, rules, inventory, chain, reload, router, receiverWatch, clock, clusterParts });

  /** Runs until aborted, then closes everything in the order that loses nothing. */
  async function run(signal: AbortSignal, more: readonly Component[] = []): Promise<void> {
    try {
      await runAll(
        [
          ...[
            source,
            custom,
            exceptions,
            rules,
            router,
            scrape,
            store,
            state ?? [],
            push.components,
            remote.components,
          ].flat(),
          ...[...replicas.components, ...clusterParts.components, ...images.components],
          ...[
            dashboards,
            ...operatorRole.components,
            metrics.discovery,
            metrics.monitors,
            metrics.scrape,
            ...more,
          ],
        ],
        signal,
      );
    } finally {
      findings.flush();
      ledger.flush();
      store.close();
      db.close();
    }
  }

  return {
    cluster,
    choice,
    clock,
    config,
    dataFolder,
    externalURL,
    startedAtMs,
    log,
    registry,
    posture,
    custom,
    framework,
    inventory,
    source,
    engine,
    exceptions,
    exceptionBook: book,
    findings,
    ledger,
    native,
    kubescape,
    store,
    metrics,
    remote,
    state,
    push: push.source,
    pushed: push.reader,
    operator: operatorRole,
    host,
    images,
    dashboards,
    replicas,
    admission: clusterParts.admission,
    wanted,
    externalLabels: labels,
    /** The `prometheus.yml` of the start. */
    startedWith: reloadable.prometheus,
    queries,
    rules,
    loadRules,
    router,
    inbox,
    chain,
    drills,
    drillObject,
    reload,
    parts,
    run,
    onChanged(listener: (what: ChangedWhat) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Drills stay here: nobody outside is to be paged by one. */
function isOfDrill({ labels }: Alert): boolean {
  return (labels[drillLabel] ?? '') !== '';
}

/** A framework as series and scores read it. */
function scoredFramework({ name, controls }: Framework) {
  return { name, controlIds: controls, controls };
}

function urlHost(host: string): string {
  if (host === '::' || host === '0.0.0.0') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
