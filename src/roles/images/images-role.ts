import { join } from 'node:path';
import type { ImagesSource } from '../../api/skopos/images.ts';
import type { LoadedConfig } from '../../config/load-config.ts';
import { createHttpClient } from '../../http/client.ts';
import { DatabaseUpdater } from '../../images/database/updater.ts';
import { VulnerabilityDatabase } from '../../images/database/vulnerability-database.ts';
import { isScanOn } from '../../images/live/config.ts';
import { FindingStore } from '../../images/live/finding-store.ts';
import { LiveImages, type LiveImagesOptions } from '../../images/live/image-scans.ts';
import { ImageStore } from '../../images/live/image-store.ts';
import { databaseMatcher } from '../../images/live/matcher.ts';
import { Analyser } from '../../images/pipeline/analyser.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Component } from '../../kit/component.ts';
import { untilAborted } from '../../kit/until-aborted.ts';
import { LazyKubeClient } from '../../kube/lazy-client.ts';
import type { Logger } from '../../log/logger.ts';
import type { ImageScanner } from '../../operator/image-scanner.ts';
import type { Database } from '../../store/database.ts';
import type { Registry } from '../../telemetry/registry.ts';
import type { SourceChoice } from '../object-source.ts';
import { DataKeeper } from './data-keeper.ts';
import { imageMetrics } from './image-metrics.ts';
import { ImageUses } from './image-uses.ts';
import { imagesSource, noImages } from './images-source.ts';
import { operatorScanner } from './operator-scanner.ts';
import { podLogins } from './pull-secrets.ts';

export interface ImagesRoleDeps {
  readonly config: LoadedConfig;
  readonly choice: SourceChoice;
  readonly dataFolder: string;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
  readonly inventory: Inventory;
  /** Whose scans of images are done here from now on. */
  readonly operator: { useImageScanner(scanner: ImageScanner): void };
  /** How often the folder of vulnerability data is looked at; 30 s when left out. */
  readonly lookEveryMs?: number;
}

export interface ImagesRole {
  readonly components: readonly Component[];
  readonly source: ImagesSource;
}

/** How long changes of who runs what are gathered. */
const gatherMs = 500;
/** Upper bounds in seconds of how long scans take. */
const scanBuckets = [0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600];

/** The role `images`, wired but not yet running; without components where no images are to be scanned. */
export function createImagesRole(deps: ImagesRoleDeps): ImagesRole {
  const { config, choice, dataFolder, db, clock, log, registry, inventory, operator } = deps;
  const { images: settings } = config;
  if (!isScanOn(settings)) return { components: [], source: noImages };
  const database = VulnerabilityDatabase.open(
    settings.database.folder ?? join(dataFolder, 'vulnerability-db'),
    { maxAgeMs: settings.database.max_age, clock },
  );
  const analyser = new Analyser({ settings, dataDir: join(dataFolder, 'images'), clock, log });
  const images = new ImageStore({ db, clock, maxImages: settings.max_images });
  const findings = new FindingStore({ db, clock, maxFixedAgeMs: config.storage.history });
  const client =
    choice.kind === 'cluster' && settings.pull_secrets ? new LazyKubeClient(choice.access) : undefined;
  const live = new LiveImages({
    ...{ analyser, matcher: databaseMatcher(database), images, findings, clock, log },
    atOnce: settings.scan_at_once,
    maxImages: settings.max_images,
    ...(client === undefined ? {} : { credentialsOf: podLogins(client, log) }),
    ...instruments(registry),
  });
  database.onReplaced(() => {
    live.rematchAll().then(
      (count) => log.info({ images: count }, 'images were matched with new vulnerability data'),
      (error: unknown) => log.error({ err: messageOf(error) }, 'images could not be matched again'),
    );
  });
  const newSinceMs = () => clock.now() - config.posture.new_for;
  imageMetrics({ registry, live, findings, newSinceMs, trivy: settings.trivy_series });
  operator.useImageScanner(operatorScanner(live, analyser));
  const http = settings.database.update
    ? createHttpClient({ proxy_from_environment: true, follow_redirects: true } as never)
    : undefined;
  const updater =
    http === undefined
      ? undefined
      : new DatabaseUpdater({
          ...{ database, clock, client: http },
          url: settings.database.url,
          mirrors: settings.database.mirrors,
          checkEveryMs: settings.database.check_every,
        });
  const keeper = new DataKeeper({
    ...{ database, clock, log },
    ...(updater === undefined ? {} : { updater }),
    ...(deps.lookEveryMs === undefined ? {} : { everyMs: deps.lookEveryMs }),
  });
  const uses = new ImageUses({ inventory, from: choice.kind === 'folder' ? 'manifests' : 'pods' });
  return {
    components: [
      live,
      keeper,
      watching(inventory, uses, live, clock),
      closing(async () => {
        await Promise.all([analyser.close(), client?.close(), http?.close()]);
        database.close();
      }),
    ],
    source: imagesSource({ live, images, findings, database, newSinceMs }),
  };
}

function instruments(registry: Registry): Pick<LiveImagesOptions, 'onScanned' | 'onFindings'> {
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
    onScanned: ({ outcome, durationMs }) => seconds.observe(durationMs / 1000, { outcome }),
    onFindings(_repository, { new: fresh }) {
      for (const { severity, fixedIn } of fresh)
        found.inc({ severity: severity.toLowerCase(), fixable: String(fixedIn !== '') });
    },
  };
}

/** Tells who runs what, once all is read and whenever that changes. */
function watching(inventory: Inventory, uses: ImageUses, live: LiveImages, clock: Clock): Component {
  let cancel: (() => void) | undefined;
  const gather = (): void => {
    if (!inventory.ready) return;
    cancel ??= clock.timer(gatherMs, () => {
      cancel = undefined;
      // Where pods may not be read, nobody knows that none runs.
      if (!inventory.unreadable().some(({ kind }) => kind === 'Pod')) live.use(uses.all());
    });
  };
  // Before anything is read, so that nothing is missed.
  inventory.subscribe((changes) => {
    if (uses.see(changes)) gather();
  });
  return {
    name: 'images in use',
    async run(signal) {
      const leave = [inventory.onReady(gather), inventory.subscribeUnreadable(gather)];
      await untilAborted(signal);
      for (const one of leave) one();
      cancel?.();
      cancel = undefined;
    },
  };
}

function closing(close: () => Promise<void>): Component {
  return {
    name: 'images end',
    async run(signal) {
      await untilAborted(signal);
      await close();
    },
  };
}
