import { join } from 'node:path';
import type { ImagesSource } from '../../api/skopos/images.ts';
import type { RegistriesSource } from '../../api/skopos/registries.ts';
import type { LoadedConfig } from '../../config/load-config.ts';
import type { VulnerabilityRow } from '../../findings/series/exporter.ts';
import { createHttpClient } from '../../http/client.ts';
import { DatabaseUpdater } from '../../images/database/updater.ts';
import { VulnerabilityDatabase } from '../../images/database/vulnerability-database.ts';
import { isScanOn } from '../../images/live/config.ts';
import { FindingStore } from '../../images/live/finding-store.ts';
import { FirstRound } from '../../images/live/first-round.ts';
import { LiveImages } from '../../images/live/image-scans.ts';
import { ImageStore } from '../../images/live/image-store.ts';
import type { LiveImagesOptions } from '../../images/live/live-options.ts';
import { databaseMatcher } from '../../images/live/matcher.ts';
import { RegistryStore } from '../../images/live/registry-store.ts';
import { Analyser } from '../../images/pipeline/analyser.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Component } from '../../kit/component.ts';
import { LazyKubeClient } from '../../kube/lazy-client.ts';
import type { Logger } from '../../log/logger.ts';
import type { Labels } from '../../model/labels.ts';
import type { Ledger } from '../../model/ledger.ts';
import type { ClusterSettings } from '../../operator/cluster-settings.ts';
import type { ImageScanner } from '../../operator/image-scanner.ts';
import type { Database } from '../../store/database.ts';
import type { Registry } from '../../telemetry/registry.ts';
import type { TimeSeriesStore } from '../../tsdb/store.ts';
import type { SourceChoice } from '../object-source.ts';
import { DataKeeper } from './data-keeper.ts';
import type { ImageBook } from './image-book.ts';
import { ImageChain } from './image-chain.ts';
import { ImageJudging, type JudgeImages } from './image-judging.ts';
import { imageMetrics } from './image-metrics.ts';
import { ImageRules, type RulePlaces } from './image-rules.ts';
import { ruleMetrics } from './image-rules-metrics.ts';
import { ImageUses } from './image-uses.ts';
import { closing, watching } from './images-components.ts';
import { imagesSource, noImages } from './images-source.ts';
import { operatorScanner } from './operator-scanner.ts';
import { podLogins } from './pull-secrets.ts';
import { noRegistries, registriesSource } from './registries-source.ts';
import { registryMetrics } from './registry-metrics.ts';
import { RegistryScans } from './registry-scans.ts';
import { RequestLogins } from './request-logins.ts';
import { boundsOf, whyHeld } from './scan-bounds.ts';

export interface ImagesRoleDeps {
  readonly config: LoadedConfig;
  readonly choice: SourceChoice;
  readonly dataFolder: string;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
  readonly inventory: Inventory;
  readonly ledger: Ledger;
  readonly store: Pick<TimeSeriesStore, 'append'>;
  /** `RuleManager.inputsChanged`. */
  readonly inputsChanged: (series: readonly Labels[], cause: string) => void;
  /** Whose scans of images are done here from now on, and what the cluster's settings say. */
  readonly operator: {
    readonly settings: ClusterSettings;
    readonly namespace: string;
    useImageScanner(scanner: ImageScanner): void;
  };
  /** What controls ask of images, and how they are asked again; left out where nothing is judged. */
  readonly judged?: { readonly book: ImageBook; readonly judge: JudgeImages } | undefined;
  /** How often the folder of vulnerability data and the rules are looked at; 30 s when left out. */
  readonly lookEveryMs?: number;
}

export interface ImagesRole {
  readonly components: readonly Component[];
  readonly source: ImagesSource;
  /** What registries were looked through for. */
  readonly registries: RegistriesSource;
  /** What Kubescape's exporter tells of images; none where nothing is known. */
  readonly vulnerabilityRows: () => readonly VulnerabilityRow[];
  /** Absent where no images are scanned. */
  readonly rules?: Pick<ImageRules, 'load'>;
  /** Logins that come with requests, by their jobs. */
  readonly logins: RequestLogins;
  /** Why images cannot be judged now; '' when they can. */
  readonly unreadyBecause: () => string;
  /** When the vulnerability data was made, Unix ms; 0 where there is none. */
  readonly dataAtMs: () => number;
}

/** Upper bounds in seconds of how long scans take. */
const scanBuckets = [0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600];

/** The role `images`, wired but not yet running; without components where no images are to be scanned. */
export function createImagesRole(deps: ImagesRoleDeps): ImagesRole {
  const { config, choice, dataFolder, db, clock, log, registry, inventory, operator } = deps;
  const { images: settings } = config;
  const logins = new RequestLogins();
  if (!isScanOn(settings)) return { ...noRole, logins };
  const database = VulnerabilityDatabase.open(
    settings.database.folder ?? join(dataFolder, 'vulnerability-db'),
    { maxAgeMs: settings.database.max_age, clock },
  );
  const analyser = new Analyser({ settings, dataDir: join(dataFolder, 'images'), clock, log });
  const registries = new RegistryStore({ db, clock, maxAgeMs: config.storage.history });
  const images = new ImageStore({
    ...{ db, clock, maxImages: settings.max_images },
    onResult: (summary) => registries.matched(summary),
  });
  const findings = new FindingStore({ db, clock, maxFixedAgeMs: config.storage.history });
  const newSinceMs = () => clock.now() - config.posture.new_for;
  const chain = new ImageChain({ ...deps, newSinceMs });
  const client = clientOf(deps);
  const rules = new ImageRules({
    ...{ places: rulePlaces(config), namespace: operator.namespace, clock, log },
    ...(client === undefined || settings.rule_config_maps.length === 0 ? {} : { client }),
    ...(deps.lookEveryMs === undefined ? {} : { everyMs: deps.lookEveryMs }),
    onChanged: ({ counts }) => rematch(chain.inputChanged('image-rules', 'changed', counts)),
  });
  const matcher = databaseMatcher(database, () => rules.rules);
  const live: LiveImages = new LiveImages({
    ...{ analyser, matcher, images, findings, clock, log },
    atOnce: settings.scan_at_once,
    maxImages: settings.max_images,
    bounds: () => boundsOf(settings, operator.settings),
    ...(client === undefined || !settings.pull_secrets ? {} : { credentialsOf: podLogins(client, log) }),
    ...told(registry, { chain, live: () => live, judging: () => judging }),
  });
  const heldBecause = () => whyHeld(settings, operator.settings);
  const judging =
    deps.judged === undefined
      ? undefined
      : new ImageJudging({
          ...{ ...deps.judged, inventory, live, clock, heldBecause },
          firstRound: new FirstRound(db, inventory.cluster),
        });
  function rematch(cause: string): void {
    live.rematchAll(cause).then(
      (count) => {
        judging?.look(cause);
        log.info({ images: count }, 'images were matched again');
      },
      (error: unknown) => log.error({ err: messageOf(error) }, 'images could not be matched again'),
    );
  }
  database.onReplaced(() => {
    const { state, builtAtMs } = database.status();
    const built = builtAtMs === 0 ? '' : new Date(builtAtMs).toISOString();
    rematch(chain.inputChanged('vulnerability-data', 'replaced', { state, built }));
  });
  const vulnerabilityRows = imageMetrics({
    ...{ registry, live, findings, newSinceMs },
    trivy: settings.trivy_series,
    cveSeries: settings.cve_series,
  });
  ruleMetrics(registry, rules);
  registryMetrics(registry, registries);
  const scans = new RegistryScans({
    ...{ store: registries, images, clock, platforms: settings.registry_platforms },
  });
  operator.useImageScanner(operatorScanner({ live, analyser, logins, images, registries: scans }));
  const data = dataKeeper(deps, database);
  const uses = new ImageUses({ inventory, from: choice.kind === 'folder' ? 'manifests' : 'pods' });
  return {
    components: [
      live,
      data.keeper,
      rules,
      watching({ inventory, uses, live, clock, judging }),
      closing(async () => {
        await Promise.all([analyser.close(), client?.close(), data.close()]);
        database.close();
      }),
    ],
    source: imagesSource({
      ...{ live, images, findings, registries, database, matcher, clock, newSinceMs },
      heldBecause,
    }),
    registries: registriesSource(registries, live),
    ...{ vulnerabilityRows, rules, logins },
    unreadyBecause: () => whyUnready(database),
    dataAtMs: () => database.status().builtAtMs,
  };
}

const noRole: Omit<ImagesRole, 'logins'> = {
  components: [],
  source: noImages,
  registries: noRegistries,
  vulnerabilityRows: () => [],
  unreadyBecause: () => 'images are not scanned here: see images.scan',
  dataAtMs: () => 0,
};

function whyUnready(database: VulnerabilityDatabase): string {
  const { state, problem } = database.status();
  if (state === 'missing') return 'there is no vulnerability data yet';
  return state === 'broken' ? `the vulnerability data cannot be read: ${problem ?? ''}` : '';
}

/** Where a configuration says what does not count. */
export function rulePlaces({ images }: Pick<LoadedConfig, 'images'>): RulePlaces {
  return {
    ignoreFiles: images.ignore_files,
    vexFiles: images.vex_files,
    configMaps: images.rule_config_maps,
  };
}

function clientOf({ config, choice }: ImagesRoleDeps): LazyKubeClient | undefined {
  const { pull_secrets: readsSecrets, rule_config_maps: maps } = config.images;
  const isNeeded = choice.kind === 'cluster' && (readsSecrets || maps.length > 0);
  return isNeeded ? new LazyKubeClient(choice.access) : undefined;
}

function dataKeeper(
  { config, clock, log, lookEveryMs }: ImagesRoleDeps,
  database: VulnerabilityDatabase,
): { readonly keeper: DataKeeper; readonly close: () => Promise<void> } {
  const { update, url, mirrors, check_every: checkEveryMs } = config.images.database;
  const client = update ? createHttpClient({ proxy_from_environment: true }) : undefined;
  const updater =
    client === undefined
      ? {}
      : { updater: new DatabaseUpdater({ database, clock, client, url, mirrors, checkEveryMs }) };
  const every = lookEveryMs === undefined ? {} : { everyMs: lookEveryMs };
  return {
    keeper: new DataKeeper({ database, clock, log, ...updater, ...every }),
    close: async () => await client?.close(),
  };
}

/** Counts what scans bring, and tells the chain of it and who judges by it. */
function told(
  registry: Registry,
  {
    chain,
    live,
    judging,
  }: {
    readonly chain: ImageChain;
    readonly live: () => LiveImages;
    readonly judging: () => ImageJudging | undefined;
  },
): Pick<LiveImagesOptions, 'onScanned' | 'onFindings'> {
  const seconds = registry.histogram(
    'skopos_image_scan_seconds',
    'How long scans of images took, by whether the image had to be read.',
    scanBuckets,
  );
  const found = registry.counter(
    'skopos_image_findings_new_total',
    'Vulnerabilities that were new in an image in use.',
  );
  return {
    onScanned(report) {
      seconds.observe(report.durationMs / 1000, { outcome: report.outcome });
      chain.scanned(report);
      judging()?.scanned(report.named, report.cause);
    },
    onFindings(repository, changes, cause) {
      for (const { severity, fixedIn } of changes.new)
        found.inc({ severity: severity.toLowerCase(), fixable: String(fixedIn !== '') });
      chain.found(repository, changes, cause, live());
    },
  };
}
