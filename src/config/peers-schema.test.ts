import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadConfig } from './load-config.ts';

/** What `alerting.peers` of a file is read as, and its folder. */
function load(peers: string) {
  const folder = mkdtempSync(join(tmpdir(), 'skopos-peers-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'skopos.yaml'), `alerting:\n  peers: ${peers}\n`);
  const config = loadConfig({}, folder);
  return { folder, config, peers: config.alerting.peers };
}

it('reads the address of a database as a secret, and makes paths absolute', () => {
  const { folder, config, peers } = load(
    "{database: 'postgresql://me:hunter2@db/skopos', password_file: pw, tls_config: {ca_file: ca.crt}, name: a.example:9600}",
  );
  expect(peers?.database?.reveal()).toBe('postgresql://me:hunter2@db/skopos');
  expect(peers?.password_file).toBe(join(folder, 'pw'));
  expect(peers?.tls_config?.ca_file).toBe(join(folder, 'ca.crt'));
  expect(JSON.stringify(config)).not.toContain('hunter2');
});

it.each([
  ['{}', 'give database or database_file'],
  ["{database: 'postgresql://db/x', database_file: f}", 'give database or database_file'],
  [
    "{database: 'mysql://me:hunter2@db/x'}",
    'alerting.peers.database: expected an address such as postgresql://',
  ],
  ["{database: 'me:hunter2@db'}", 'expected an address such as postgresql://'],
  ["{database: 'postgresql://me:hunter2@db:port/x'}", 'expected an address such as postgresql://'],
  ["{database: 'postgresql://me:hunter2@db/x?sslmode=require', tls_config: {}}", 'not both'],
  ["{database: 'postgresql://db/x', name: 'a b'}", 'letters, digits'],
])('refuses %s, without a word of the password', (text, message) => {
  expect(() => load(text)).toThrow(message);
  expect(() => load(text)).not.toThrow('hunter2');
});
