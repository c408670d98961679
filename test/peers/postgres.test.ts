import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Secret } from '../../src/kit/secret.ts';
import { migratePostgres } from '../../src/store/migrate-postgres.ts';
import { Postgres, type PostgresAccess } from '../../src/store/postgres.ts';
import { PostgresServer, postgresPrograms } from '../support/postgres-server.ts';

const missing = postgresPrograms() === undefined ? ' (skipped: install the Debian package postgresql)' : '';

function open(url: string, tls?: PostgresAccess['tls']): Postgres {
  const db = new Postgres({
    access: async () => ({ url: new Secret(url), ...(tls === undefined ? {} : { tls }) }),
    applicationName: 'skopos test',
  });
  onTestFinished(() => db.close());
  return db;
}

describe.skipIf(missing !== '')(`PostgreSQL${missing}`, () => {
  it('is brought up to date once, however many processes start at the same time', async () => {
    const server = await PostgresServer.start();
    const steps = [
      'CREATE TABLE one (id integer); INSERT INTO one VALUES (1)',
      'ALTER TABLE one ADD COLUMN more text',
    ];
    const all = Array.from({ length: 8 }, () => open(server.url));
    await Promise.all(
      all.map((db, i) => migratePostgres(db, 'test', i % 2 === 0 ? steps : steps.slice(0, 1))),
    );
    expect(server.sql('SELECT id, more FROM one')).toEqual(['1|']);
    expect(server.sql('SELECT room, version FROM skopos_schema_versions')).toEqual(['test|2']);
  });

  it('leaves nothing of a step that fails half-way', async () => {
    const server = await PostgresServer.start();
    const db = open(server.url);
    await expect(migratePostgres(db, 'test', ['CREATE TABLE one (id integer); SELECT 1/0'])).rejects.toThrow(
      'division by zero (22012)',
    );
    expect(server.sql("SELECT to_regclass('one') IS NULL")).toEqual(['t']);
    await migratePostgres(db, 'test', ['CREATE TABLE one (id integer)']);
  });

  it('answers, or is given up, within the bound, also when it hangs or comes back', async () => {
    const server = await PostgresServer.start();
    const db = open(server.url);
    expect(await db.query('SELECT $1::float8 AS one, $2::text[] AS two', [1.5, ['a', 'b']])).toEqual([
      { one: 1.5, two: ['a', 'b'] },
    ]);
    await expect(db.query('SELECT pg_sleep(30)')).rejects.toThrow('PostgreSQL: canceling statement');
    for (const take of [() => server.hang(), () => server.kill()]) {
      await take();
      const startedMs = Date.now();
      await expect(db.query('SELECT 1')).rejects.toThrow('PostgreSQL: ');
      // On a new connection, too.
      await expect(db.query('SELECT 1')).rejects.toThrow('PostgreSQL: ');
      expect(Date.now() - startedMs).toBeLessThan(10_000);
      server.resume();
      if (server.isDown) await server.run();
      await vi.waitFor(async () => expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }]), 10_000);
    }
  });

  it('is heard for as long as it is there', async () => {
    const server = await PostgresServer.start();
    const db = open(server.url);
    const heard: string[] = [];
    const listening = db.listen(
      'a-channel',
      (payload) => void heard.push(payload),
      new AbortController().signal,
    );
    await vi.waitFor(() => expect(heard).toEqual(['']), 10_000);
    await db.query("SELECT pg_notify('a-channel', 'hello')");
    await vi.waitFor(() => expect(heard).toEqual(['', 'hello']), 10_000);
    const ended = expect(listening).rejects.toThrow('PostgreSQL: ');
    await server.kill();
    await ended;
  });

  it('is not heard by a connection that hangs', async () => {
    const server = await PostgresServer.start();
    const heard: string[] = [];
    const listening = open(server.url).listen(
      'c',
      (payload) => void heard.push(payload),
      new AbortController().signal,
    );
    await vi.waitFor(() => expect(heard).toEqual(['']), 10_000);
    server.hang();
    await expect(listening).rejects.toThrow('PostgreSQL: ');
  });

  it('is reached over TLS by those who know its certificate', async () => {
    const server = await PostgresServer.start({
      prepare(folder) {
        const out = ['-keyout', `${folder}/server.key`, '-out', `${folder}/server.crt`];
        const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
        execFileSync(
          'openssl',
          ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names, ...out],
          {
            stdio: 'pipe',
          },
        );
      },
      settings: { ssl: 'on' },
    });
    const ca = readFileSync(`${server.dataFolder}/server.crt`, 'utf8');
    const usesTls = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
    expect(await open(server.url, { ca }).query(usesTls)).toEqual([{ ssl: true }]);
    expect(await open(`${server.url}?sslmode=no-verify`).query(usesTls)).toEqual([{ ssl: true }]);
    await expect(open(server.url, {}).query(usesTls)).rejects.toThrow('self-signed certificate');
  });

  it('never tells the password', async () => {
    const server = await PostgresServer.start();
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as { port: number };
    const wrong = [
      'postgresql://guarded:hunter2@127.0.0.1:1/postgres',
      'postgresql://guarded:hunter2@no-such-host.invalid/postgres',
      `postgresql://guarded:hunter2@127.0.0.1:${port}/postgres`,
      `${server.url.replace('postgres@', 'nobody:hunter2@')}`,
      'postgresql://guarded:hunter2@127.0.0.1:notaport/x',
    ];
    for (const url of wrong) {
      const error: unknown = await open(url)
        .query('SELECT 1')
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      const all = `${String(error)} ${JSON.stringify(error)} ${(error as Error).stack} ${String((error as Error).cause)}`;
      expect(all).not.toContain('hunter2');
      expect(all).toContain('PostgreSQL: ');
    }
  });
});
