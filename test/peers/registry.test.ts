import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { createSign } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type AnalysisSettings, defaultAnalysisSettings, registrySchema } from '../../src/images/config.ts';
import { Analyser } from '../../src/images/pipeline/analyser.ts';
import type { CredentialSource } from '../../src/images/registry/credentials.ts';
import { pullSecretCredentials } from '../../src/images/registry/pull-secrets.ts';
import { silentLogger } from '../../src/log/logger.ts';
import type { ImageSbom } from '../../src/model/image-sbom.ts';
import { type DockerRegistry, htpasswdLine, startDockerRegistry } from '../support/docker-registry.ts';
import { image, ociIndexType, writeLayout } from '../support/oci-image.ts';

const threadScript = new URL('../../dist/app/analysis.worker.js', import.meta.url);
const missing = ['docker-registry', 'skopeo', 'umoci', 'dpkg-query', 'perl', 'openssl'].filter(
  (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0,
);
const isDebian = existsSync('/var/lib/dpkg/status');

/** Packages of this machine that become the base of the image, and trees of npm that become its application. */
const debs = ['openssl', 'zlib1g', 'bash', 'tzdata'];
const npms = ['zod', 'yaml', 'undici'];

const run = (command: string, args: readonly string[]) =>
  execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' });

/** Debian without dpkg: its packages' files, and a file for each of them in `status.d`, as distroless images are made. */
function makeBase(root: string): void {
  mkdirSync(join(root, 'var/lib/dpkg/status.d'), { recursive: true });
  mkdirSync(join(root, 'etc'), { recursive: true });
  cpSync('/usr/lib/os-release', join(root, 'usr/lib/os-release'));
  run('ln', ['-s', '../usr/lib/os-release', join(root, 'etc/os-release')]);
  for (const name of debs) {
    writeFileSync(join(root, 'var/lib/dpkg/status.d', name), run('dpkg-query', ['-s', name]));
    for (const file of run('dpkg-query', ['-L', name])
      .split('\n')
      .filter((path) => /^\/usr\/(?:bin|share\/doc)\/./.test(path))) {
      if (!existsSync(file) || existsSync(join(root, file))) continue;
      mkdirSync(dirname(join(root, file)), { recursive: true });
      cpSync(file, join(root, file), { recursive: true });
    }
  }
}

/** An OCI layout with the image `app`: a base, an application, one of its packages removed, an opaque folder. */
function makeLayout(folder: string): string {
  const layout = join(folder, 'oci');
  const root = join(folder, 'root');
  makeBase(root);
  const app = join(folder, 'app/node_modules');
  mkdirSync(app, { recursive: true });
  for (const name of npms) {
    mkdirSync(join(app, name));
    cpSync(join('node_modules', name, 'package.json'), join(app, name, 'package.json'));
  }
  const insert = (...args: string[]) =>
    run('umoci', ['insert', '--rootless', '--image', `${layout}:app`, ...args]);
  run('umoci', ['init', '--layout', layout]);
  run('umoci', ['new', '--image', `${layout}:app`]);
  insert(root, '/');
  insert(join(folder, 'app'), '/srv/app');
  insert('--whiteout', '/srv/app/node_modules/undici');
  mkdirSync(join(folder, 'empty'));
  insert('--opaque', join(folder, 'empty'), '/usr/share/doc');
  run('umoci', ['config', '--image', `${layout}:app`, '--architecture', 'amd64']);
  return layout;
}

function expectedPackages(): string[] {
  const ofDebian = debs.map(
    (name) => `deb ${name} ${run('dpkg-query', ['-W', '-f', '$'.concat('{Version}'), name])}`,
  );
  const ofNpm = npms
    .filter((name) => name !== 'undici')
    .map((name) => {
      const { version } = JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8')) as {
        version: string;
      };
      return `npm ${name} ${version}`;
    });
  return [...ofDebian, ...ofNpm].sort();
}

const packagesOf = (sbom: ImageSbom) =>
  sbom.packages
    .filter(({ type }) => type === 'deb' || type === 'npm')
    .map(({ type, name, version }) => `${type} ${name} ${version}`)
    .sort();

function analyser(host: string, limits: Partial<AnalysisSettings['limits']> = {}): Analyser {
  const settings = defaultAnalysisSettings();
  const made = new Analyser({
    settings: {
      ...settings,
      limits: { ...settings.limits, ...limits },
      registries: host === '' ? [] : [registrySchema.parse({ prefix: host, plain_http: true })],
    },
    log: silentLogger,
    threadScript,
  });
  onTestFinished(() => made.close());
  return made;
}

const { signal } = new AbortController();

const needed = missing.length === 0 ? '' : ` (skipped: apt-get install ${missing.join(' ')})`;

describe.skipIf(missing.length > 0 || !isDebian)(`images of real programs${needed}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'skopos-images-'));
  let layout = '';
  let open: DockerRegistry;

  beforeAll(async () => {
    layout = makeLayout(folder);
    open = await startDockerRegistry();
    run('skopeo', [
      'copy',
      '-q',
      '--dest-tls-verify=false',
      `oci:${layout}:app`,
      `docker://${open.host}/team/shop:1.0`,
    ]);
  });

  afterAll(async () => {
    await open.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('have the packages that were installed, from a registry, a layout and archives alike', async () => {
    const ociArchive = join(folder, 'oci.tar');
    const dockerArchive = join(folder, 'docker.tar');
    run('skopeo', ['copy', '-q', `oci:${layout}:app`, `oci-archive:${ociArchive}:app`]);
    run('skopeo', ['copy', '-q', `oci:${layout}:app`, `docker-archive:${dockerArchive}:shop:1.0`]);
    const all = analyser(open.host);
    const references = [
      `${open.host}/team/shop:1.0`,
      `oci:${layout}:app`,
      `oci-archive:${ociArchive}:app`,
      `docker-archive:${dockerArchive}`,
    ];
    const sboms = await Promise.all(references.map((reference) => all.analyse(reference, { signal })));
    const expected = expectedPackages();
    for (const sbom of sboms) {
      expect(packagesOf(sbom)).toEqual(expected);
      expect(sbom.partial).toEqual([]);
      expect(sbom.layers).toEqual(sboms[0]?.layers);
      expect(sbom.distribution?.id).toMatch(/^(?:debian|ubuntu)$/);
    }
    const { Digest: digest } = JSON.parse(
      run('skopeo', ['inspect', '--tls-verify=false', `docker://${open.host}/team/shop:1.0`]),
    ) as { Digest: string };
    expect(sboms[0]?.digest).toBe(digest);
    expect(await all.digestOf(`${open.host}/team/shop:1.0`, { signal })).toBe(digest);
  });

  it('of a registry are listed, in pages', async () => {
    for (const tag of ['1.1', '1.2'])
      run('skopeo', [
        'copy',
        '-q',
        '--dest-tls-verify=false',
        `oci:${layout}:app`,
        `docker://${open.host}/team/shop:${tag}`,
      ]);
    const all = analyser(open.host);
    const gathered = async (list: AsyncIterable<string>) => {
      const names: string[] = [];
      for await (const name of list) names.push(name);
      return names;
    };
    expect(await gathered(all.repositories(open.host, { signal }))).toContain('team/shop');
    expect(await gathered(all.tags(`${open.host}/team/shop`, { signal }))).toEqual(
      expect.arrayContaining(['1.0', '1.1', '1.2']),
    );
  });

  it('for several platforms are taken by platform', async () => {
    const manifests = [];
    for (const architecture of ['amd64', 'arm64']) {
      const made = image(
        [
          [
            {
              name: 'srv/node_modules/x/package.json',
              content: `{"name":"for-${architecture}","version":"1.0.0"}`,
            },
          ],
        ],
        {
          platform: { os: 'linux', architecture },
        },
      );
      const one = join(folder, architecture);
      writeLayout(one, { one: made });
      run('skopeo', [
        'copy',
        '-q',
        '--override-arch',
        architecture,
        '--preserve-digests',
        '--dest-tls-verify=false',
        `oci:${one}:one`,
        `docker://${open.host}/multi:${architecture}`,
      ]);
      manifests.push({
        ...{
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          digest: made.digest,
          size: made.manifest.length,
        },
        platform: { os: 'linux', architecture },
      });
    }
    const pushed = await fetch(`http://${open.host}/v2/multi/manifests/all`, {
      method: 'PUT',
      headers: { 'content-type': ociIndexType },
      body: JSON.stringify({ schemaVersion: 2, mediaType: ociIndexType, manifests }),
    });
    expect(pushed.status).toBe(201);
    const all = analyser(open.host);
    for (const architecture of ['amd64', 'arm64']) {
      const sbom = await all.analyse(`${open.host}/multi:all`, { signal, platform: `linux/${architecture}` });
      expect(sbom.packages.map(({ name }) => name)).toEqual([`for-${architecture}`]);
    }
  });

  it('behind a password are read with a pull secret, and not without', async () => {
    const file = join(folder, 'htpasswd');
    writeFileSync(file, htpasswdLine('alice', 's3cret'));
    const registry = await startDockerRegistry({ htpasswd: { realm: 'test', path: file } });
    onTestFinished(() => registry.stop());
    await expectOnlyWithSecret(registry.host);
  });

  it('behind a token service are read with a pull secret, and not without', async () => {
    const tokens = await startTokenService(folder);
    onTestFinished(() => new Promise<void>((resolve) => tokens.server.close(() => resolve())));
    const registry = await startDockerRegistry({
      token: {
        realm: tokens.url,
        service: 'test registry',
        issuer: 'test issuer',
        rootcertbundle: tokens.certificate,
      },
    });
    onTestFinished(() => registry.stop());
    await expectOnlyWithSecret(registry.host);
  });

  async function expectOnlyWithSecret(host: string): Promise<void> {
    // Not waited for in one piece: the token service is in this process.
    await promisify(execFile)('skopeo', [
      'copy',
      '-q',
      '--dest-tls-verify=false',
      '--dest-creds=alice:s3cret',
      `oci:${layout}:app`,
      `docker://${host}/team/private:1`,
    ]);
    const reference = `${host}/team/private:1`;
    const all = analyser(host);
    const sbom = await all.analyse(reference, { signal, credentials: secretFor(host, 'alice:s3cret') });
    expect(packagesOf(sbom)).toEqual(expectedPackages());
    for (const credentials of [undefined, secretFor(host, 'alice:wrong')]) {
      const failure = all.open(reference, { signal, ...(credentials && { credentials }) });
      await expect(failure).rejects.toMatchObject({ code: 'REGISTRY_DENIED' });
    }
  }

  it('that need more memory or time than they may end a thread, and nothing else', async () => {
    // Small to send, and a folder of its own for every part of every path.
    const many = Array.from({ length: 15_000 }, (_, i) => ({ name: `${i}/${'d/'.repeat(40)}f` }));
    const hostile = join(folder, 'hostile');
    writeLayout(hostile, {
      many: image([many]),
      well: image([[{ name: 'a/package.json', content: '{"name":"a","version":"1.0.0"}' }]]),
    });
    const small = analyser('', { heap_mib: 64 });
    const sbom = await small.analyse(`oci:${hostile}:many`, { signal });
    expect(sbom.partial[0]?.reason).toContain('more than 64 MiB of memory');
    expect((await small.analyse(`oci:${hostile}:well`, { signal })).packages).toHaveLength(1);
    const quick = analyser('', { layer_time: 1 });
    expect((await quick.analyse(`oci:${hostile}:many`, { signal })).partial[0]?.reason).toContain(
      'takes longer than 1ms',
    );
  });
});

function secretFor(host: string, login: string): CredentialSource {
  const config = { auths: { [host]: { auth: Buffer.from(login).toString('base64') } } };
  return pullSecretCredentials([
    {
      namespace: 'shop',
      name: 'pull',
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': Buffer.from(JSON.stringify(config)).toString('base64') },
    },
  ]);
}

/** Gives tokens to alice for whatever scope is asked for, signed as docker-registry wants them. */
async function startTokenService(
  folder: string,
): Promise<{ url: string; certificate: string; server: Server }> {
  const key = join(folder, 'token.key');
  const certificate = join(folder, 'token.crt');
  run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=test',
    '-keyout',
    key,
    '-out',
    certificate,
  ]);
  const x5c = readFileSync(certificate, 'utf8').replace(/-----[^-]+-----|\s/g, '');
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    if (request.headers.authorization !== `Basic ${Buffer.from('alice:s3cret').toString('base64')}`) {
      response.writeHead(401).end('{}');
      return;
    }
    const access = url.searchParams.getAll('scope').map((scope) => {
      const [type, name, actions = ''] = scope.split(':');
      return { type, name, actions: actions.split(',') };
    });
    const now = Math.floor(Date.now() / 1000);
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const head = part({ typ: 'JWT', alg: 'RS256', x5c: [x5c] });
    const body = part({
      ...{ iss: 'test issuer', sub: 'alice', aud: url.searchParams.get('service'), jti: String(now) },
      ...{ exp: now + 300, nbf: now - 300, iat: now, access },
    });
    const signature = createSign('RSA-SHA256')
      .update(`${head}.${body}`)
      .sign(readFileSync(key))
      .toString('base64url');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ token: `${head}.${body}.${signature}`, expires_in: 300 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, certificate, server };
}
