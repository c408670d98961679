import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogers } from '../../src/images/catalogers/catalogers.ts';
import { defaultAnalysisSettings } from '../../src/images/config.ts';
import { Analyser } from '../../src/images/pipeline/analyser.ts';
import { readSbom } from '../../src/images/sbom/read-sbom.ts';
import { toCycloneDx } from '../../src/images/sbom/to-cyclonedx.ts';
import { toSpdx } from '../../src/images/sbom/to-spdx.ts';
import { silentLogger } from '../../src/log/logger.ts';
import type { ImageSbom } from '../../src/model/image-sbom.ts';
import { image, writeLayout } from '../support/oci-image.ts';
import { comparedOurs, comparedTheirs, differencesOf, lineOf } from './syft-compare.ts';
import { deliberate } from './syft-deliberate.ts';
import { longTar } from './syft-layout.ts';
import { hasSyft, notice, runSyft, type SyftDocument, scanLayout } from './syft-peer.ts';
import { trees } from './syft-trees.ts';

/** The same images, cataloged by Syft and by us: package by package, and through each other's documents. */
describe.skipIf(!hasSyft)(`cataloging beside Syft${notice}`, () => {
  let work = '';
  let analyser: Analyser;
  const used = new Set<string>();
  const scanned = new Map<string, { readonly ours: ImageSbom; readonly theirs: SyftDocument }>();

  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'syft-'));
    analyser = new Analyser({ settings: defaultAnalysisSettings(), log: silentLogger, catalogers });
  });
  afterAll(async () => {
    await analyser.close();
    rmSync(work, { recursive: true });
  });

  it.each(Object.entries(trees))('tells the same of %s', async (name, make) => {
    const layout = join(work, String(scanned.size));
    writeLayout(layout, { latest: image([longTar(make())]) });
    const { signal } = new AbortController();
    const ours = await analyser.analyse(`oci:${layout}`, { signal });
    const theirs = scanLayout(layout);
    scanned.set(name, { ours, theirs });
    expect(ours.partial).toEqual([]);
    expect(ours.distribution?.id).toBe(theirs.distro?.id);
    expect(ours.distribution?.version ?? '').toBe(theirs.distro?.versionID ?? '');
    const unexplained = differencesOf(comparedOurs(ours), comparedTheirs(theirs)).filter((each) => {
      const reason = deliberate.find(({ holds }) => holds(each));
      if (reason !== undefined) used.add(reason.why);
      return reason === undefined;
    });
    expect(unexplained.map(lineOf)).toEqual([]);
    // An image of nothing would be the same, too.
    expect(ours.packages.length).toBeGreaterThan(0);
  });

  it('has no reason for a difference that is none any more', () => {
    expect(deliberate.map(({ why }) => why).filter((why) => !used.has(why))).toEqual([]);
  });

  const namesOf = (packages: readonly { readonly name: string; readonly version: string }[]) =>
    packages.map(({ name, version }) => `${name} ${version}`).sort();
  const languages = 'packages of languages';
  const alpine = 'a database of apk';
  const debian = 'what Debian, pip and npm installed on this machine';

  it.each([alpine, languages, debian])('gives it documents of %s that it reads whole', (name) => {
    const { ours } = scanned.get(name) ?? {};
    if (ours === undefined) throw new Error('the image was not scanned');
    const options = { name: 'team/shop:1', version: '1.0.0', nowMs: Date.UTC(2026, 0, 1) };
    // SPDX has the distribution among the packages, as what the others run on.
    const system = { name: ours.distribution?.id ?? '', version: ours.distribution?.version ?? '' };
    const documents = { cyclonedx: toCycloneDx(ours, options), spdx: toSpdx(ours, options) };
    for (const [kind, document] of Object.entries(documents)) {
      const path = join(work, `${kind}.json`);
      writeFileSync(path, document);
      const read = JSON.parse(runSyft(['convert', path, '-o', 'syft-json', '-q'])) as SyftDocument;
      const more = kind === 'spdx' && system.name !== '' ? [system] : [];
      expect(namesOf(read.artifacts), kind).toEqual(namesOf([...ours.packages, ...more]));
    }
  });

  it.each([alpine, languages, debian])('reads its documents of %s', (name) => {
    const { theirs } = scanned.get(name) ?? {};
    if (theirs === undefined) throw new Error('the image was not scanned');
    const path = join(work, 'theirs.json');
    writeFileSync(path, JSON.stringify(theirs));
    for (const format of ['syft-json', 'cyclonedx-json', 'spdx-json']) {
      const text = runSyft(['convert', path, '-o', format, '-q']);
      const { packages } = readSbom(text, format);
      expect(namesOf(packages), format).toEqual(namesOf(theirs.artifacts));
    }
  });
});
