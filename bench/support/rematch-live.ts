import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DatabaseWriter } from '../../src/images/database/database-writer.ts';
import { VulnerabilityDatabase } from '../../src/images/database/vulnerability-database.ts';
import { FindingStore } from '../../src/images/live/finding-store.ts';
import { LiveImages } from '../../src/images/live/image-scans.ts';
import { ImageStore } from '../../src/images/live/image-store.ts';
import { databaseMatcher } from '../../src/images/live/matcher.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { silentLogger } from '../../src/log/logger.ts';
import type { ImageSbom } from '../../src/model/image-sbom.ts';
import { openDatabase } from '../../src/store/open.ts';
import { type DataFiles, dataFolder } from './data-folder.ts';
import { load, rounded } from './figures.ts';

/** Nothing is read: all images are known. */
const analyser = {
  version: 'bench',
  open: (): never => {
    throw new Error('an image was asked for that is known');
  },
  analyse: (): never => {
    throw new Error('an image was asked for that is known');
  },
};

/**
 * The data's successor takes its place, with one more advisory of one's own, that concerns one package of every tenth image, and all
 * images are matched again as the role does it, with their findings compared and kept on disk.
 */
export async function rematchLive(files: DataFiles, images: readonly ImageSbom[]) {
  const { folder, replace } = dataFolder(files);
  putAdvisories(folder, images, 1);
  const db = openDatabase(join(folder, 'live.db'));
  const database = VulnerabilityDatabase.open(folder);
  const store = new ImageStore({ db, clock: systemClock });
  let found = 0;
  const live = new LiveImages({
    ...{ analyser, images: store, clock: systemClock, log: silentLogger },
    findings: new FindingStore({ db, clock: systemClock }),
    matcher: databaseMatcher(database),
    onFindings: (_repository, { new: fresh }) => {
      found += fresh.length;
    },
  });
  const stop = new AbortController();
  const running = live.run(stop.signal);
  live.use(images.map((sbom, i) => useOf(store, sbom, i)));
  while ([...live.entries()].some(({ phase }) => phase !== 'done'))
    await new Promise((resolve) => setTimeout(resolve, 20));
  replace();
  putAdvisories(folder, images, 2);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const cpu = process.cpuUsage();
  const started = performance.now();
  database.reload();
  const count = await live.rematchAll();
  const ms = performance.now() - started;
  const used = process.cpuUsage(cpu);
  delay.disable();
  stop.abort();
  await running;
  database.close();
  db.close();
  return {
    case: `${count} images, from what is kept to findings`,
    new_findings: found,
    total_ms: rounded(ms),
    cpu_ms: Math.round((used.user + used.system) / 1000),
    longest_hold_ms: rounded(delay.max / 1e6),
    rss_mib: Math.round(process.memoryUsage.rss() / 1024 ** 2),
    load: load(),
  };
}

function useOf(store: ImageStore, sbom: ImageSbom, i: number) {
  const { digest, platform } = sbom;
  const named = { reference: `r.test/app-${i}@${digest}`, platform, repository: `r.test/app-${i}` };
  store.keepSbom(sbom);
  store.name(named, digest);
  const workload = { group: 'apps', kind: 'Deployment', namespace: 'bench', name: `app-${i}` };
  return { ...named, image: named.reference, workload, container: 'main' };
}

/** Advisories of one's own, about the first packages of one image's base; the first of them concerns no version that there is. */
function putAdvisories(data: string, [first]: readonly ImageSbom[], count: number): void {
  const distribution = first?.distribution;
  if (first === undefined || distribution === undefined) throw new Error('there is no image');
  const [majorVersion = '', minorVersion] = distribution.version.split('.');
  const system = {
    ...{ name: distribution.name, majorVersion },
    ...(minorVersion === undefined ? {} : { minorVersion }),
  };
  const folder = join(data, 'advisories');
  mkdirSync(folder, { recursive: true });
  const writer = new DatabaseWriter(join(folder, 'bench.db'), {
    builtAt: new Date().toISOString(),
    isIndexed: true,
  });
  writer.addProvider('bench', new Date().toISOString());
  first.packages.slice(0, count).forEach(({ type, name }, i) => {
    const fixed = i === 0 ? '0' : '99';
    writer.add({
      id: `CVE-2099-${1000 + i}`,
      provider: 'bench',
      severities: ['critical'],
      packages: [
        {
          ...{ ecosystem: type, name, system },
          ranges: [
            { version: { type: 'dpkg', constraint: `< ${fixed}` }, fix: { version: fixed, state: 'fixed' } },
          ],
        },
      ],
    });
  });
  writer.finish();
}
