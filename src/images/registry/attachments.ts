import { Buffer } from 'node:buffer';
import { z } from 'zod';
import { NotFoundError } from '../../kit/app-error.ts';
import { checkDigest, mustBeDigest } from '../digest.ts';
import { ImageError } from '../image-error.ts';
import { attestationTypes, isSbomType } from './attestation.ts';

/** What is asked of the registry, of the repository that the image is in. */
export interface AttachmentStore {
  /** @throws {NotFoundError} when there is none. */
  manifest(reference: { readonly digest: string } | { readonly tag: string }): Promise<Uint8Array>;
  /** The list of what refers to a digest. @throws {NotFoundError} when the registry keeps none. */
  referrers(digest: string): Promise<Uint8Array>;
  /** A blob, checked; of an SBOM's size at most. */
  blob(digest: string, sizeBytes: number): Promise<Uint8Array>;
}

/** A document that lies beside an image and may be its SBOM, or hold it. */
export interface Attachment {
  /** Whether it is said to be a statement about the image, not the SBOM itself. */
  readonly isAttestation: boolean;
  /** Of the document. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** Of the manifest that attaches it; '' where a tag leads to it. */
  readonly manifestDigest: string;
}

/** SBOMs that are read, the ones that tell most first. */
const sbomTypes = [
  'application/vnd.syft+json',
  'application/vnd.cyclonedx+json',
  'application/spdx+json',
  'text/spdx+json',
];
/** What manifests say of themselves whose layers tell what they are. */
const wrapperTypes = [
  'application/vnd.dev.cosign.artifact.sbom.v1+json',
  'application/vnd.dev.cosign.artifact.att.v1+json',
];
const types = [...sbomTypes, ...attestationTypes, ...wrapperTypes];

/** Where an attestation's descriptor tells what it is about, so that others need not be fetched. */
const predicateNotes = ['in-toto.io/predicate-type', 'dev.sigstore.bundle.predicateType', 'predicateType'];

const descriptor = z.object({
  mediaType: z.string().default(''),
  artifactType: z.string().nullish(),
  digest: z.string(),
  size: z.int().min(0),
  annotations: z.record(z.string(), z.string()).nullish(),
});
const listForm = z.object({ manifests: z.array(descriptor).max(10_000) });
const artifactForm = z.object({ artifactType: z.string().nullish(), layers: z.array(descriptor).max(1000) });

type Descriptor = z.output<typeof descriptor>;

/**
 * Whatever of an image's registry may tell what the image is made of, in the order in which it is to be tried: by the list of
 * referrers, by the tag that stands for it where a registry has none, by the tags that cosign gives (`.att`, `.sbom`), and what BuildKit
 * puts into an image's index.
 *
 * Sources: https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#listing-referrers,
 * https://github.com/sigstore/cosign/blob/main/specs/ATTESTATION_SPEC.md, https://github.com/sigstore/cosign/blob/main/specs/SBOM_SPEC.md,
 * https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md
 *
 * @param digests by which the image is known: of its platform first, then of the indexes that it is in
 * @throws {ImageError} when a manifest or list is not what it should be.
 */
export async function* attachmentsOf(
  digests: readonly string[],
  store: AttachmentStore,
): AsyncGenerator<Attachment> {
  for (const digest of digests) {
    const tag = digest.replace(':', '-');
    const list = (await orNone(store.referrers(digest))) ?? (await orNone(store.manifest({ tag })));
    const entries = list === undefined ? [] : checked(listForm, list, digest).manifests;
    for (const entry of byPreference(entries)) yield* inManifest(entry, store, digest);
    for (const suffix of ['att', 'sbom']) {
      const manifest = await orNone(store.manifest({ tag: `${tag}.${suffix}` }));
      if (manifest !== undefined) yield* layersOf(manifest, '', digest);
    }
  }
  const [own = '', ...indexes] = digests;
  for (const index of indexes) yield* ofBuildKit(own, index, store);
}

async function* inManifest(
  { digest }: Descriptor,
  store: AttachmentStore,
  of: string,
): AsyncGenerator<Attachment> {
  mustBeDigest(digest, `the manifest of what is attached to ${of}`);
  const manifest = await store.manifest({ digest });
  checkDigest(manifest, digest, `the manifest of what is attached to ${of}`);
  yield* layersOf(manifest, digest, of);
}

/** What an index says of one of its images. */
async function* ofBuildKit(image: string, index: string, store: AttachmentStore): AsyncGenerator<Attachment> {
  const bytes = await orNone(store.manifest({ digest: index }));
  if (bytes === undefined) return;
  checkDigest(bytes, index, 'the index');
  for (const entry of checked(listForm, bytes, index).manifests) {
    const { 'vnd.docker.reference.type': type, 'vnd.docker.reference.digest': about } =
      entry.annotations ?? {};
    if (type === 'attestation-manifest' && about === image) yield* inManifest(entry, store, image);
  }
}

function* layersOf(manifest: Uint8Array, manifestDigest: string, of: string): Generator<Attachment> {
  const { artifactType, layers } = checked(artifactForm, manifest, manifestDigest || of);
  const known = byPreference(layers);
  // Some say what it is of the whole alone.
  const chosen = known.length === 0 && layers.length === 1 && rankOf(artifactType) >= 0 ? layers : known;
  for (const layer of chosen) {
    const type = rankOf(layer.mediaType) >= 0 ? layer.mediaType : artifactType;
    const isAttestation = attestationTypes.some((one) => (type ?? '').startsWith(one));
    yield { isAttestation, digest: layer.digest, sizeBytes: layer.size, manifestDigest };
  }
}

function byPreference(all: readonly Descriptor[]): readonly Descriptor[] {
  const rank = ({ artifactType, mediaType }: Descriptor): number =>
    rankOf(rankOf(mediaType) >= 0 ? mediaType : artifactType);
  return all.filter((one) => rank(one) >= 0 && !isAboutElse(one)).sort((a, b) => rank(a) - rank(b));
}

/** By its type without parameters and versions of sigstore's bundle; -1 for what cannot hold an SBOM. */
function rankOf(type: string | null | undefined): number {
  const [plain = ''] = (type ?? '').split(/;|\.v\d+(?:\.\d+)?\+json$/);
  return types.findIndex((one) => one === type || one === plain || one === plain.replace(/\+json$/, ''));
}

function isAboutElse({ annotations }: Descriptor): boolean {
  const told = predicateNotes.flatMap((note) => annotations?.[note] ?? []);
  return told.length > 0 && !told.some(isSbomType);
}

async function orNone<Result>(asked: Promise<Result>): Promise<Result | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

function checked<Form extends z.ZodType>(form: Form, bytes: Uint8Array, what: string): z.output<Form> {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    json = undefined;
  }
  const { success, data } = form.safeParse(json);
  if (!success) throw new ImageError(`what is attached to ${what} is not as it should be`);
  return data;
}
