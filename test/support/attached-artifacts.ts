import { type KeyObject, sign } from 'node:crypto';
import { digestOf, type MadeImage, ociIndexType, ociManifestType } from './oci-image.ts';

export const envelopeType = 'application/vnd.dsse.envelope.v1+json';
export const statementType = 'application/vnd.in-toto+json';
export const cycloneDxType = 'application/vnd.cyclonedx+json';
export const cycloneDxPredicate = 'https://cyclonedx.org/bom';

export const cycloneDx = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  components: [{ type: 'library', name: 'left-pad', version: '1.3.0', purl: 'pkg:npm/left-pad@1.3.0' }],
};

/** A manifest that attaches documents to an image, with the documents. */
export function artifact(
  subject: MadeImage,
  documents: readonly {
    readonly type: string;
    readonly text: string;
    readonly annotations?: Readonly<Record<string, string>>;
  }[],
  more: Readonly<Record<string, unknown>> = {},
): MadeImage {
  const layers = documents.map(({ text }) => Buffer.from(text));
  const empty = Buffer.from('{}');
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: ociManifestType,
      artifactType: documents[0]?.type,
      config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(empty), size: empty.length },
      layers: documents.map(({ type, annotations = {} }, i) => ({
        mediaType: type,
        digest: digestOf(layers[i] ?? ''),
        size: layers[i]?.length,
        annotations,
      })),
      subject: { mediaType: ociManifestType, digest: subject.digest, size: subject.manifest.length },
      ...more,
    }),
  );
  const blobs = new Map([manifest, empty, ...layers].map((blob) => [digestOf(blob), blob]));
  return { manifest, digest: digestOf(manifest), blobs, diffIds: [] };
}

/** The index that a registry, or the tag in its place, has of what refers to an image. */
export function referrersOf(...artifacts: readonly (readonly [MadeImage, string])[]): {
  readonly schemaVersion: 2;
  readonly mediaType: string;
  readonly manifests: readonly Readonly<Record<string, unknown>>[];
} {
  return {
    schemaVersion: 2,
    mediaType: ociIndexType,
    manifests: artifacts.map(([{ digest, manifest }, artifactType]) => ({
      ...{ mediaType: ociManifestType, digest, size: manifest.length, artifactType },
    })),
  };
}

/** A document of a registry that is no image: an index, for one. */
export function asImage(document: unknown): MadeImage {
  const manifest = Buffer.from(JSON.stringify(document));
  return {
    manifest,
    digest: digestOf(manifest),
    blobs: new Map([[digestOf(manifest), manifest]]),
    diffIds: [],
  };
}

/** An in-toto statement that an image is made of this. */
export function statement(
  digest: string,
  predicateType = cycloneDxPredicate,
  predicate: unknown = cycloneDx,
) {
  const [algorithm = '', hex = ''] = digest.split(':');
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'registry.test/team/shop', digest: { [algorithm]: hex } }],
    predicateType,
    predicate,
  };
}

/** A DSSE envelope with the text of a statement, signed by these keys. */
export function envelope(content: unknown, ...keys: readonly KeyObject[]) {
  const payload = Buffer.from(JSON.stringify(content));
  const head = `DSSEv1 ${statementType.length} ${statementType} ${payload.length} `;
  const message = Buffer.concat([Buffer.from(head), payload]);
  return {
    payloadType: statementType,
    payload: payload.toString('base64'),
    signatures: keys.map((key) => ({
      keyid: '',
      sig: sign(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', message, key).toString('base64'),
    })),
  };
}
