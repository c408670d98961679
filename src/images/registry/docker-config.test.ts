import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { askHelper } from './credential-helper.ts';
import { dockerConfigCredentials, dockercfgCredentials } from './docker-config.ts';
import { pullSecretCredentials } from './pull-secrets.ts';

const { signal } = new AbortController();
const auth = (text: string) => ({ auth: Buffer.from(text).toString('base64') });
const options = { origin: 'docker config', mayRunHelpers: false };

/** Who logs in to a repository by a config with these entries, in order. */
async function users(auths: Readonly<Record<string, unknown>>, registry: string, repository: string) {
  const found = await dockerConfigCredentials(JSON.stringify({ auths }), options).find(
    registry,
    repository,
    signal,
  );
  return found.map(({ login }) => (login.kind === 'password' ? login.username : login.kind));
}

it('finds the login with the longest path first', async () => {
  const auths = {
    'registry.example': auth('all:x'),
    'registry.example/team': auth('team:x'),
    'registry.example/team/shop': auth('shop:x'),
    'registry.example/tea': auth('other:x'),
  };
  expect(await users(auths, 'registry.example', 'team/shop')).toEqual(['shop', 'team', 'all']);
  expect(await users(auths, 'registry.example', 'teams/x')).toEqual(['all']);
});

it('matches hosts part by part', async () => {
  const auths = {
    '*.example.com': auth('one:x'),
    'r*y.example.com': auth('two:x'),
    '*.example.com:5000': auth('port:x'),
  };
  expect((await users(auths, 'registry.example.com', 'a')).sort()).toEqual(['one', 'two']);
  expect(await users(auths, 'a.b.example.com', 'a')).toEqual([]);
  expect(await users(auths, 'a.example.com:5000', 'a')).toEqual(['port']);
});

it.each(['https://index.docker.io/v1/', 'docker.io', 'index.docker.io', 'registry-1.docker.io'])(
  'takes %s for Docker Hub',
  async (key) => {
    expect(await users({ [key]: auth('me:x') }, 'docker.io', 'library/nginx')).toEqual(['me']);
  },
);

it('reads every kind of login', async () => {
  const auths = {
    a: { identitytoken: 't' },
    b: { registrytoken: 't' },
    c: { username: 'u', password: 'p' },
    d: {},
  };
  expect(await users(auths, 'a', 'x')).toEqual(['identity']);
  expect(await users(auths, 'b', 'x')).toEqual(['registry']);
  expect(await users(auths, 'c', 'x')).toEqual(['u']);
  expect(await users(auths, 'd', 'x')).toEqual([]);
});

it('never shows what it cannot read', () => {
  expect(() => dockerConfigCredentials('{"auths": s3cret', options)).toThrow('docker config is no JSON');
  expect(() => dockerConfigCredentials('{"auths": s3cret', options)).not.toThrow('s3cret');
  const bad = JSON.stringify({ auths: { a: auth('no colon') } });
  expect(() => dockerConfigCredentials(bad, options)).toThrow('the login for a is not base64');
});

it('reads the secrets of pods, old ones too, and passes over what is none', async () => {
  const secret = (type: string, key: string, value: unknown) => ({
    ...{ namespace: 'shop', name: 'pull', type },
    data: { [key]: Buffer.from(JSON.stringify(value)).toString('base64') },
  });
  const source = pullSecretCredentials([
    secret('Opaque', 'x', {}),
    { namespace: 'shop', name: 'broken', type: 'kubernetes.io/dockerconfigjson', data: {} },
    secret('kubernetes.io/dockercfg', '.dockercfg', { r: auth('old:x') }),
    secret('kubernetes.io/dockerconfigjson', '.dockerconfigjson', { auths: { r: auth('new:x') } }),
  ]);
  const found = await source.find('r', 'a', signal);
  expect(found.map(({ origin, login }) => [origin, login.kind === 'password' && login.username])).toEqual([
    ['secret shop/pull', 'old'],
    ['secret shop/pull', 'new'],
  ]);
  expect(await dockercfgCredentials('{}', options).find('r', 'a', signal)).toEqual([]);
});

/** Puts a program `docker-credential-test` on the search path. */
function helper(script: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'skopos-helper-'));
  const path = process.env['PATH'];
  process.env['PATH'] = `${folder}${delimiter}${path}`;
  onTestFinished(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true, force: true });
  });
  writeFileSync(join(folder, 'docker-credential-test'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'docker-credential-test'), 0o755);
}

it('asks a helper, and runs none that was not allowed', async () => {
  helper('read server; echo "{\\"Username\\": \\"for $server\\", \\"Secret\\": \\"p\\"}"');
  expect(await askHelper('test', 'registry.example', signal)).toMatchObject({
    username: 'for registry.example',
  });
  const config = JSON.stringify({ credHelpers: { 'registry.example': 'test' } });
  const find = (mayRunHelpers: boolean) =>
    dockerConfigCredentials(config, { ...options, mayRunHelpers }).find('registry.example', 'a', signal);
  expect(await find(false)).toEqual([]);
  expect(await find(true)).toMatchObject([{ origin: 'docker-credential-test' }]);
});

it('tells of helpers that have nothing, fail, or are not there, without what they print', async () => {
  helper('cat >/dev/null; echo "credentials not found in native keychain"; exit 1');
  expect(await askHelper('test', 'r', signal)).toBeUndefined();
  helper('cat >/dev/null; echo s3cret; exit 3');
  await expect(askHelper('test', 'r', signal)).rejects.toThrow('it ended with 3');
  helper('cat >/dev/null; echo s3cret');
  await expect(askHelper('test', 'r', signal)).rejects.toThrow('did not print a login');
  await expect(askHelper('nowhere', 'r', signal)).rejects.toThrow('it is not installed');
  await expect(askHelper('../../bin/sh', 'r', signal)).rejects.toThrow('no name of a credential helper');
});
