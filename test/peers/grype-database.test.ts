import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseWriter, type WrittenVulnerability } from '../../src/images/database/database-writer.ts';
import { importFile } from '../../src/images/database/import-file.ts';
import { VulnerabilityDatabase } from '../../src/images/database/vulnerability-database.ts';
import { readSbom } from '../../src/images/sbom/read-sbom.ts';
import { builtAt, draw, writeTo } from './grype-data.ts';
import { documentOf } from './grype-documents.ts';
import { GrypePeer, hasGrype, hasWriter, notice, writerProgram } from './grype-peer.ts';
import { ourRows } from './grype-rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'skopos-grype-database-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const seed = 20260102;

/** As the program takes it: see grype-oracle/write-database. */
function toInput({ id, provider, packages, severities = [], ...about }: WrittenVulnerability) {
  return {
    ...{ name: id, provider, status: about.status ?? 'active' },
    ...{ published: about.published, modified: about.modified, withdrawn: about.withdrawn },
    blob: {
      id,
      description: about.description,
      aliases: about.aliases,
      refs: about.urls?.map((url) => ({ url })),
      severities: severities.map((value, at) => ({
        scheme: typeof value === 'string' ? 'CHMLN' : 'CVSS',
        value,
        rank: at + 1,
      })),
    },
    rows: packages.map(({ ecosystem = '', name = '', cpe, system, isUnaffected, ...blob }) => ({
      ...{ ecosystem, name, isUnaffected: isUnaffected === true, blob },
      ...(cpe === undefined
        ? {}
        : {
            cpe: {
              ...{ Part: cpe.part, Vendor: cpe.vendor, Product: cpe.product },
              TargetSoftware: cpe.targetSoftware === '*' ? '' : cpe.targetSoftware,
            },
          }),
      ...(system === undefined
        ? {}
        : {
            system: {
              Name: system.name,
              ReleaseID: system.releaseId ?? system.name,
              MajorVersion: system.majorVersion ?? '',
              MinorVersion: system.minorVersion ?? '',
              LabelVersion: system.labelVersion ?? '',
              Codename: system.codename ?? '',
              Channel: system.channel ?? '',
            },
          }),
    })),
  };
}

describe.runIf(hasGrype && hasWriter)(`databases of Grype's code and of ours${notice}`, () => {
  const drawn = draw(seed);
  const peer = new GrypePeer(join(folder, 'grype'));
  const own = join(folder, 'own');
  let ours: VulnerabilityDatabase;

  beforeAll(() => {
    mkdirSync(own, { recursive: true });
    const writer = new DatabaseWriter(join(own, 'vulnerability.db'), { builtAt });
    writeTo(writer, drawn, seed);
    writer.finish();
    ours = VulnerabilityDatabase.open(own);
  });

  it('that Grype wrote are read, and match the same', async () => {
    const written = join(folder, 'written');
    mkdirSync(written);
    execFileSync(writerProgram, [written], {
      input: JSON.stringify({
        providers: [...new Set(['nvd', 'github', ...drawn.vulnerabilities.map(({ provider }) => provider)])],
        vulnerabilities: drawn.vulnerabilities.map(toInput),
        epss: [],
        epssDate: builtAt,
        exploited: [],
      }),
    });
    const folderOfTheirs = join(folder, 'theirs');
    await importFile(folderOfTheirs, join(written, 'vulnerability.db'), { nowMs: Date.parse(builtAt) });
    const theirs = VulnerabilityDatabase.open(folderOfTheirs);
    expect(theirs.status().schema).toMatch(/^6\./);
    let count = 0;
    for (const image of drawn.images) {
      const sbom = readSbom(documentOf(image, 'syft'), 'sbom');
      const [a, b] = [ours, theirs].map((database) =>
        // Likelihoods are in ours alone.
        [...ourRows(sbom, database, {}, false)].map(([key, row]) => [
          key,
          { ...row, risk: 0, epss: [], exploited: '' },
        ]),
      );
      expect(a).toEqual(b);
      count += a?.length ?? 0;
    }
    expect(count).toBeGreaterThan(300);
  });

  it('that we wrote are valid to Grype, which finds the same rows in them', () => {
    peer.import(join(own, 'vulnerability.db'));
    const status = JSON.parse(peer.run(['db', 'status', '-o', 'json'])) as {
      schemaVersion: string;
      valid: boolean;
    };
    expect(status).toMatchObject({ schemaVersion: expect.stringContaining('6.1.9'), valid: true });
    for (const { id, packages } of drawn.vulnerabilities.slice(0, 25)) {
      const found = JSON.parse(peer.run(['db', 'search', '--vuln', id, '-o', 'json'])) as readonly {
        readonly vulnerability: { readonly id: string };
        readonly packages?: readonly { readonly package?: { readonly name: string } }[];
      }[];
      const theirs = found
        .filter((one) => one.vulnerability.id === id)
        .flatMap((one) => (one.packages ?? []).flatMap((row) => row.package?.name ?? []));
      const main = ours.snapshot?.main;
      const rows = (main?.recordsNamed(id) ?? []).flatMap(({ row }) => main?.packagesOf(row, 100) ?? []);
      expect([id, rows.map(({ name }) => name).sort()]).toEqual([id, theirs.sort()]);
      const affected = packages.filter(({ isUnaffected, cpe }) => isUnaffected !== true && cpe === undefined);
      expect(rows).toHaveLength(affected.length);
    }
  });
});
