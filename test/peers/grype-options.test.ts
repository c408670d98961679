import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMatchOptions } from '../../src/cli/image/match-options.ts';
import { DatabaseWriter } from '../../src/images/database/database-writer.ts';
import { VulnerabilityDatabase } from '../../src/images/database/vulnerability-database.ts';
import { readSbom } from '../../src/images/sbom/read-sbom.ts';
import { builtAt, draw, writeTo } from './grype-data.ts';
import { documentOf } from './grype-documents.ts';
import { GrypePeer, hasGrype, notice } from './grype-peer.ts';
import { anything, differencesOf, ourRows, type Rows, theirRows } from './grype-rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'skopos-grype-options-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const seed = 20260101;

describe.runIf(hasGrype)(`what is chosen to be told, as by Grype${notice}`, () => {
  const drawn = draw(seed);
  const peer = new GrypePeer(join(folder, 'grype'));
  const image = drawn.images[0];
  const sbom = join(folder, 'sbom.json');
  let text = '';
  let database: VulnerabilityDatabase;

  beforeAll(() => {
    if (image === undefined) throw new Error('nothing was drawn');
    const own = join(folder, 'skopos');
    mkdirSync(own, { recursive: true });
    const writer = new DatabaseWriter(join(own, 'vulnerability.db'), { builtAt });
    writeTo(writer, drawn, seed);
    writer.finish();
    peer.import(join(own, 'vulnerability.db'));
    database = VulnerabilityDatabase.open(own);
    text = documentOf(image, 'syft');
    writeFileSync(sbom, text);
    for (const [key, { fixState }] of theirRows(peer.scan(sbom))) if (fixState === anything) passed.add(key);
  });

  async function both(config: string, flags: readonly string[] = [], vex: readonly string[] = []) {
    const file = join(folder, 'grype.yaml');
    writeFileSync(file, config);
    const theirs = theirRows(
      peer.scan(sbom, ['-c', file, ...flags, ...vex.flatMap((one) => ['--vex', one])]),
    );
    const { options } = await readMatchOptions(
      {
        config: file,
        vex,
        ...(flags.includes('--only-fixed') ? { onlyFixed: true as const } : {}),
        ...(flags.includes('--by-cve') ? { byCve: true as const } : {}),
      },
      folder,
      '',
    );
    const ours = ourRows(readSbom(text, sbom), database, options, true);
    return { theirs: comparable(theirs), ours: comparable(ours) };
  }

  /** Without those that Grype calls fixed for fixes that are older than what is installed: rules tell them apart. */
  const passed = new Set<string>();
  const comparable = (rows: Rows): Rows =>
    new Map([...rows].filter(([key]) => !passed.has(key.replace(' (ignored)', ''))));

  const ignored = (rows: Rows) => [...rows.keys()].filter((key) => key.endsWith('(ignored)')).length;
  const names = (pattern: RegExp, rows: Rows) =>
    [...rows.keys()].map((key) => key.split(' ')).filter(([, , , id]) => pattern.test(id ?? ''));

  it.each([
    ['a fix state', 'ignore: [{ fix-state: wont-fix }]'],
    ['a type', 'ignore: [{ package: { type: npm } }]'],
    ['a language', 'ignore: [{ package: { language: python } }]'],
    ['a pattern of names', "ignore: [{ package: { name: 'hex_.*' } }]"],
    ['a path', "ignore: [{ package: { location: '/found/{gem,npm}/**' } }]"],
    ['a namespace', 'ignore: [{ namespace: "github:language:java" }]'],
    ['a way of matching', 'ignore: [{ match-type: cpe-match }]'],
    ['two things at once', 'ignore: [{ fix-state: fixed, package: { type: gem } }]'],
    ['nothing that is there', 'ignore: [{ vulnerability: CVE-1999-1 }]'],
    ['what will not be fixed', 'ignore-wontfix: "wont-fix,unknown"'],
    ['what is not fixed', 'only-fixed: true'],
    ['what is fixed', 'only-notfixed: true'],
  ])('ignored by %s', async (_what, config) => {
    const { ours, theirs } = await both(config);
    expect(differencesOf(ours, theirs, drawn.toldByRow)).toEqual([]);
    expect(ignored(ours)).toBe(ignored(theirs));
  });

  it('ignored by vulnerability, and by its other names', async () => {
    const { theirs } = await both('{}');
    const [one, two] = names(/^GHSA/, theirs).map(([, , , id]) => id);
    const cve = two?.replace(/^GHSA-(\d+).*/, 'CVE-2024-$1');
    const config = `ignore: [{ vulnerability: ${one} }, { vulnerability: ${cve}, include-aliases: true }]`;
    const { ours, theirs: after } = await both(config);
    expect(differencesOf(ours, after, drawn.toldByRow)).toEqual([]);
    expect(ignored(after)).toBeGreaterThan(0);
  });

  it('silenced by OpenVEX', async () => {
    const { theirs } = await both('{}');
    const statements = names(/^GHSA/, theirs)
      .slice(0, 40)
      .map(([type, name, , id], i) => ({
        vulnerability: { name: id },
        products: [
          { '@id': image?.packages.find((found) => found.type === type && found.name === name)?.purl },
        ],
        status: ['not_affected', 'fixed', 'affected', 'under_investigation'][i % 4],
        ...(i % 4 === 0 ? { justification: 'component_not_present' } : {}),
      }));
    const vex = join(folder, 'vex.json');
    const context = 'https://openvex.dev/ns/v0.2.0';
    const about = { author: 'test', timestamp: '2026-01-01T00:00:00Z', version: 1 };
    writeFileSync(
      vex,
      JSON.stringify({ '@context': context, '@id': 'https://example.com/vex', ...about, statements }),
    );
    const { ours, theirs: after } = await both('{}', [], [vex]);
    expect(differencesOf(ours, after, drawn.toldByRow)).toEqual([]);
    expect(ignored(after)).toBeGreaterThan(0);
  });

  it('told by CVE', async () => {
    const { ours, theirs } = await both('{}', ['--by-cve']);
    const ids = (rows: Rows) => [...rows.keys()].map((key) => key.split(' ').slice(0, 4).join(' ')).sort();
    expect(ids(ours)).toEqual(ids(theirs));
  });
});
