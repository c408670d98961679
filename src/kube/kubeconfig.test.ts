import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inClusterAccess, tokenFile } from './in-cluster.ts';
import { loadKubeconfig } from './kubeconfig.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skopos-kubeconfig-'));
});
afterEach(() => rm(folder, { recursive: true }));

const base64 = (text: string) => Buffer.from(text).toString('base64');

async function config(user: string, cluster = '', more = ''): Promise<string> {
  const path = join(folder, 'config');
  await writeFile(
    path,
    `apiVersion: v1
kind: Config
current-context: one
contexts:
  - name: one
    context: {cluster: c, user: u}
  - name: two
    context: {cluster: missing, user: u}
clusters:
  - name: c
    cluster: {server: "https://api.example:6443/", ${cluster}}
users:
  - name: u
    user: ${user}
${more}`,
  );
  return path;
}

describe('a kubeconfig', () => {
  it('gives the address, the authority and a token', async () => {
    const path = await config(
      '{token: abc}',
      `certificate-authority-data: ${base64('CA')}, tls-server-name: kube`,
    );
    const access = await loadKubeconfig(path);
    expect(access).toMatchObject({
      name: 'one',
      server: 'https://api.example:6443',
      tls: { ca: 'CA', serverName: 'kube', insecure: false },
    });
    expect(await access.credentials()).toEqual({ authorization: 'Bearer abc' });
  });

  it('gives certificates from data, and from files beside it', async () => {
    await writeFile(join(folder, 'client.key'), 'KEY');
    const access = await loadKubeconfig(
      await config(`{client-certificate-data: ${base64('CERT')}, client-key: client.key}`),
    );
    expect(await access.credentials()).toEqual({ certificate: 'CERT', key: 'KEY' });
  });

  it('gives a user and password', async () => {
    const access = await loadKubeconfig(await config('{username: ann, password: pw}'));
    expect(await access.credentials()).toEqual({ authorization: `Basic ${base64('ann:pw')}` });
  });

  it('asks a program, once for as long as its token lasts, and again when told to renew', async () => {
    const script = join(folder, 'login');
    await writeFile(
      script,
      `#!/bin/sh
echo x >> '${join(folder, 'calls')}'
n=$(wc -l < '${join(folder, 'calls')}' | tr -d ' ')
echo '{"status": {"token": "'"$PREFIX$1$n"'", "expirationTimestamp": "2999-01-01T00:00:00Z"}}'
`,
    );
    await chmod(script, 0o755);
    const access = await loadKubeconfig(
      await config('{exec: {command: ./login, args: [-t], env: [{name: PREFIX, value: p}]}}'),
    );
    const both = await Promise.all([access.credentials(), access.credentials()]);
    expect(both).toEqual([{ authorization: 'Bearer p-t1' }, { authorization: 'Bearer p-t1' }]);
    expect(await access.credentials()).toEqual({ authorization: 'Bearer p-t1' });
    expect(await access.credentials(true)).toEqual({ authorization: 'Bearer p-t2' });
  });

  it('says what the program said when it fails, and how to get one that is missing', async () => {
    const script = join(folder, 'login');
    await writeFile(script, '#!/bin/sh\necho "you are logged out" >&2\nexit 1\n');
    await chmod(script, 0o755);
    const failing = await loadKubeconfig(await config('{exec: {command: ./login}}'));
    await expect(failing.credentials()).rejects.toThrow(/login.*failed: you are logged out/);
    const missing = await loadKubeconfig(
      await config('{exec: {command: no-such-login-program, installHint: "install it"}}'),
    );
    await expect(missing.credentials()).rejects.toThrow(/no-such-login-program.*install it/);
  });

  it.each([
    ['a context that is not there', 'three', '{}', '', /no context "three"; it has: one, two/],
    ['a cluster that is not there', 'two', '{}', '', /no cluster "missing", which context "two" names/],
    ['a field of the wrong type', 'one', '{token: 1}', '', /user "u" is wrong at token/],
    [
      'a file that is not there',
      'one',
      '{client-key: nowhere.pem}',
      '',
      /names nowhere\.pem, which cannot be read/,
    ],
    [
      'a retired way to log in',
      'one',
      '{auth-provider: {name: gcp}}',
      '',
      /auth-provider.*use exec or a token/,
    ],
    ['a proxy', 'one', '{}', 'proxy-url: "http://p:1"', /proxy-url .* is not supported/],
  ])('with %s is refused', async (_what, context, user, cluster, message) => {
    await expect(loadKubeconfig(await config(user, cluster), context)).rejects.toThrow(message);
  });

  it('that is no YAML is refused with line and column, without a word of its content', async () => {
    const path = await config('{token: sup3rs3cret', '', '');
    const error = await loadKubeconfig(path).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringMatching(/config:\d+:\d+: the kubeconfig is no YAML/),
    });
    expect(String(error)).not.toContain('sup3rs3cret');
    await expect(loadKubeconfig(join(folder, 'none'))).rejects.toThrow(/cannot read the kubeconfig/);
  });
});

describe('a client certificate in files', () => {
  it('is read again once it is not accepted, and the one before is used while it cannot be read', async () => {
    const [certificate, key] = [join(folder, 'client.crt'), join(folder, 'client.key')];
    await writeFile(certificate, 'CERT 1');
    await writeFile(key, 'KEY 1');
    const path = await config('{client-certificate: client.crt, client-key: client.key}');
    const { credentials } = await loadKubeconfig(path);
    expect(await credentials()).toEqual({ certificate: 'CERT 1', key: 'KEY 1' });
    await writeFile(certificate, 'CERT 2');
    await writeFile(key, 'KEY 2');
    expect(await credentials()).toEqual({ certificate: 'CERT 1', key: 'KEY 1' });
    expect(await credentials(true)).toEqual({ certificate: 'CERT 2', key: 'KEY 2' });
    await rm(certificate);
    expect(await credentials(true)).toEqual({ certificate: 'CERT 2', key: 'KEY 2' });
  });
});

describe('inside a cluster', () => {
  it('the service account is taken, and its token read again when it is renewed', async () => {
    await writeFile(join(folder, 'ca.crt'), 'CA');
    await writeFile(join(folder, 'token'), 'one\n');
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    const access = await inClusterAccess(env, folder);
    expect(access).toMatchObject({ server: 'https://[fd00::1]:443', tls: { ca: 'CA', insecure: false } });
    let nowMs = 0;
    const credentials = tokenFile(join(folder, 'token'), () => nowMs);
    expect(await credentials()).toEqual({ authorization: 'Bearer one' });
    await writeFile(join(folder, 'token'), 'two');
    expect(await credentials()).toEqual({ authorization: 'Bearer one' });
    nowMs = 61_000;
    expect(await credentials()).toEqual({ authorization: 'Bearer two' });
  });

  it('and nowhere else', async () => {
    await expect(inClusterAccess({}, folder)).rejects.toThrow(/in no cluster.*give --kubeconfig/);
  });
});
