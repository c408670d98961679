import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  artifact,
  asImage,
  cycloneDx,
  cycloneDxPredicate,
  cycloneDxType,
  envelope,
  envelopeType,
  referrersOf,
  statement,
  statementType,
} from '../../../test/support/attached-artifacts.ts';
import { digestOf, image, type MadeImage } from '../../../test/support/oci-image.ts';
import { type Handler, registryServer, sendJson } from '../../../test/support/registry-server.ts';
import { silentLogger } from '../../log/logger.ts';
import { defaultAnalysisSettings, registrySchema } from '../config.ts';
import { Analyser } from '../pipeline/analyser.ts';
import { readSigningKey } from './signing-key.ts';

const made = image([[{ name: 'file', content: 'x' }]]);
const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const spdx = { spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', name: 'x', packages: [] };
const provenance = statement(made.digest, 'https://slsa.dev/provenance/v1', {});

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const keyOf = (key: KeyObject) => readSigningKey(pemOf(key), 'team.pub');

const attesting = (type: string, document: unknown, more: Record<string, unknown> = {}): MadeImage =>
  artifact(made, [{ type, text: JSON.stringify(document) }], more);

async function attached(images: Readonly<Record<string, MadeImage>>, before?: Handler, tag = '1') {
  const server = await registryServer({ 'team/shop:1': made, ...images }, before);
  const registries = [registrySchema.parse({ prefix: server.host, plain_http: true })];
  const analyser = new Analyser({
    settings: { ...defaultAnalysisSettings(), registries },
    log: silentLogger,
  });
  onTestFinished(() => analyser.close());
  const { signal } = new AbortController();
  return {
    server,
    read: (key?: KeyObject) =>
      analyser.attachedSbom(`${server.host}/team/shop:${tag}`, {
        signal,
        key: key === undefined ? undefined : keyOf(key),
      }),
  };
}

/** The tag of cosign that leads to these. */
const under = (suffix: string, found: MadeImage) => ({
  [`team/shop:${made.digest.replace(':', '-')}${suffix}`]: found,
});

const referring =
  (...all: readonly (readonly [MadeImage, string])[]): Handler =>
  (request, response) =>
    request.url === `/v2/team/shop/referrers/${made.digest}`
      ? sendJson(response, 200, referrersOf(...all))
      : undefined;

describe('an SBOM in an attestation', () => {
  it('is found by the tag that cosign gives, beside attestations of other things', async () => {
    const both = artifact(made, [
      { type: envelopeType, text: JSON.stringify(envelope(provenance)) },
      { type: envelopeType, text: JSON.stringify(envelope(statement(made.digest))) },
    ]);
    const { sbom, ...facts } = await (await attached(under('.att', both))).read();
    expect(facts).toEqual({ isAttestation: true, signedBy: '' });
    expect(sbom).toMatchObject({ digest: made.digest, packages: [{ name: 'left-pad', version: '1.3.0' }] });
  });

  it.each([
    ['a bare statement', statementType, statement(made.digest)],
    ['an envelope', envelopeType, envelope(statement(made.digest), ec.privateKey)],
    ["sigstore's bundle", bundleType, { dsseEnvelope: envelope(statement(made.digest)) }],
    [
      'a predicate within Data',
      envelopeType,
      envelope(statement(made.digest, cycloneDxPredicate, { Data: cycloneDx, Timestamp: 'x' })),
    ],
  ])('is read of the list of referrers as %s', async (_what, type, document) => {
    const of = attesting(type, document);
    const { read } = await attached({ 'team/shop:a': of }, referring([of, type]));
    expect((await read()).sbom.packages).toHaveLength(1);
  });

  it('is read of SPDX, and not fetched when its descriptor says that it is about something else', async () => {
    const notes = { annotations: { 'dev.sigstore.bundle.predicateType': 'https://slsa.dev/provenance/v1' } };
    const sbom = attesting(statementType, statement(made.digest, 'https://spdx.dev/Document/v2.3', spdx));
    const other = attesting(statementType, provenance, { note: 1 });
    const list = referrersOf([other, statementType], [sbom, statementType]);
    const [first, second] = list.manifests;
    const { read, server } = await attached(
      { 'team/shop:a': sbom, 'team/shop:b': other },
      (request, response) =>
        request.url?.includes('/referrers/')
          ? sendJson(response, 200, { ...list, manifests: [{ ...first, ...notes }, second] })
          : undefined,
    );
    expect((await read()).sbom.packages).toEqual([]);
    expect(server.requests.filter((one) => one.includes(other.digest))).toEqual([]);
  });

  it("is found in the image's index, where BuildKit puts it, for the platform that was asked for", async () => {
    const arm = image([[{ name: 'file', content: 'arm' }]], {
      platform: { os: 'linux', architecture: 'arm64' },
    });
    const note = { 'in-toto.io/predicate-type': 'https://spdx.dev/Document' };
    const of = (one: MadeImage, predicate: unknown, type: string) =>
      artifact(one, [
        {
          type: statementType,
          text: JSON.stringify(statement(one.digest, type, predicate)),
          annotations: note,
        },
      ]);
    const [own, others] = [
      of(made, cycloneDx, cycloneDxPredicate),
      of(arm, spdx, 'https://spdx.dev/Document'),
    ];
    const entry = ({ digest, manifest }: MadeImage, platform: unknown, annotations = {}) => ({
      ...{
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest,
        size: manifest.length,
        platform,
        annotations,
      },
    });
    const about = ({ digest }: MadeImage) => ({
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': digest,
    });
    const nowhere = { os: 'unknown', architecture: 'unknown' };
    const index = asImage({
      schemaVersion: 2,
      manifests: [
        entry(arm, { os: 'linux', architecture: 'arm64' }),
        entry(made, { os: 'linux', architecture: 'amd64' }),
        entry(others, nowhere, about(arm)),
        entry(own, nowhere, about(made)),
      ],
    });
    const all = { 'team/shop:i': index, 'team/shop:a': arm, 'team/shop:b': own, 'team/shop:c': others };
    const { read } = await attached(all, undefined, 'i');
    expect((await read()).sbom).toMatchObject({ digest: made.digest, packages: [{ name: 'left-pad' }] });
  });

  it('is refused by name when it is about another image', async () => {
    const of = attesting(envelopeType, envelope(statement(digestOf('another')), ec.privateKey));
    const { read } = await attached(under('.att', of));
    for (const key of [undefined, ec.publicKey])
      await expect(read(key)).rejects.toThrow(
        `is about registry.test/team/shop@${digestOf('another')}, not about ${made.digest}`,
      );
  });

  it('does not stand in the way of one that is right', async () => {
    const all = artifact(made, [
      { type: envelopeType, text: 'nonsense' },
      { type: envelopeType, text: JSON.stringify(envelope(statement(digestOf('another')))) },
      { type: envelopeType, text: JSON.stringify(envelope(statement(made.digest))) },
    ]);
    expect((await (await attached(under('.att', all))).read()).sbom.packages).toHaveLength(1);
  });

  it.each([
    ['no JSON', 'nonsense', 'is no JSON'],
    ['no statement', '{}', 'is no in-toto statement'],
    [
      'an envelope of something else',
      JSON.stringify({ ...envelope(statement(made.digest)), payloadType: 'text/plain' }),
      'text/plain',
    ],
    [
      'an envelope of nonsense',
      JSON.stringify({ ...envelope(statement(made.digest)), payload: '!' }),
      'is no JSON',
    ],
    [
      'about nothing',
      JSON.stringify(envelope({ ...statement(made.digest), subject: [] })),
      'is about nothing that it names',
    ],
  ])('is refused when it is %s', async (_what, text, message) => {
    const of = artifact(made, [{ type: envelopeType, text }]);
    await expect((await attached(under('.att', of))).read()).rejects.toThrow(message);
  });
});

describe('with a key', () => {
  it.each([
    ['ECDSA on P-256', ec],
    ['Ed25519', ed],
  ])('what it has signed is taken (%s)', async (_name, pair) => {
    const of = attesting(envelopeType, envelope(statement(made.digest), ec.privateKey, ed.privateKey));
    const { sbom, ...facts } = await (await attached(under('.att', of))).read(pair.publicKey);
    expect(facts).toEqual({ isAttestation: true, signedBy: 'team.pub' });
    expect(sbom.packages).toHaveLength(1);
  });

  it('what others have signed, nobody has, or was changed since is refused', async () => {
    const good = envelope(statement(made.digest), ec.privateKey);
    const evil = { ...cycloneDx, components: [] };
    const changed = { ...good, payload: envelope(statement(made.digest, cycloneDxPredicate, evil)).payload };
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (const document of [
      envelope(statement(made.digest), other.privateKey, ed.privateKey),
      envelope(statement(made.digest)),
      changed,
      { ...good, signatures: [{ sig: '' }, { sig: 'AAAA' }] },
      statement(made.digest),
    ]) {
      const { read } = await attached(under('.att', attesting(envelopeType, document)));
      await expect(read(ec.publicKey)).rejects.toThrow('is not signed by the key team.pub');
    }
  });

  it('a document that merely lies there is refused, and one that is signed is taken in its place', async () => {
    const plain = artifact(made, [
      { type: cycloneDxType, text: JSON.stringify({ ...cycloneDx, components: [] }) },
    ]);
    const signed = attesting(envelopeType, envelope(statement(made.digest), ed.privateKey));
    const only = await attached(under('.sbom', plain));
    await expect(only.read(ed.publicKey)).rejects.toThrow('is no signed attestation');
    const both = await attached(
      { 'team/shop:a': plain, ...under('.att', signed) },
      referring([plain, cycloneDxType]),
    );
    expect((await both.read()).sbom.packages).toHaveLength(0);
    expect((await both.read(ed.publicKey)).sbom.packages).toHaveLength(1);
  });
});

it('takes no other keys than it can check with', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const secret = ec.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  expect(() => keyOf(rsa.publicKey)).toThrow('one of rsa');
  expect(() => keyOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey)).toThrow('P-256');
  expect(() => readSigningKey(secret, 'x')).toThrow('expected a public key');
  expect(() => readSigningKey('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', 'x')).toThrow(
    'x: the public key cannot be read',
  );
});
