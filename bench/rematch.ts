/**
 * Matching all known images again after the vulnerability data has changed, without pulling any: a synthetic database in the
 * format that Grype publishes, with EPSS of all its vulnerabilities, 200 images of 300 packages. All is matched once, then again
 * after an update by which one record in 250 and all likelihoods are other ones, and with data that has just been opened, of
 * which nothing is remembered. At last the same as the role does it: from what is kept of the images to what is kept of their
 * findings. Flags: `--rows N` (affected rows of the database), `--images N`.
 */
import { statSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hydrate } from '../src/images/database/hydrate.ts';
import { VulnerabilityDatabase } from '../src/images/database/vulnerability-database.ts';
import { matchSbom } from '../src/images/match/match-sbom.ts';
import type { ImageSbom } from '../src/model/image-sbom.ts';
import { type DataFiles, dataFolder } from './support/data-folder.ts';
import { load, numberFlag, rounded } from './support/figures.ts';
import { affectedRows, change, imageOf, namesFor, perImage, writeDatabase } from './support/rematch-data.ts';
import { rematchLive } from './support/rematch-live.ts';
import { inFolder } from './support/temp.ts';

type Line = Readonly<Record<string, string | number>> & { readonly bench: 'rematch'; readonly case: string };

export async function* run(flags: readonly string[] = []): AsyncGenerator<Line> {
  const rows = numberFlag(flags, 'rows', 500_000);
  const images = numberFlag(flags, 'images', 200);
  yield* inFolder(async function* inside(folder): AsyncGenerator<Line> {
    const data = join(folder, 'before.db');
    const names = namesFor(rows);
    const writeMs = timed(() => writeDatabase(data, names)).ms;
    const next = join(folder, 'after.db');
    await copyFile(data, next);
    const changed = change(next);
    const sizeMib = Math.round(statSync(data).size / 1024 ** 2);
    const all = affectedRows(names);
    yield {
      ...{
        bench: 'rematch',
        case: 'arrival',
        rows: all,
        write_s: rounded(writeMs / 1000),
        size_mib: sizeMib,
      },
      index_s: rounded(timed(() => hydrate(data)).ms / 1000),
    };
    yield {
      ...{ bench: 'rematch', case: 'arrival of its successor', records_changed: changed },
      index_s: rounded(timed(() => hydrate(next, data)).ms / 1000),
    };
    const shared = Array.from({ length: images }, (_, i) => imageOf(i, names, Math.floor(i / 10)));
    const apart = Array.from({ length: images }, (_, i) => imageOf(i, names, undefined));
    yield rematch('of one base to ten', { folder, data, next }, shared);
    yield rematch('that share no package version', { folder, data, next }, apart);
    yield { bench: 'rematch', ...(await rematchLive({ folder, data, next }, shared)) };
  });
}

function rematch(what: string, files: DataFiles, images: readonly ImageSbom[]): Line {
  const { folder, replace } = dataFolder(files);
  const database = VulnerabilityDatabase.open(folder);
  const first = timed(() => matchAll(images, database));
  replace();
  const update = measured(() => {
    database.reload();
    return matchAll(images, database);
  });
  const again = timed(() => matchAll(images, database));
  database.close();
  const fresh = VulnerabilityDatabase.open(folder);
  const anew = measured(() => matchAll(images, fresh));
  fresh.close();
  return {
    bench: 'rematch',
    case: `${images.length} images ${what}`,
    packages: images.length * perImage,
    matches: update.result,
    first_ms: rounded(first.ms),
    update_ms: rounded(update.ms),
    update_cpu_ms: update.cpuMs,
    update_rss_more_mib: update.moreMib,
    unchanged_ms: rounded(again.ms),
    nothing_remembered_ms: rounded(anew.ms),
    nothing_remembered_cpu_ms: anew.cpuMs,
    rss_mib: Math.round(process.memoryUsage.rss() / 1024 ** 2),
    load: load(),
  };
}

function measured<Result>(work: () => Result) {
  global.gc?.();
  const residentBefore = process.memoryUsage.rss();
  const cpu = process.cpuUsage();
  const done = timed(work);
  const { user, system } = process.cpuUsage(cpu);
  return {
    ...done,
    cpuMs: Math.round((user + system) / 1000),
    moreMib: Math.round((process.memoryUsage.rss() - residentBefore) / 1024 ** 2),
  };
}

function matchAll(images: readonly ImageSbom[], database: VulnerabilityDatabase): number {
  let count = 0;
  for (const image of images) count += matchSbom(image, database).matches.length;
  return count;
}

function timed<Result>(work: () => Result): { readonly ms: number; readonly result: Result } {
  const start = performance.now();
  const result = work();
  return { ms: performance.now() - start, result };
}
