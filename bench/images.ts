/**
 * Images to packages: a base of Debian's packages and an application of npm's, packed as images are, read from an OCI layout on
 * disk, by a thread that starts for it (cold) and by one that is there (warm), beside the least that there is to do; then fifty images
 * on one base. At last all known images are matched again, see `rematch.ts`. Flags: `--megabytes N` (of the base, compressed),
 * `--turns N`, and those of `rematch`.
 */

import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { defaultAnalysisSettings } from '../src/images/config.ts';
import { Analyser } from '../src/images/pipeline/analyser.ts';
import { silentLogger } from '../src/log/logger.ts';
import { image, type MadeImage, writeLayout } from '../test/support/oci-image.ts';
import type { TarFile } from '../test/support/tar.ts';
import { random } from './cluster.ts';
import { run as rematch } from './rematch.ts';
import { type Line, load, numberFlag, rounded } from './support/figures.ts';

const imagesOnOneBase = 50;
const debPackages = 300;
const npmPackages = 200;

export async function* run(flags: readonly string[] = []): AsyncGenerator<Line> {
  const megabytes = numberFlag(flags, 'megabytes', 100);
  const turns = numberFlag(flags, 'turns', 3);
  const folder = mkdtempSync(join(tmpdir(), 'skopos-bench-images-'));
  try {
    yield* measured(folder, megabytes, turns);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  yield* rematch(flags);
}

async function* measured(folder: string, megabytes: number, turns: number): AsyncGenerator<Line> {
  const layout = join(folder, 'oci');
  const { sizeMb, unpackedMb } = writeImages(layout, megabytes);
  const line = (name: string, figures: Readonly<Record<string, number>>): Line => ({
    bench: 'images',
    case: name,
    ...figures,
    load: load(),
  });
  // What was made here is gone, and what every image needs is there, before anything is looked at.
  const made = analyserWith(undefined);
  await measuredOnce(() => analyse(made, layout, 'small'));
  await made.close();
  await settle();
  for (let turn = 1; turn <= turns; turn++) {
    const least = await measuredOnce(() => unpackAlone(layout));
    yield line(`gunzip and SHA-256 alone, turn ${turn}`, perSize(least, sizeMb));
    await settle();
    const analyser = analyserWith(undefined);
    for (const name of ['cold', 'warm']) {
      const { result, ...figures } = await measuredOnce(() => analyse(analyser, layout, 'app-0'));
      yield line(`image to packages, ${name}, turn ${turn}`, {
        layers_mb: rounded(sizeMb),
        unpacked_mb: rounded(unpackedMb),
        packages: result.packages.length,
        ...perSize(figures, sizeMb),
        growth_mib: rounded(figures.growthMiB),
      });
      if (name === 'cold') await settle();
    }
    await analyser.close();
    await settle();
  }
  const dataDir = join(folder, 'data');
  const analyser = analyserWith(dataDir);
  const first = await measuredOnce(() => analyse(analyser, layout, 'app-0'));
  const others = await measuredOnce(async () => {
    for (let i = 1; i < imagesOnOneBase; i++) await analyse(analyser, layout, `app-${i}`);
  });
  await analyser.close();
  yield line('fifty images on one base', {
    first_ms: rounded(first.ms),
    others_ms: rounded(others.ms),
    ms_each: rounded(others.ms / (imagesOnOneBase - 1)),
    cpu_ms_each: rounded(others.cpuMs / (imagesOnOneBase - 1)),
  });
}

/** By the clock, in processor time of all threads, and by how much resident memory was more at most. */
async function measuredOnce<Result>(work: () => Promise<Result>) {
  const beforeMiB = residentMiB();
  let mostMiB = beforeMiB;
  const watch = setInterval(() => {
    mostMiB = Math.max(mostMiB, residentMiB());
  }, 10);
  const started = performance.now();
  const cpu = process.cpuUsage();
  const result = await work();
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(watch);
  mostMiB = Math.max(mostMiB, residentMiB());
  return { result, ms, cpuMs: (user + system) / 1000, growthMiB: mostMiB - beforeMiB };
}

function perSize({ ms, cpuMs }: { readonly ms: number; readonly cpuMs: number }, sizeMb: number) {
  return {
    ms: rounded(ms),
    cpu_ms: rounded(cpuMs),
    ms_per_100_mb: rounded((ms * 100) / sizeMb),
    cpu_ms_per_100_mb: rounded((cpuMs * 100) / sizeMb),
  };
}

/** The least that there is to do with Node's own means: the base's layer read and unpacked, and the digests of both sides. */
async function unpackAlone(layout: string): Promise<void> {
  const blobs = join(layout, 'blobs/sha256');
  const [largest = ''] = readdirSync(blobs)
    .map((name) => join(blobs, name))
    .sort((a, b) => statSync(b).size - statSync(a).size);
  const [packed, unpacked] = [createHash('sha256'), createHash('sha256')];
  const pieceBytes = 512 * 1024;
  const file = createReadStream(largest, { highWaterMark: pieceBytes });
  file.on('data', (piece) => packed.update(piece));
  const gunzip = createGunzip({ chunkSize: pieceBytes });
  gunzip.on('data', (piece) => unpacked.update(piece));
  await pipeline(file, gunzip);
  packed.digest();
  unpacked.digest();
}

function analyserWith(dataDir: string | undefined): Analyser {
  const settings = defaultAnalysisSettings();
  return new Analyser({ settings, log: silentLogger, ...(dataDir === undefined ? {} : { dataDir }) });
}

async function analyse(analyser: Analyser, layout: string, name: string) {
  const { signal } = new AbortController();
  const sbom = await analyser.analyse(`oci:${layout}:${name}`, { signal });
  if (sbom.partial.length > 0) throw new Error(`${name}: ${sbom.partial[0]?.reason}`);
  return sbom;
}

/** Fifty images of a large base, a layer of dependencies that all share, and one of each. */
function writeImages(layout: string, megabytes: number): { sizeMb: number; unpackedMb: number } {
  const numbers = random(7);
  const base = [...debianFiles(), ...fillers(megabytes, numbers)];
  const dependencies = Array.from({ length: npmPackages }, (_, i) =>
    npmFile('srv/app', `dependency-${i}`, `1.${i}.0`),
  );
  const images: Record<string, MadeImage> = { small: image([[npmFile('srv', 'small', '1.0.0')]]) };
  let [sizeMb, unpackedMb] = [0, 0];
  for (let i = 0; i < imagesOnOneBase; i++) {
    const own = [npmFile('srv', `app-${i}`, `1.0.${i}`)];
    // The layers that are shared are made once.
    const lower = images['app-0'];
    const made = lower === undefined ? image([base, dependencies, own]) : onTopOf(lower, own);
    if (lower === undefined) {
      sizeMb = [...made.blobs.values()].reduce((sum, { length }) => sum + length, 0) / 1e6;
      unpackedMb = base.reduce((sum, { content = '' }) => sum + content.length + 512, 0) / 1e6;
    }
    images[`app-${i}`] = made;
  }
  writeLayout(layout, images);
  return { sizeMb, unpackedMb };
}

/** Another image with the first two layers of one, and a third of its own. */
function onTopOf({ manifest, diffIds, blobs }: MadeImage, own: readonly TarFile[]): MadeImage {
  const { layers } = JSON.parse(manifest.toString('utf8')) as { layers: unknown[] };
  return image([own], { prepared: { layers: layers.slice(0, 2), diffIds: diffIds.slice(0, 2), blobs } });
}

function npmFile(folder: string, name: string, version: string): TarFile {
  return {
    name: `${folder}/node_modules/${name}/package.json`,
    content: JSON.stringify({ name, version, license: 'MIT' }),
  };
}

function debianFiles(): TarFile[] {
  const status = Array.from(
    { length: debPackages },
    (_, i) =>
      `Package: package-${i}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.${i}-1\nMaintainer: M <m@example.com>\n\n`,
  ).join('');
  const lists = Array.from({ length: debPackages }, (_, i) => ({
    name: `var/lib/dpkg/info/package-${i}.list`,
    content: Array.from({ length: 60 }, (_, j) => `/usr/share/package-${i}/file-${j}\n`).join(''),
  }));
  const release = {
    name: 'etc/os-release',
    content: 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n',
  };
  return [release, { name: 'var/lib/dpkg/status', content: status }, ...lists];
}

/** Files that nobody reads, which compress to about half, as those of a distribution do. */
function fillers(megabytes: number, numbers: () => number): TarFile[] {
  const files: TarFile[] = [];
  const fileBytes = 30_000;
  for (let packedBytes = 0, i = 0; packedBytes < megabytes * 1e6; i++, packedBytes += fileBytes / 2.1) {
    const content = Buffer.alloc(fileBytes);
    // Half of it noise, half of it text that is found again.
    for (let at = 0; at < fileBytes / 2; at += 4) content.writeUInt32LE(Math.floor(numbers() * 2 ** 32), at);
    content.fill(`file ${i % 50} of a package with words that come again and again\n`, fileBytes / 2);
    files.push({ name: `usr/share/package-${i % debPackages}/data-${i}`, content });
  }
  return files;
}

function residentMiB(): number {
  return process.memoryUsage.rss() / 1024 / 1024;
}

async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    (globalThis as { gc?: () => void }).gc?.();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
