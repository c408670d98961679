import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../test/support/run-cli.ts';
import { tar } from '../../test/support/tar.ts';
import { databaseOf, rangeOf, tempFolder } from '../../test/support/vulnerability-data.ts';
import { dbCommand } from './db.ts';

let folder: string;
let db: string;
let archive: Buffer;

const run = (...args: string[]) => runCli(dbCommand, ['db', ...args, '--db', db], folder);

beforeEach(() => {
  folder = tempFolder();
  db = join(folder, 'db');
  const source = databaseOf((writer) =>
    writer.add({
      id: 'GHSA-1',
      provider: 'github',
      aliases: ['CVE-1'],
      severities: ['high'],
      packages: [{ ecosystem: 'npm', name: 'lodash', ranges: [rangeOf('semver', '< 4', '4.0.0')] }],
    }),
  ).folder;
  archive = gzipSync(
    tar([{ name: 'vulnerability.db', content: readFileSync(join(source, 'vulnerability.db')) }]),
  );
  writeFileSync(join(folder, 'archive.tar.gz'), archive);
});

describe('import', () => {
  it('takes an archive, and search finds what is in it', async () => {
    const { exitCode, out } = await run('import', 'archive.tar.gz');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/schema +6\.1\.9/);
    // The data is of a fixed date, and so it is old.
    expect((await run('status')).exitCode).toBe(1);
    expect(JSON.parse((await run('status', '--json')).out)).toMatchObject({
      schema: '6.1.9',
      import: { digest: sha256(archive) },
    });
    for (const name of ['lodash', 'CVE-1', 'ghsa-1'])
      expect((await run('search', name)).out).toMatch(
        /GHSA-1 +High +github:language:javascript +lodash +4\.0\.0 +< 4/,
      );
    expect((await run('search', 'CVE-9')).exitCode).toBe(1);
    expect((await run('providers')).out).toContain('debian');
    expect((await run('delete')).exitCode).toBe(0);
    expect((await run('status')).out).toContain('there is none');
    const gone = await run('providers');
    expect(gone.exitCode).toBe(3);
    expect(gone.err).toContain('skopos db update');
  });

  it.each([
    ['text', 'hello', 'no vulnerability.db in it'],
    ['cut', undefined, 'archive'],
    ['zeros', '\0'.repeat(4096), 'no vulnerability.db in it'],
    ['sqlite', `SQLite format 3\0${'x'.repeat(2000)}`, 'is damaged'],
  ])('refuses %s, and leaves what was there', async (name, content, problem) => {
    await run('import', 'archive.tar.gz');
    writeFileSync(join(folder, name), content ?? archive.subarray(0, archive.length - 600));
    const { exitCode, err } = await run('import', name);
    expect(exitCode).toBe(3);
    expect(err).toContain(problem);
    expect((await run('search', 'lodash')).exitCode).toBe(0);
  });

  it('checks the checksum that it is told', async () => {
    expect((await run('import', 'archive.tar.gz', '--checksum', sha256(archive))).exitCode).toBe(0);
    const { exitCode, err } = await run('import', 'archive.tar.gz', '--checksum', `sha256:${'0'.repeat(64)}`);
    expect(exitCode).toBe(2);
    expect(err).toContain('its checksum is');
  });

  it('takes OSV records beside it, which stay when it is renewed', async () => {
    mkdirSync(join(folder, 'own'));
    writeFileSync(
      join(folder, 'own/a.json'),
      JSON.stringify({
        id: 'TEAM-1',
        summary: 'Left open.',
        affected: [
          {
            package: { ecosystem: 'npm', name: 'shop' },
            ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '2.0.0' }] }],
          },
          { package: { ecosystem: 'Marsian', name: 'x' }, versions: ['1'] },
        ],
      }),
    );
    const { out, err } = await run('import', '--osv', 'own');
    expect(out).toContain('1 records of private, 0 of them of no package');
    expect(err).toContain('"Marsian"');
    await run('import', 'archive.tar.gz');
    expect((await run('search', 'shop')).out).toMatch(
      /TEAM-1 .*private:language:javascript +shop +2\.0\.0 +< 2\.0\.0/,
    );
    await run('delete', '--provider', 'private');
    expect((await run('search', 'shop')).exitCode).toBe(1);
  });

  it.each([
    [['--osv', 'a.json', '--checksum', 'sha256:0'], '--checksum'],
    [['archive.tar.gz', '--provider', 'team'], '--provider'],
    [['archive.tar.gz', 'archive.tar.gz'], 'expected one archive'],
  ])('refuses %j rather than pass over half of it', async (args, problem) => {
    writeFileSync(join(folder, 'a.json'), '{"id":"TEAM-1","affected":[]}');
    const { exitCode, err } = await run('import', ...args);
    expect(exitCode).toBe(2);
    expect(err).toContain(problem);
    expect(existsSync(db)).toBe(false);
  });

  it('tells programs what it did', async () => {
    writeFileSync(join(folder, 'a.json'), '{"id":"TEAM-1","affected":[]}');
    const json = async (...args: string[]) => JSON.parse((await run(...args, '--json')).out) as unknown;
    expect(await json('import', '--osv', 'a.json')).toEqual({
      ...{ provider: 'private', records: 1, withoutPackages: 1, unknownEcosystems: {} },
    });
    expect(await json('import', 'archive.tar.gz')).toMatchObject({ schema: '6.1.9' });
    expect(await json('delete')).toEqual({ removed: join(db, 'vulnerability.db') });
  });

  it.each([
    ['{"id":1}', 'no OSV record: id'],
    ['{', 'no JSON'],
    ['[]', 'no OSV record in'],
  ])('refuses OSV records such as %s', async (content, problem) => {
    writeFileSync(join(folder, 'a.json'), content);
    const { exitCode, err } = await run('import', '--osv', 'a.json');
    expect(exitCode).toBe(2);
    expect(err).toContain(problem);
    expect(existsSync(join(db, 'advisories/private.db'))).toBe(false);
  });
});

describe('update', () => {
  let server: Server;
  let url: string;
  let answers: Record<string, { status?: number; headers?: Record<string, string>; body?: string | Buffer }>;
  const asked: string[] = [];

  beforeEach(async () => {
    asked.length = 0;
    server = createServer((request, reply) => {
      const path = request.url ?? '';
      asked.push(path);
      const { status = 200, headers = {}, body = '' } = answers[path] ?? { status: 404 };
      reply.writeHead(status, headers).end(body);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    answers = { '/v6/latest.json': { body: listing() }, '/v6/a.tar.gz': { body: archive } };
  });
  afterEach(() => new Promise((done) => server.close(done)));

  const listing = (more: object = {}) =>
    JSON.stringify({
      status: 'active',
      schemaVersion: 'v6.1.9',
      built: '2026-01-01T00:00:00Z',
      path: 'a.tar.gz',
      checksum: sha256(archive),
      ...more,
    });

  it('gets the newest, and not again what is there', async () => {
    expect((await run('check', '--url', url)).exitCode).toBe(1);
    expect((await run('update', '--url', url)).out).toMatch(/^updated/);
    expect((await run('update', '--url', url)).out).toMatch(/^not asked/);
    expect((await run('update', '--url', `${url}/v6/latest.json`, '--force')).out).toMatch(
      /^already the newest/,
    );
    expect((await run('check', '--url', url)).exitCode).toBe(0);
    expect(JSON.parse((await run('update', '--url', url, '--json')).out)).toMatchObject({
      ...{ outcome: 'early', schema: '6.1.9' },
    });
    expect(asked.filter((path) => path === '/v6/a.tar.gz')).toHaveLength(1);
  });

  it('asks the mirror when the first does not answer', async () => {
    const { out } = await run('update', '--url', `${url}/nothing`, '--mirror', url);
    expect(out).toMatch(/^updated/);
  });

  it('warns of a model that ends', async () => {
    answers['/v6/latest.json'] = { body: listing({ status: 'eol' }) };
    expect((await run('update', '--url', url)).err).toContain('not made any more');
  });

  it.each([
    [
      'another checksum',
      () => listing({ checksum: `sha256:${'0'.repeat(64)}` }),
      'is not what its listing says',
    ],
    ['another model', () => listing({ schemaVersion: 'v7.0.0' }), 'this program reads model 6'],
    ['no listing', () => '<html>', 'no listing of databases'],
    ['an odd path', () => listing({ path: 'file:///etc/passwd' }), 'that is no address'],
  ])('refuses %s, and keeps what is there', async (_what, body, problem) => {
    await run('import', 'archive.tar.gz');
    cpSync(join(db, 'vulnerability.db'), join(folder, 'before.db'));
    answers['/v6/latest.json'] = { body: body().replace('2026-01-01', '2026-02-01') };
    const { exitCode, err } = await run('update', '--url', url);
    expect(exitCode).toBe(3);
    expect(err).toContain(problem);
    expect(readFileSync(join(db, 'vulnerability.db')).equals(readFileSync(join(folder, 'before.db')))).toBe(
      true,
    );
  });

  it('leaves a server alone for as long as it asks for', async () => {
    answers['/v6/latest.json'] = { status: 429, headers: { 'retry-after': '86400' } };
    expect((await run('update', '--url', url)).exitCode).toBe(3);
    const note = JSON.parse(readFileSync(join(db, 'last-check.json'), 'utf8')) as {
      checkedAtMs: number;
      notBeforeMs: number;
    };
    expect(note.notBeforeMs - note.checkedAtMs).toBe(86_400_000);
    const before = asked.length;
    expect((await run('update', '--url', url)).out).toMatch(/^not asked/);
    expect(asked).toHaveLength(before);
  });
});

function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
