import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import {
  builtAt,
  builtAtMs,
  databaseOf,
  debianPackage,
  distributionOf,
  packageOf,
  rangeOf,
  sbomOf,
} from '../../../test/support/vulnerability-data.ts';
import { VirtualClock } from '../../kit/clock.ts';
import { silentLogger } from '../../log/logger.ts';
import type { ImageSbom } from '../../model/image-sbom.ts';
import { openDatabase } from '../../store/open.ts';
import { DatabaseWriter } from '../database/database-writer.ts';
import type { VulnerabilityDatabase } from '../database/vulnerability-database.ts';
import type { OpenedImage } from '../sources/image-source.ts';
import { FindingStore } from './finding-store.ts';
import { stateOf } from './image-entries.ts';
import { LiveImages, type LiveImagesOptions } from './image-scans.ts';
import { ImageStore } from './image-store.ts';
import { type ImageUse, statusOf } from './live-image.ts';
import { databaseMatcher, type MatchRules, noRules } from './matcher.ts';

const digestOf = (name: string) => `sha256:${Buffer.from(name).toString('hex').padEnd(64, '0')}`;

/** Images by reference: the versions of openssl in Debian 12 that they have, or why they cannot be had. */
type Shelf = Record<string, string | Error>;

/** Stands where registries are, and tells what it was asked for. */
function shelfAnalyser(shelf: Shelf) {
  const asked: string[] = [];
  const entry = (reference: string): string => {
    const found = shelf[reference];
    if (found === undefined) throw new Error(`${reference} is not there`);
    if (found instanceof Error) throw found;
    return found;
  };
  return {
    asked,
    version: 'shelf 1',
    async open(reference: string): Promise<OpenedImage> {
      asked.push(`open ${reference}`);
      const version = entry(reference);
      return {
        ...{ reference, digest: digestOf(version), imageId: '', platform: 'linux/amd64', builtAtMs: 0 },
        ...{ layers: [], repoDigests: [] },
        // biome-ignore lint/correctness/useYield: images of this shelf have no layers
        async *openLayer() {
          throw new Error('no layers');
        },
      };
    },
    async analyse(image: string | OpenedImage): Promise<ImageSbom> {
      const reference = typeof image === 'string' ? image : image.reference;
      asked.push(`read ${reference}`);
      const version = entry(reference);
      const openssl = packageOf({ type: 'deb', name: 'openssl', version });
      return {
        ...sbomOf(distributionOf('debian', '12'), [openssl]),
        digest: digestOf(version),
        analyser: 'shelf 1',
      };
    },
  };
}

function addCve(writer: DatabaseWriter, id: string): void {
  writer.add({
    id,
    provider: 'debian',
    severities: ['critical'],
    packages: [debianPackage('openssl', [rangeOf('dpkg', '< 3.0.2', '3.0.2')])],
  });
}

/** Puts data with one more vulnerability in the place of what there is. */
function replace(database: VulnerabilityDatabase, ...ids: readonly string[]): void {
  const writer = new DatabaseWriter(join(database.folder, 'vulnerability.db'), { builtAt, isIndexed: true });
  writer.addProvider('debian', builtAt);
  for (const id of ids) addCve(writer, id);
  writer.finish();
  database.reload();
}

const use = (image: string, more: Partial<ImageUse> = {}): ImageUse => ({
  ...{ reference: `r.test/${image}`, image, platform: 'linux/amd64' },
  repository: `r.test/${image.split(/[@:]/)[0]}`,
  workload: { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'cart' },
  container: 'main',
  ...more,
});

const pinned = (version: string) => `cart@${digestOf(version)}`;

function start(shelf: Shelf, db = openDatabase(':memory:'), more: Partial<LiveImagesOptions> = {}) {
  const clock = new VirtualClock(builtAtMs + 86_400_000);
  const database = databaseOf((writer) => addCve(writer, 'CVE-1'));
  const analyser = shelfAnalyser(shelf);
  const images = new ImageStore({ db, clock });
  const findings = new FindingStore({ db, clock });
  const told: string[] = [];
  const rules: { now: MatchRules } = { now: noRules };
  const live = new LiveImages({
    ...{ analyser, images, findings, clock, log: silentLogger },
    matcher: databaseMatcher(database, () => rules.now),
    onFindings: (repository, { new: fresh, fixed, ignored, returned }) => {
      for (const { vulnerability } of ignored) told.push(`ignored ${vulnerability} in ${repository}`);
      for (const { vulnerability } of returned) told.push(`returned ${vulnerability} in ${repository}`);
      for (const { vulnerability } of fresh) told.push(`new ${vulnerability} in ${repository}`);
      for (const { vulnerability } of fixed) told.push(`fixed ${vulnerability} in ${repository}`);
    },
    ...more,
  });
  const stop = new AbortController();
  const run = live.run(stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    await run;
  };
  onTestFinished(end);
  const states = () => [...live.entries()].map((entry) => stateOf(entry));
  return { clock, database, analyser, images, findings, live, told, states, end, db, rules };
}

it('reads an image when it first appears, once for all that run it', async () => {
  const { live, clock, analyser, states, images } = start({ 'r.test/cart:1': '3.0.1' });
  live.use([use('cart:1'), use('cart:1', { container: 'side' })]);
  expect(states()).toEqual(['scanning']);
  await clock.advance(0);
  expect(states()).toEqual(['complete']);
  expect(analyser.asked).toEqual(['open r.test/cart:1', 'read r.test/cart:1']);
  expect(images.summary(digestOf('3.0.1'))?.tallies).toEqual([
    { severity: 'Critical', fixable: true, knownExploited: false, count: 1 },
  ]);
});

it('reads two tags of one digest once', async () => {
  const { live, clock, analyser } = start({ 'r.test/cart:1': '3.0.1', 'r.test/cart:latest': '3.0.1' });
  live.use([use('cart:1'), use('cart:latest')]);
  await clock.advance(0);
  expect(analyser.asked.filter((one) => one.startsWith('read'))).toHaveLength(1);
});

it('takes what is there at first as no news, and tells what comes later', async () => {
  const { live, clock, told, findings } = start({ 'r.test/cart:1': '3.0.1', 'r.test/web:1': '3.0.1' });
  live.use([use('cart:1')]);
  await clock.advance(0);
  expect(told).toEqual([]);
  live.use([use('cart:1'), use('web:1')]);
  await clock.advance(0);
  expect(told).toEqual(['new CVE-1 in r.test/web']);
  expect(findings.countNewSince(0)).toBe(findings.newSince(0, 10).length);
  expect(findings.newSince(0, 10)).toMatchObject([
    { vulnerability: 'CVE-1', packageName: 'openssl', installed: '3.0.1', fixedIn: '3.0.2' },
  ]);
});

it('tells a vulnerability that new data brings, without asking a registry', async () => {
  const { live, clock, told, database, analyser } = start({ 'r.test/cart:1': '3.0.1' });
  live.use([use('cart:1')]);
  await clock.advance(0);
  analyser.asked.length = 0;
  replace(database, 'CVE-1', 'CVE-2');
  expect(await live.rematchAll()).toBe(1);
  expect(told).toEqual(['new CVE-2 in r.test/cart']);
  expect(analyser.asked).toEqual([]);
});

it('keeps what is known when the data goes away, and says nothing is fixed', async () => {
  const { live, clock, told, database, states } = start({ 'r.test/cart:1': '3.0.1' });
  live.use([use('cart:1')]);
  await clock.advance(0);
  database.close();
  await live.rematchAll();
  expect(told).toEqual([]);
  expect(states()).toEqual(['complete']);
});

it('knows a finding across digests, until no image in use has it', async () => {
  const { live, clock, told, findings } = start({
    [`r.test/${pinned('3.0.0')}`]: '3.0.0',
    [`r.test/${pinned('3.0.1')}`]: '3.0.1',
    [`r.test/${pinned('3.0.2')}`]: '3.0.2',
  });
  live.use([use(pinned('3.0.0'))]);
  await clock.advance(1000);
  const [before] = findings.of('r.test/cart');
  live.use([use(pinned('3.0.1'))]);
  await clock.advance(1000);
  expect(findings.of('r.test/cart')).toEqual([{ ...before, installed: '3.0.1' }]);
  live.use([use(pinned('3.0.1')), use(pinned('3.0.2'))]);
  await clock.advance(1000);
  expect(told).toEqual([]);
  live.use([use(pinned('3.0.2'))]);
  expect(told).toEqual(['fixed CVE-1 in r.test/cart']);
  expect(findings.of('r.test/cart').map((one) => statusOf(one, 0))).toEqual(['fixed']);
});

it('says nothing is fixed while the new image is unknown, says why, and tries again later', async () => {
  const shelf: Shelf = { [`r.test/${pinned('3.0.1')}`]: '3.0.1' };
  const next = `r.test/${pinned('3.0.2')}`;
  shelf[next] = new Error('registry says no');
  const { live, clock, told, states, analyser } = start(shelf);
  live.use([use(pinned('3.0.1'))]);
  await clock.advance(0);
  live.use([use(pinned('3.0.2'))]);
  await clock.advance(0);
  expect(states()).toEqual(['unknown']);
  expect([...live.entries()]).toMatchObject([{ problem: 'registry says no', failures: 1 }]);
  expect(told).toEqual([]);
  const asked = analyser.asked.length;
  await clock.advance(14_000);
  expect(analyser.asked).toHaveLength(asked);
  shelf[next] = '3.0.2';
  await clock.advance(16_000);
  expect(states()).toEqual(['complete']);
  expect(told).toEqual(['fixed CVE-1 in r.test/cart']);
});

it('pulls nothing after a restart, and matches anew what is of other data', async () => {
  const shelf: Shelf = { [`r.test/${pinned('3.0.1')}`]: '3.0.1' };
  const first = start(shelf);
  first.live.use([use(pinned('3.0.1'))]);
  await first.clock.advance(0);
  await first.end();
  const second = start(shelf, first.db);
  replace(second.database, 'CVE-1', 'CVE-3');
  second.live.use([use(pinned('3.0.1'))]);
  await second.clock.advance(0);
  expect(second.analyser.asked).toEqual([]);
  expect(second.told).toEqual(['new CVE-3 in r.test/cart']);
});

it('scans no more images at once than it may', async () => {
  const names = ['a:1', 'b:1', 'c:1', 'd:1'];
  const { live, clock, states } = start(
    Object.fromEntries(names.map((name, i) => [`r.test/${name}`, `3.0.${i}`])),
    undefined,
    { atOnce: 1 },
  );
  live.use(names.map((name) => use(name)));
  expect(states()).toEqual(['scanning', 'waiting', 'waiting', 'waiting']);
  await clock.advance(0);
  await clock.advance(0);
  expect(states()).toEqual(['complete', 'complete', 'complete', 'complete']);
});

it('drops the images that were not in use for the longest time', async () => {
  const clock = new VirtualClock(1);
  const images = new ImageStore({ db: openDatabase(':memory:'), clock, maxImages: 2 });
  const sbom = sbomOf(undefined, []);
  for (const name of ['a', 'b']) images.keepSbom({ ...sbom, digest: digestOf(name) });
  await clock.advance(1);
  images.touch([digestOf('a')]);
  await clock.advance(1);
  images.keepSbom({ ...sbom, digest: digestOf('c') });
  expect(images.digests()).toEqual([digestOf('c'), digestOf('a')]);
  expect(images.sbom(digestOf('b'))).toBeUndefined();
});

/** Says that a vulnerability does not count. */
function ignoring(vulnerability: string): MatchRules {
  const rule = { vulnerability, reason: 'not reachable', source: 'rules.yaml' };
  return { version: vulnerability, ignore: [rule], statements: [] };
}

it('tells what is ignored from what is fixed, by whom and why, and takes it back as old as it was', async () => {
  const { live, clock, told, findings, images, rules } = start({ 'r.test/cart:1': '3.0.1' });
  live.use([use('cart:1')]);
  await clock.advance(1000);
  const [before] = findings.of('r.test/cart');
  await clock.advance(1000);
  rules.now = ignoring('CVE-1');
  await live.rematchAll();
  expect(told).toEqual(['ignored CVE-1 in r.test/cart']);
  const ignored = { by: 'ignore rule of rules.yaml', reason: 'not reachable', atMs: clock.now() };
  expect(findings.of('r.test/cart')).toEqual([{ ...before, ignored }]);
  expect(images.summary(digestOf('3.0.1'))).toMatchObject({ tallies: [], ignored: 1 });
  expect(findings.news(0)).toMatchObject([{ kind: 'ignored' }]);
  rules.now = noRules;
  await live.rematchAll();
  expect(told.slice(1)).toEqual(['returned CVE-1 in r.test/cart']);
  expect(findings.of('r.test/cart')).toEqual([before]);
});

it('takes what never counted for new once it does', async () => {
  const { live, clock, told, rules, database, findings } = start({ 'r.test/cart:1': '3.0.1' });
  live.use([use('cart:1')]);
  await clock.advance(0);
  rules.now = ignoring('CVE-2');
  replace(database, 'CVE-1', 'CVE-2');
  await live.rematchAll();
  expect(told).toEqual([]);
  expect(findings.named('CVE-2', 10)).toMatchObject([{ ignored: { reason: 'not reachable' } }]);
  await clock.advance(1000);
  rules.now = noRules;
  await live.rematchAll();
  expect(told).toEqual(['new CVE-2 in r.test/cart']);
});

it('says that what was ignored is fixed once no image has it', async () => {
  const { live, clock, told, rules } = start({
    [`r.test/${pinned('3.0.1')}`]: '3.0.1',
    [`r.test/${pinned('3.0.2')}`]: '3.0.2',
  });
  live.use([use(pinned('3.0.1'))]);
  await clock.advance(0);
  rules.now = ignoring('CVE-1');
  await live.rematchAll();
  live.use([use(pinned('3.0.2'))]);
  await clock.advance(0);
  expect(told).toEqual(['ignored CVE-1 in r.test/cart', 'fixed CVE-1 in r.test/cart']);
});

it('says nothing of what never counted when it is gone', async () => {
  const { live, clock, told, rules, findings } = start({
    [`r.test/${pinned('3.0.1')}`]: '3.0.1',
    [`r.test/${pinned('3.0.2')}`]: '3.0.2',
  });
  rules.now = ignoring('CVE-1');
  live.use([use(pinned('3.0.1'))]);
  await clock.advance(1000);
  expect(findings.news(0)).toEqual([]);
  live.use([use(pinned('3.0.2'))]);
  await clock.advance(1000);
  expect(told).toEqual([]);
  expect(findings.of('r.test/cart').map((one) => statusOf(one, 0))).toEqual(['fixed']);
  expect(findings.news(0)).toEqual([]);
});

it('does not look at new images while the cluster says so, but does when somebody asks', async () => {
  const { live, clock, states } = start({ 'r.test/cart:1': '3.0.1' }, undefined, {
    bounds: () => ({ scansNew: false }),
  });
  live.use([use('cart:1')]);
  await clock.advance(60_000);
  expect(states()).toEqual(['waiting']);
  const [entry] = live.entries();
  if (entry === undefined) throw new Error('there is no image');
  await live.scanEntry(entry, new AbortController().signal);
  expect(states()).toEqual(['complete']);
});

it('gives up an image that takes longer than it may, and says so', async () => {
  const shelf = shelfAnalyser({ 'r.test/cart:1': '3.0.1' });
  const { live, clock, states } = start({}, undefined, {
    analyser: { ...shelf, analyse: (_image, { signal }) => untilAborted(signal) },
    bounds: () => ({ timeoutMs: 5000 }),
  });
  live.use([use('cart:1')]);
  await clock.advance(0);
  await clock.advance(4000);
  expect(states()).toEqual(['scanning']);
  await clock.advance(1000);
  await vi.waitFor(() => expect(states()).toEqual(['unknown']));
  expect([...live.entries()][0]?.problem).toContain('scanTimeout');
});

it('does not read an image that is larger than it may be', async () => {
  const shelf = shelfAnalyser({ 'r.test/cart:1': '3.0.1' });
  const layer = { mediaType: '', digest: '', sizeBytes: 1001, diffId: '' };
  const { live, clock, states } = start({}, undefined, {
    analyser: {
      ...shelf,
      open: async (reference) => ({ ...(await shelf.open(reference)), layers: [layer] }),
    },
    bounds: () => ({ maxImageBytes: 1000 }),
  });
  live.use([use('cart:1')]);
  await clock.advance(0);
  expect(states()).toEqual(['unknown']);
  expect([...live.entries()][0]?.problem).toContain('maxImageSize');
  expect(shelf.asked).toEqual(['open r.test/cart:1']);
});

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}
