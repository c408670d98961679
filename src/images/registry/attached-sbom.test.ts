import { describe, expect, it, onTestFinished } from 'vitest';
import {
  artifact,
  asImage,
  cycloneDx,
  cycloneDxType,
  referrersOf,
} from '../../../test/support/attached-artifacts.ts';
import { digestOf, image, type MadeImage } from '../../../test/support/oci-image.ts';
import { type Handler, registryServer, sendJson } from '../../../test/support/registry-server.ts';
import { silentLogger } from '../../log/logger.ts';
import { defaultAnalysisSettings, registrySchema } from '../config.ts';
import { Analyser } from '../pipeline/analyser.ts';

const made = image([[{ name: 'file', content: 'x' }]]);
const tagOf = (digest: string) => digest.replace(':', '-');

const cycloneDxText = JSON.stringify(cycloneDx);
const spdx = JSON.stringify({ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', name: 'x', packages: [] });

const attaching = (type: string, text: string, more: Record<string, unknown> = {}): MadeImage =>
  artifact(made, [{ type, text }], more);

async function attached(images: Readonly<Record<string, MadeImage>>, before?: Handler) {
  const server = await registryServer({ 'team/shop:1': made, ...images }, before);
  const registries = [registrySchema.parse({ prefix: server.host, plain_http: true })];
  const settings = { ...defaultAnalysisSettings(), registries };
  const analyser = new Analyser({ settings, log: silentLogger });
  onTestFinished(() => analyser.close());
  const { signal } = new AbortController();
  return {
    server,
    sbom: async () => (await analyser.attachedSbom(`${server.host}/team/shop:1`, { signal })).sbom,
  };
}

describe('an SBOM that is attached to an image', () => {
  const of = attaching(cycloneDxType, cycloneDxText);
  const other = attaching('application/spdx+json', spdx);
  const signature = attaching(
    'application/vnd.dev.sigstore.bundle.v0.3+json',
    JSON.stringify({ messageSignature: { signature: '' } }),
  );

  it('is found by the list of referrers, without a layer of the image', async () => {
    const all = { 'team/shop:a': of, 'team/shop:b': other, 'team/shop:c': signature };
    const list = referrersOf(
      [signature, 'application/vnd.dev.sigstore.bundle.v0.3+json'],
      [other, 'application/spdx+json'],
      [of, cycloneDxType],
    );
    const { server, sbom } = await attached(all, (request, response) =>
      request.url === `/v2/team/shop/referrers/${made.digest}` ? sendJson(response, 200, list) : undefined,
    );
    expect(await sbom()).toMatchObject({
      digest: made.digest,
      platform: 'linux/amd64',
      layers: made.diffIds,
      packages: [{ type: 'npm', name: 'left-pad', version: '1.3.0' }],
    });
    expect(server.requests.filter((one) => one.includes('/blobs/'))).toHaveLength(2);
  });

  it('is found by the tag that stands for that list where a registry keeps none', async () => {
    const list = asImage(referrersOf([of, cycloneDxType]));
    const { sbom } = await attached({ 'team/shop:a': of, [`team/shop:${tagOf(made.digest)}`]: list });
    expect((await sbom()).packages).toHaveLength(1);
  });

  it('is found by the tag that cosign gives', async () => {
    const { sbom } = await attached({ [`team/shop:${tagOf(made.digest)}.sbom`]: of });
    expect((await sbom()).packages).toHaveLength(1);
  });

  it('is told of when there is none', async () => {
    await expect((await attached({})).sbom()).rejects.toThrow(/no SBOM is attached to .*team\/shop:1/);
    const onlySigned = referrersOf([signature, 'application/vnd.dev.sigstore.bundle.v0.3+json']);
    const { sbom } = await attached({ 'team/shop:c': signature }, (request, response) =>
      request.url?.includes('/referrers/') ? sendJson(response, 200, onlySigned) : undefined,
    );
    await expect(sbom()).rejects.toThrow('no SBOM is attached');
  });

  it('is refused when it is not what its digest says, too large, or no SBOM', async () => {
    const list =
      (one: MadeImage): Handler =>
      (request, response) =>
        request.url?.includes('/referrers/')
          ? sendJson(response, 200, referrersOf([one, cycloneDxType]))
          : undefined;
    const claim = (size: number) =>
      attaching(cycloneDxType, '', { layers: [{ mediaType: cycloneDxType, digest: digestOf('y'), size }] });
    const swapped = { ...of, blobs: new Map([...of.blobs].map(([digest]) => [digest, other.manifest])) };
    const cases: readonly (readonly [MadeImage, string])[] = [
      [swapped, 'is not what its digest says'],
      [claim(2 ** 40), 'at most'],
      [attaching(cycloneDxType, 'not json'), 'the SBOM attached to'],
      [{ ...of, blobs: new Map() }, 'is not there'],
    ];
    for (const [one, message] of cases) {
      const { sbom } = await attached({ 'team/shop:a': one }, list(one));
      await expect(sbom()).rejects.toThrow(message);
    }
  });
});
