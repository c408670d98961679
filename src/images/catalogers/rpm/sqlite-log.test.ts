import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogedBy, evidenceOf, type Files, imageOf } from '../../../../test/support/cataloged.ts';
import { rpmHeader } from '../../../../test/support/rpm-databases.ts';
import { UnreadablePackagesError } from '../unreadable-error.ts';
import { rpm } from './rpm.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rpm-log-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const database = '/var/lib/rpm/rpmdb.sqlite';
const log = `${database}-wal`;
let made = 0;

/** A package whose header fills several pages, when `files` are many. */
function header(name: string, files = 0): Buffer {
  return rpmHeader({
    1000: name,
    1001: '1.0',
    1002: '1',
    1022: 'noarch',
    ...(files > 0 && {
      1116: Array.from({ length: files }, () => 0),
      1117: Array.from({ length: files }, (_, i) => `file-${i}-of-${name}`),
      1118: ['/usr/lib/'],
    }),
  });
}

type Step =
  | { readonly kind: 'add'; readonly packages: readonly number[] }
  | { readonly kind: 'remove'; readonly every: number }
  | { readonly kind: 'checkpoint'; readonly mode: 'PASSIVE' | 'RESTART' | 'TRUNCATE' };

/** The two files after these steps, copied while the database is open. */
function unclosed(steps: readonly Step[], pageBytes = 4096): { readonly file: Buffer; readonly wal: Buffer } {
  const path = join(folder, `${made++}.sqlite`);
  const db = new Database(path);
  try {
    db.exec(`PRAGMA page_size = ${pageBytes}; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0`);
    db.exec("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)");
    db.exec("CREATE TABLE 'Name' (key TEXT NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL)");
    let count = 0;
    for (const step of steps) {
      if (step.kind === 'checkpoint') db.exec(`PRAGMA wal_checkpoint(${step.mode})`);
      else if (step.kind === 'remove') db.exec(`DELETE FROM Packages WHERE hnum % ${step.every} = 0`);
      else {
        const rows = step.packages.map((files) => `(X'${header(`p${count++}`, files).toString('hex')}')`);
        db.exec(`INSERT INTO Packages (blob) VALUES ${rows.join(',')}`);
        db.exec(`INSERT INTO Name VALUES ('p${count}', ${count}, 0)`);
      }
    }
    return { file: readFileSync(path), wal: readFileSync(`${path}-wal`) };
  } finally {
    db.close();
  }
}

/** Names that SQLite itself sees in copies of two such files; undefined where it sees no table. */
function namesBySqlite(file: Buffer, wal: Buffer): string[] | undefined {
  const path = join(folder, `${made++}.sqlite`);
  writeFileSync(path, file);
  writeFileSync(`${path}-wal`, wal);
  const db = new Database(path);
  try {
    const rows = db.prepare("SELECT blob FROM 'Packages' ORDER BY hnum").all() as { blob: Buffer }[];
    return rows.map(({ blob }) => /p\d+/.exec(Buffer.from(blob).toString('latin1'))?.[0] ?? '');
  } catch {
    return undefined;
  } finally {
    db.close();
  }
}

function namesByUs(file: Buffer, wal: Buffer): string[] | undefined {
  try {
    return catalogedBy(rpm, { [database]: file, [log]: wal }).map(({ name }) => name);
  } catch (error) {
    expect(error).toBeInstanceOf(UnreadablePackagesError);
    return undefined;
  }
}

describe('a database that was not closed', () => {
  it('has the packages of its log, and not those that the log removes', () => {
    const { file, wal } = unclosed([
      { kind: 'add', packages: [0, 0, 900, 0] },
      { kind: 'checkpoint', mode: 'TRUNCATE' },
      { kind: 'add', packages: [0, 700] },
      { kind: 'remove', every: 4 },
    ]);
    expect(catalogedBy(rpm, { [database]: file }).map(({ name }) => name)).toEqual(['p0', 'p1', 'p2', 'p3']);
    expect(namesByUs(file, wal)).toEqual(['p0', 'p1', 'p2', 'p4', 'p5']);
  });

  it('has them when the log came with another layer', () => {
    const { file, wal } = unclosed([
      { kind: 'add', packages: [0] },
      { kind: 'checkpoint', mode: 'TRUNCATE' },
      { kind: 'add', packages: [0] },
    ]);
    const read = (files: Files, layer: string) => evidenceOf(rpm, files).map((each) => ({ ...each, layer }));
    const both = [...read({ [database]: file }, 'sha256:a'), ...read({ [log]: wal }, 'sha256:b')];
    const packages = rpm.assemble(both, imageOf());
    expect(packages.map(({ name, locations: [at] }) => [name, at?.layer])).toEqual([
      ['p0', 'sha256:a'],
      ['p1', 'sha256:a'],
    ]);
  });

  it('may have all of its tables in the log', () => {
    const { file, wal } = unclosed([{ kind: 'add', packages: [0, 300] }]);
    expect(namesByUs(file, wal)).toEqual(namesBySqlite(file, wal));
    expect(namesByUs(file, wal)).toEqual(['p0', 'p1']);
  });

  it('keeps what it has, and says so, when the log is of another', () => {
    const small = unclosed([{ kind: 'add', packages: [0] }], 512);
    const { file } = unclosed([
      { kind: 'add', packages: [0, 0] },
      { kind: 'checkpoint', mode: 'TRUNCATE' },
    ]);
    const run = () => catalogedBy(rpm, { [database]: file, [log]: small.wal });
    expect(run).toThrow(
      '/var/lib/rpm/rpmdb.sqlite: this rpm database (SQLite) cannot be read whole: its log has pages of 512 bytes, it has pages of 4096',
    );
    expect(run).toThrow(
      expect.objectContaining({
        found: [expect.objectContaining({ name: 'p0' }), expect.objectContaining({ name: 'p1' })],
      }),
    );
  });
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('add' as const), packages: sizes() }) },
  fc.record({ kind: fc.constant('remove' as const), every: fc.integer({ min: 2, max: 4 }) }),
  fc.record({
    kind: fc.constant('checkpoint' as const),
    mode: fc.constantFrom('PASSIVE' as const, 'RESTART' as const, 'TRUNCATE' as const),
  }),
);

function sizes(): fc.Arbitrary<number[]> {
  return fc.array(fc.constantFrom(0, 0, 5, 40, 300), { minLength: 1, maxLength: 8 });
}

describe('a log', () => {
  it('counts as far as SQLite lets it count, whole, cut off or damaged', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 10 }),
        fc.constantFrom(512, 1024, 4096),
        fc.constantFrom('whole', 'cut', 'damaged'),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (steps, pageBytes, what, where) => {
          const { file, wal } = unclosed(steps, pageBytes);
          const at = Math.floor(where * Math.max(wal.length - 1, 0));
          const changed = what === 'cut' ? wal.subarray(0, at) : Buffer.from(wal);
          if (what === 'damaged' && changed.length > 0) changed[at] = (changed[at] ?? 0) ^ 0x55;
          expect(namesByUs(file, changed)).toEqual(namesBySqlite(file, changed));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('never fails otherwise than by name, whatever its pages hold', () => {
    const { file, wal } = unclosed([
      { kind: 'add', packages: [0, 0, 300, 5] },
      { kind: 'checkpoint', mode: 'TRUNCATE' },
      { kind: 'add', packages: [5, 300] },
    ]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(wal.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 }),
        (changes) => {
          const damaged = Buffer.from(wal);
          for (const [at, byte] of changes) damaged[at] = byte;
          namesByUs(file, signed(damaged));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is nothing where it is no log', () => {
    const { file } = unclosed([
      { kind: 'add', packages: [0] },
      { kind: 'checkpoint', mode: 'TRUNCATE' },
    ]);
    for (const wal of [Buffer.alloc(0), Buffer.alloc(100), Buffer.from('hello')])
      expect(namesByUs(file, wal)).toEqual(['p0']);
  });
});

/** The log with checksums that are right again, so that its frames count. */
function signed(wal: Buffer): Buffer {
  wal.writeUInt32BE(0x377f0682, 0);
  wal.writeUInt32BE(3_007_000, 4);
  wal.writeUInt32BE(4096, 8);
  let [first, second] = [0, 0];
  const add = (from: number, bytes: number) => {
    for (let at = from; at < from + bytes; at += 8) {
      first = (first + wal.readUInt32LE(at) + second) >>> 0;
      second = (second + wal.readUInt32LE(at + 4) + first) >>> 0;
    }
  };
  const write = (at: number) => {
    wal.writeUInt32BE(first, at);
    wal.writeUInt32BE(second, at + 4);
  };
  add(0, 24);
  write(24);
  for (let at = 32; at + 24 + 4096 <= wal.length; at += 24 + 4096) {
    wal.copy(wal, at + 8, 16, 24);
    add(at, 8);
    add(at + 24, 4096);
    write(at + 16);
  }
  return wal;
}
