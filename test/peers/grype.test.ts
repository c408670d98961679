import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseWriter } from '../../src/images/database/database-writer.ts';
import { VulnerabilityDatabase } from '../../src/images/database/vulnerability-database.ts';
import { readSbom } from '../../src/images/sbom/read-sbom.ts';
import { builtAt, type Drawn, draw, writeTo } from './grype-data.ts';
import { type DocumentForm, documentForms, documentOf } from './grype-documents.ts';
import { GrypePeer, hasGrype, notice } from './grype-peer.ts';
import { differencesOf, ourRows, theirRows } from './grype-rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'skopos-grype-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Always the same, unless `PROPERTY_SEED` asks for another: see test/support/property-seed.ts. */
function seedOfRun(): number {
  const wanted = process.env['PROPERTY_SEED'] ?? '20260101';
  return wanted === 'random' ? Math.floor(Math.random() * 1e9) : Number(wanted);
}

const seed = seedOfRun();

describe.runIf(hasGrype)(`the same data and SBOMs, matched by Grype${notice} (seed ${seed})`, () => {
  const drawn = draw(seed);
  const peer = new GrypePeer(join(folder, 'grype'));
  let database: VulnerabilityDatabase;

  beforeAll(() => {
    const own = join(folder, 'skopos');
    mkdirSync(own, { recursive: true });
    const writer = new DatabaseWriter(join(own, 'vulnerability.db'), { builtAt });
    writeTo(writer, drawn, seed);
    writer.finish();
    peer.import(join(own, 'vulnerability.db'));
    database = VulnerabilityDatabase.open(own);
  });

  function write(image: Drawn, form: DocumentForm): { readonly path: string; readonly text: string } {
    const path = join(folder, `${image.scenario.name.replace(/\W/g, '_')}.${form}.json`);
    const text = documentOf(image, form);
    writeFileSync(path, text);
    return { path, text };
  }

  it.each(
    drawn.images.flatMap((image) => documentForms.map((form) => [image.scenario.name, form, image] as const)),
  )('%s as %s', (_name, form, image) => {
    const { path, text } = write(image, form);
    const theirs = theirRows(peer.scan(path));
    const ours = ourRows(readSbom(text, path), database, {}, false);
    expect(differencesOf(ours, theirs, drawn.toldByRow)).toEqual([]);
  });
});
