import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import '../../../test/support/property-seed.ts';
import { anyImage, anyVulnerability } from '../../../test/support/any-advisories.ts';
import {
  builtAt,
  builtAtMs,
  debianPackage,
  distributionOf,
  packageOf,
  rangeOf,
  sbomOf,
  tempFolder,
} from '../../../test/support/vulnerability-data.ts';
import { VirtualClock } from '../../kit/clock.ts';
import {
  DatabaseWriter,
  type WrittenOverride,
  type WrittenVulnerability,
} from '../database/database-writer.ts';
import { hydrate } from '../database/hydrate.ts';
import { VulnerabilityDatabase } from '../database/vulnerability-database.ts';
import { matchSbom } from './match-sbom.ts';

/** A file of data as it is written, and what it says that changes each day. */
interface Written {
  readonly vulnerabilities: readonly WrittenVulnerability[];
  readonly override?: WrittenOverride | undefined;
  readonly likelihood?: number;
  readonly exploited?: string;
}

const override: WrittenOverride = { alias: 'plan9', replacement: 'debian', majorVersion: '12' };

const written: fc.Arbitrary<Written> = fc.record({
  vulnerabilities: fc.array(anyVulnerability, { maxLength: 10 }),
  override: fc.constantFrom(undefined, undefined, override),
  likelihood: fc.constantFrom(0.1, 0.5),
  exploited: fc.constantFrom('CVE-1', 'CVE-2'),
});

/** Some of the records go, some are others, some come, and all get other numbers. */
function changed(before: Written, other: Written, picks: readonly number[]): Written {
  const kept = before.vulnerabilities.filter((_one, i) => picks[i % picks.length] !== 0);
  const come = other.vulnerabilities.filter((_one, i) => picks[i % picks.length] === 2);
  return { ...other, vulnerabilities: [...come, ...kept] };
}

const clock = new VirtualClock(builtAtMs + 86_400_000);
const image = sbomOf(distributionOf('debian', '12.5'), [
  packageOf({ type: 'deb', name: 'libssl3', version: '3.0', upstreams: [{ name: 'OpenSSL' }] }),
  packageOf({ type: 'deb', name: 'curl', version: '7' }),
]);
const first = [
  recordOf('CVE-2026-1', 'openssl', '< 3.1'),
  recordOf('CVE-2026-2', 'curl', '< 8'),
  recordOf('CVE-2026-3', 'nginx', '< 1'),
];

describe('matching after the data has changed', () => {
  it('gives what matching with the new data alone gives', () => {
    fc.assert(
      fc.property(
        ...[written, written, fc.option(written, { nil: undefined }), fc.option(written, { nil: undefined })],
        ...[fc.array(fc.nat(2), { minLength: 1 }), fc.array(anyImage, { minLength: 1, maxLength: 3 })],
        (before, other, own, ownAfter, picks, images) => {
          const folder = tempFolder();
          put(folder, before);
          putOwn(folder, own);
          const database = VulnerabilityDatabase.open(folder, { clock });
          for (const one of images) matchSbom(one, database);
          put(folder, changed(before, other, picks));
          putOwn(folder, ownAfter === undefined ? undefined : changed(own ?? ownAfter, ownAfter, picks));
          database.reload();
          const fresh = VulnerabilityDatabase.open(folder, { clock });
          try {
            for (const one of images) expect(matchSbom(one, database)).toEqual(matchSbom(one, fresh));
          } finally {
            database.close();
            fresh.close();
          }
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);

  it('asks the data again for the names alone of which it tells something else', () => {
    const database = openedWith(first);
    matchSbom(image, database);
    put(database.folder, {
      vulnerabilities: [...first.slice(1), recordOf('CVE-2026-1', 'openssl', '< 3.2')].reverse(),
    });
    database.reload();
    const asked = namesAskedOf(database);
    expect(constraintsIn(database)).toEqual(['CVE-2026-1 < 3.2', 'CVE-2026-2 < 8']);
    expect(asked()).toEqual(['OpenSSL', 'libssl3']);
  });

  it('takes likelihoods from the new data for what is otherwise the same', () => {
    const database = openedWith(first);
    matchSbom(image, database);
    put(database.folder, { vulnerabilities: first, likelihood: 0.75, exploited: 'CVE-2026-2' });
    database.reload();
    const asked = namesAskedOf(database);
    const { matches } = matchSbom(image, database);
    expect(asked()).toEqual([]);
    expect(matches.map(({ vulnerability }) => vulnerability)).toMatchObject([
      { id: 'CVE-2026-1', epss: { probability: 0.75 } },
      { id: 'CVE-2026-2', knownExploited: { dateAdded: '2026-01-01' } },
    ]);
  });

  it('remembers across changes between which nothing was matched', () => {
    const database = openedWith(first);
    matchSbom(image, database);
    for (const version of ['3.2', '3.3']) {
      put(database.folder, {
        vulnerabilities: [recordOf('CVE-2026-1', 'openssl', `< ${version}`), ...first.slice(1)],
      });
      database.reload();
    }
    const asked = namesAskedOf(database);
    expect(constraintsIn(database)).toEqual(['CVE-2026-1 < 3.3', 'CVE-2026-2 < 8']);
    expect(asked()).toEqual(['OpenSSL', 'libssl3']);
  });

  it('begins anew with data that is not the successor of what was open', () => {
    const database = openedWith(first);
    matchSbom(image, database);
    rmSync(join(database.folder, 'vulnerability.db'));
    put(database.folder, { vulnerabilities: first });
    database.reload();
    const asked = namesAskedOf(database);
    matchSbom(image, database);
    expect(asked()).toEqual(['OpenSSL', 'curl', 'libssl3']);
  });

  it('takes in data in the place of what is damaged, or is no data', () => {
    const folder = tempFolder();
    put(folder, { vulnerabilities: first });
    const whole = readFileSync(join(folder, 'vulnerability.db'));
    const next = join(folder, 'next.db');
    write(next, { vulnerabilities: first });
    const others = [whole.subarray(0, whole.length / 2), Buffer.from('no database'), Buffer.alloc(0)];
    for (const other of others) {
      writeFileSync(join(folder, 'other.db'), other);
      expect(hydrate(next, join(folder, 'other.db')).builtAtMs).toBe(builtAtMs);
    }
    expect(hydrate(next, folder).builtAtMs).toBe(builtAtMs);
  });
});

function recordOf(id: string, name: string, constraint: string): WrittenVulnerability {
  return { id, provider: 'debian', packages: [debianPackage(name, [rangeOf('dpkg', constraint)])] };
}

function openedWith(vulnerabilities: readonly WrittenVulnerability[]): VulnerabilityDatabase {
  const folder = tempFolder();
  put(folder, { vulnerabilities });
  return VulnerabilityDatabase.open(folder, { clock });
}

/** Puts data into the place of what is there, as when it arrives. */
function put(folder: string, data: Written): void {
  const path = join(folder, 'vulnerability.db');
  const part = `${path}.new`;
  write(part, data);
  hydrate(part, path);
  renameSync(part, path);
}

function write(path: string, data: Written): void {
  const writer = new DatabaseWriter(path, { builtAt });
  fill(writer, data);
}

/** The same of advisories of one's own; undefined takes them away. */
function putOwn(folder: string, data: Written | undefined): void {
  const path = join(folder, 'advisories', 'own.db');
  if (data === undefined) {
    rmSync(path, { force: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  fill(new DatabaseWriter(path, { builtAt, isIndexed: true }), data);
}

function fill(
  writer: DatabaseWriter,
  { vulnerabilities, override, likelihood = 0.5, exploited = 'CVE-1' }: Written,
) {
  writer.addProvider('debian', builtAt);
  if (override !== undefined) writer.addOverride(override);
  for (const one of vulnerabilities) writer.add(one);
  for (const cve of ['CVE-1', 'CVE-2026-1']) writer.addExploitPrediction(cve, likelihood, likelihood);
  writer.addKnownExploited(exploited, { date_added: '2026-01-01' });
  writer.setExploitPredictionDate('2026-01-01');
  writer.finish();
}

/** Names of which rows are asked for from now on. */
function namesAskedOf({ snapshot }: VulnerabilityDatabase): () => readonly string[] {
  if (snapshot === undefined) throw new Error('there is no data');
  const asked = vi.spyOn(snapshot, 'byOperatingSystems');
  return () => [...new Set(asked.mock.calls.map(([, , name]) => name))].sort();
}

function constraintsIn(database: VulnerabilityDatabase): readonly string[] {
  const { matches } = matchSbom(image, database);
  return matches.map(({ vulnerability, reasons }) => `${vulnerability.id} ${reasons[0]?.constraint}`);
}
