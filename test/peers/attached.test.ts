import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageCommand } from '../../src/cli/image.ts';
import {
  artifact,
  asImage,
  cycloneDx,
  cycloneDxType,
  envelope,
  envelopeType,
  referrersOf,
  statement,
} from '../support/attached-artifacts.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { digestOf, type MadeImage, ociIndexType, ociManifestType } from '../support/oci-image.ts';
import { registryServer, sendJson } from '../support/registry-server.ts';
import { runCli } from '../support/run-cli.ts';

const missing = ['docker-registry', 'skopeo', 'umoci'].filter(
  (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0,
);
const needed = missing.length === 0 ? '' : ` (skipped: apt-get install ${missing.join(' ')})`;

const run = (command: string, args: readonly string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' });

/** An OCI layout with the image `app` of one file, as umoci makes it. */
function makeLayout(folder: string): string {
  const layout = join(folder, 'oci');
  mkdirSync(join(folder, 'root'));
  writeFileSync(join(folder, 'root/hello'), 'hello');
  run('umoci', ['init', '--layout', layout]);
  run('umoci', ['new', '--image', `${layout}:app`]);
  run('umoci', ['insert', '--rootless', '--image', `${layout}:app`, join(folder, 'root'), '/']);
  run('umoci', ['config', '--image', `${layout}:app`, '--architecture', 'amd64', '--os', 'linux']);
  return layout;
}

/** The same as the registries of tests hold it. */
function ofLayout(layout: string): MadeImage {
  const names = readdirSync(join(layout, 'blobs/sha256'));
  const blobs = new Map(
    names.map((name) => [`sha256:${name}`, readFileSync(join(layout, 'blobs/sha256', name))]),
  );
  const { manifests } = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
    manifests: readonly { readonly digest: string }[];
  };
  const digest = manifests.at(-1)?.digest ?? '';
  return { manifest: blobs.get(digest) ?? Buffer.alloc(0), digest, blobs, diffIds: [] };
}

/** What programs that attach things do, by the registry's own API. */
async function push(host: string, tag: string, made: MadeImage, type = ociManifestType): Promise<void> {
  const at = `http://${host}/v2/team/shop`;
  for (const [digest, blob] of made.blobs) {
    if (digest === made.digest) continue;
    const begun = await fetch(`${at}/blobs/uploads/`, { method: 'POST' });
    const to = new URL(begun.headers.get('location') ?? '', at);
    to.searchParams.set('digest', digest);
    const put = await fetch(to, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
      body: new Uint8Array(blob),
    });
    expect(put.status).toBe(201);
  }
  const body = new Uint8Array(made.manifest);
  const put = await fetch(`${at}/manifests/${tag}`, {
    method: 'PUT',
    headers: { 'content-type': type },
    body,
  });
  expect([put.status, await put.text()]).toEqual([201, '']);
}

describe.skipIf(missing.length > 0)(`SBOMs beside images of real programs${needed}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'skopos-attached-'));
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  let layout = '';
  let registry: DockerRegistry;

  beforeAll(async () => {
    layout = makeLayout(folder);
    registry = await startDockerRegistry();
    writeFileSync(join(folder, 'team.pub'), pair.publicKey.export({ type: 'spki', format: 'pem' }));
  });
  afterAll(async () => {
    await registry.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const copyTo = (tag: string): MadeImage => {
    const to = `docker://${registry.host}/team/shop:${tag}`;
    run('skopeo', ['copy', '-q', '--dest-tls-verify=false', `oci:${layout}:app`, to]);
    const raw = run('skopeo', ['inspect', '--raw', '--tls-verify=false', to]);
    return { manifest: Buffer.from(raw), digest: digestOf(raw), blobs: new Map(), diffIds: [] };
  };
  const tagOf = ({ digest }: MadeImage) => digest.replace(':', '-');

  async function read(host: string, tag: string, ...more: readonly string[]) {
    writeFileSync(
      join(folder, 'skopos.yaml'),
      `images: { registries: [{ prefix: "${host}", plain_http: true }] }\n`,
    );
    const args = ['image', `attached:${host}/team/shop:${tag}`, '--sbom-only', ...more];
    const { out, err, exitCode } = await runCli(imageCommand, args, folder);
    const names = out === '' ? [] : (JSON.parse(out) as { components: { name: string }[] }).components;
    return { names: names.map(({ name }) => name), err, exitCode };
  }
  const key = ['--key', 'team.pub'];

  it("are found in Debian's registry, which keeps no list of referrers, by tags", async () => {
    const made = copyTo('1');
    const { host } = registry;
    expect(await read(host, '1')).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('no SBOM is attached'),
    });

    const plain = artifact(made, [{ type: cycloneDxType, text: JSON.stringify(cycloneDx) }]);
    await push(host, 'plain', plain);
    const list = asImage(referrersOf([plain, cycloneDxType]));
    await push(host, tagOf(made), list, ociIndexType);
    expect(await read(host, '1')).toMatchObject({
      names: ['left-pad'],
      err: expect.stringContaining('its signature was not checked'),
    });
    expect(await read(host, '1', ...key)).toMatchObject({
      exitCode: 3,
      err: expect.stringContaining('is no signed attestation'),
    });

    const about = (digest: string) => JSON.stringify(envelope(statement(digest), pair.privateKey));
    const other = artifact(made, [{ type: envelopeType, text: about(digestOf('another')) }]);
    await push(host, `${tagOf(made)}.att`, other);
    expect(await read(host, '1', ...key)).toMatchObject({
      exitCode: 3,
      err: expect.stringContaining(`is about registry.test/team/shop@${digestOf('another')}`),
    });
    await push(
      host,
      `${tagOf(made)}.att`,
      artifact(made, [{ type: envelopeType, text: about(made.digest) }]),
    );
    expect(await read(host, '1', ...key)).toMatchObject({
      ...{ names: ['left-pad'], exitCode: 0 },
      err: expect.stringContaining(`signed by the key ${join(folder, 'team.pub')}`),
    });
  });

  it('are found by the list of referrers where a registry keeps one', async () => {
    const made = ofLayout(layout);
    const text = JSON.stringify(envelope(statement(made.digest), pair.privateKey));
    const attested = artifact(made, [{ type: envelopeType, text }]);
    const { host } = await registryServer(
      { 'team/shop:1': made, 'team/shop:a': attested },
      (request, response) =>
        request.url === `/v2/team/shop/referrers/${made.digest}`
          ? sendJson(response, 200, referrersOf([attested, envelopeType]))
          : undefined,
    );
    expect(await read(host, '1', ...key)).toMatchObject({ names: ['left-pad'], exitCode: 0 });
  });
});
