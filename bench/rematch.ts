/**
 * Matching all known images again after the vulnerability data has changed, without pulling any: a synthetic database in the
 * format that Grype publishes, with EPSS of all its vulnerabilities, 200 images of 300 packages. All is matched once, as before
 * the change, then again with data that has just been opened, of which nothing is remembered. At last the same as the role does
 * it: from what is kept of the images to what is kept of their findings. Flags: `--rows N` (affected rows of the database), `--images N`.
 */
import { createReadStream, createWriteStream, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DatabaseWriter, type WrittenSystem } from '../src/images/database/database-writer.ts';
import { hydrate } from '../src/images/database/hydrate.ts';
import { VulnerabilityDatabase } from '../src/images/database/vulnerability-database.ts';
import { matchSbom } from '../src/images/match/match-sbom.ts';
import type { ImageSbom } from '../src/model/image-sbom.ts';
import type { Package, PackageType } from '../src/model/package.ts';
import { load, numberFlag, rounded } from './support/figures.ts';
import { rematchLive } from './support/rematch-live.ts';
import { inFolder } from './support/temp.ts';

type Line = Readonly<Record<string, string | number>> & { readonly bench: 'rematch'; readonly case: string };

const perImage = 300;
/** Of each image, this many belong to its distribution. */
const ofDistribution = 200;
const advisoriesPerName = 15;

interface Source {
  readonly type: PackageType;
  readonly scheme: string;
  readonly system?: WrittenSystem;
}

const debian = (majorVersion: string): Source => ({
  type: 'deb',
  scheme: 'dpkg',
  system: { name: 'debian', majorVersion },
});
const sources: readonly Source[] = [
  debian('11'),
  debian('12'),
  { type: 'deb', scheme: 'dpkg', system: { name: 'ubuntu', majorVersion: '22', minorVersion: '4' } },
  { type: 'rpm', scheme: 'rpm', system: { name: 'rhel', majorVersion: '8' } },
  { type: 'rpm', scheme: 'rpm', system: { name: 'rhel', majorVersion: '9' } },
  { type: 'npm', scheme: 'semver' },
  { type: 'python', scheme: 'python' },
  { type: 'go-module', scheme: 'go' },
];

export async function* run(flags: readonly string[] = []): AsyncGenerator<Line> {
  const rows = numberFlag(flags, 'rows', 500_000);
  const images = numberFlag(flags, 'images', 200);
  yield* inFolder(async function* inside(folder): AsyncGenerator<Line> {
    const published = join(folder, 'published.db');
    const names = Math.ceil(rows / sources.length / advisoriesPerName);
    const writeMs = timed(() => writeDatabase(published, names)).ms;
    const db = join(folder, 'db');
    mkdirSync(db);
    await pipeline(createReadStream(published), createWriteStream(join(db, 'vulnerability.db')));
    const indexed = timed(() => hydrate(join(db, 'vulnerability.db')));
    yield {
      bench: 'rematch',
      case: 'arrival',
      rows: names * sources.length * advisoriesPerName,
      write_s: rounded(writeMs / 1000),
      size_mib: Math.round(statSync(published).size / 1024 ** 2),
      index_s: rounded(indexed.ms / 1000),
    };
    const shared = Array.from({ length: images }, (_, i) => imageOf(i, names, Math.floor(i / 10)));
    const apart = Array.from({ length: images }, (_, i) => imageOf(i, names, undefined));
    yield rematch('of one base to ten', db, shared);
    yield rematch('that share no package version', db, apart);
    yield { bench: 'rematch', ...(await rematchLive(folder, db, shared)) };
  });
}

function rematch(what: string, folder: string, images: readonly ImageSbom[]): Line {
  const before = VulnerabilityDatabase.open(folder);
  const first = timed(() => matchAll(images, before));
  before.close();
  global.gc?.();
  const residentBefore = process.memoryUsage.rss();
  const cpu = process.cpuUsage();
  const database = VulnerabilityDatabase.open(folder);
  const next = timed(() => matchAll(images, database));
  const used = process.cpuUsage(cpu);
  const again = timed(() => matchAll(images, database));
  const line: Line = {
    bench: 'rematch',
    case: `${images.length} images ${what}`,
    packages: images.length * perImage,
    matches: next.result,
    first_ms: rounded(first.ms),
    total_ms: rounded(next.ms),
    cpu_ms: Math.round((used.user + used.system) / 1000),
    per_image_ms: rounded(next.ms / images.length),
    unchanged_ms: rounded(again.ms),
    rss_mib: Math.round(process.memoryUsage.rss() / 1024 ** 2),
    rss_more_mib: Math.round((process.memoryUsage.rss() - residentBefore) / 1024 ** 2),
    load: load(),
  };
  database.close();
  return line;
}

function matchAll(images: readonly ImageSbom[], database: VulnerabilityDatabase): number {
  let count = 0;
  for (const image of images) count += matchSbom(image, database).matches.length;
  return count;
}

function writeDatabase(path: string, names: number): void {
  const writer = new DatabaseWriter(path, { builtAt: new Date().toISOString() });
  writer.addProvider('bench', new Date().toISOString());
  sources.forEach(({ type, scheme, system }, s) => {
    for (let name = 0; name < names; name++)
      for (let n = 0; n < advisoriesPerName; n++) {
        const fixed = versionOf(n * 3);
        const id = `CVE-20${10 + n}-${s}${String(name).padStart(6, '0')}`;
        writer.addExploitPrediction(id, ((name + n) % 100) / 100, 0.5);
        writer.add({
          id,
          provider: 'bench',
          severities: [['low', 'medium', 'high', 'critical'][n % 4] ?? 'low'],
          description: `Vulnerability ${n} of package ${name}, told in as many words as such texts usually have.`,
          packages: [
            {
              ecosystem: type,
              name: `package-${name}`,
              ...(system === undefined ? {} : { system }),
              ranges: [
                {
                  version: { type: scheme, constraint: `< ${fixed}` },
                  fix: { version: fixed, state: 'fixed' },
                },
              ],
            },
          ],
        });
      }
  });
  writer.finish();
}

function versionOf(n: number): string {
  return `1.${Math.floor(n / 10)}.${n % 10}`;
}

/** @param base images of the same base have its packages in the same versions; undefined for an image like no other */
function imageOf(index: number, names: number, base: number | undefined): ImageSbom {
  const systems = sources.filter(({ system }) => system !== undefined);
  const languages = sources.filter(({ system }) => system === undefined);
  const own = systems[(base ?? index) % systems.length];
  const packages = Array.from({ length: perImage }, (_, i): Package => {
    const isOwn = i < ofDistribution;
    const source = isOwn ? own : languages[i % languages.length];
    const seed = isOwn ? (base ?? index) : index;
    const version = base === undefined ? `1.4.${index * perImage + i}` : versionOf(35 + ((seed + i) % 10));
    const name = `package-${(seed * 7919 + i * 104_729) % names}`;
    return {
      type: source?.type ?? 'npm',
      name,
      version,
      purl: `pkg:generic/${name}@${version}`,
      cpes: [],
      language: '',
      licenses: [],
      locations: [],
      upstreams: [],
      details: {},
      foundBy: 'bench',
    };
  });
  const { name = '', majorVersion = '', minorVersion = '' } = own?.system ?? {};
  return {
    digest: `sha256:${String(index).padStart(64, '0')}`,
    imageId: '',
    platform: 'linux/amd64',
    layers: [],
    sizeBytes: 0,
    builtAtMs: 0,
    catalogedAtMs: 0,
    analyser: 'bench',
    distribution: {
      id: name,
      version: [majorVersion, minorVersion].filter(Boolean).join('.'),
      codename: '',
      name,
      idLike: [],
      channels: [],
    },
    packages,
    partial: [],
  };
}

function timed<Result>(work: () => Result): { readonly ms: number; readonly result: Result } {
  const start = performance.now();
  const result = work();
  return { ms: performance.now() - start, result };
}
