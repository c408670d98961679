import { Buffer } from 'node:buffer';
import { z } from 'zod';
import { NotFoundError } from '../../kit/app-error.ts';
import { checkDigest } from '../digest.ts';
import { ImageError } from '../image-error.ts';

/** A document that lies in a registry beside an image and says of itself that it is about it. */
export interface AttachedSbom {
  /** JSON of CycloneDX, SPDX or Syft. */
  readonly text: string;
  /** Of the manifest that attaches it. */
  readonly digest: string;
}

/** What is asked of the registry, of the repository that the image is in. */
export interface AttachmentStore {
  /** @throws {NotFoundError} when there is none. */
  manifest(reference: { readonly digest: string } | { readonly tag: string }): Promise<Uint8Array>;
  /** The list of what refers to a digest. @throws {NotFoundError} when the registry keeps none. */
  referrers(digest: string): Promise<Uint8Array>;
  /** A blob, checked; at most {@link mostSbomBytes}. */
  blob(digest: string, sizeBytes: number): Promise<Uint8Array>;
}

/** More than an image's SBOM has. */
export const mostSbomBytes = 128 * 1024 * 1024;

/** Those that are read, the ones that tell most first. */
const types = [
  'application/vnd.syft+json',
  'application/vnd.cyclonedx+json',
  'application/spdx+json',
  'text/spdx+json',
];

const descriptor = z.object({
  mediaType: z.string().default(''),
  artifactType: z.string().nullish(),
  digest: z.string(),
  size: z.int().min(0),
});
const listForm = z.object({ manifests: z.array(descriptor).max(10_000) });
const artifactForm = z.object({ artifactType: z.string().nullish(), layers: z.array(descriptor).max(1000) });

/**
 * The SBOM that is attached to an image: by the registry's list of referrers, by the tag that stands for it where a registry has
 * none, or by the tag that cosign gives. Nothing here says who attached it.
 *
 * Source: https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#listing-referrers
 * and https://github.com/sigstore/cosign/blob/main/specs/SBOM_SPEC.md
 *
 * @param digests by which the image may be known: of its platform, and of the index that it is in
 * @throws {ImageError} when there is one that is not what it says.
 */
export async function findAttachedSbom(
  digests: readonly string[],
  store: AttachmentStore,
): Promise<AttachedSbom | undefined> {
  for (const digest of digests) {
    const tag = digest.replace(':', '-');
    const list = (await orNone(store.referrers(digest))) ?? (await orNone(store.manifest({ tag })));
    const [best] = list === undefined ? [] : byPreference(checked(listForm, list, digest).manifests);
    const found =
      best === undefined
        ? await orNone(store.manifest({ tag: `${tag}.sbom` }))
        : await store.manifest({ digest: best.digest });
    if (found === undefined) continue;
    if (best !== undefined) checkDigest(found, best.digest, `the manifest of what is attached to ${digest}`);
    const sbom = await readArtifact(found, best?.digest ?? '', store);
    if (sbom !== undefined) return sbom;
  }
  return undefined;
}

async function readArtifact(
  manifest: Uint8Array,
  digest: string,
  store: AttachmentStore,
): Promise<AttachedSbom | undefined> {
  const { artifactType, layers } = checked(artifactForm, manifest, digest);
  const [layer] = byPreference(layers);
  // Some say what it is of the whole alone.
  const only = layers.length === 1 && types.includes(artifactType ?? '') ? layers[0] : undefined;
  const chosen = layer ?? only;
  if (chosen === undefined) return undefined;
  if (chosen.size > mostSbomBytes)
    throw new ImageError(
      `the SBOM ${chosen.digest} has ${chosen.size} bytes; at most ${mostSbomBytes} are read`,
    );
  const bytes = await store.blob(chosen.digest, chosen.size);
  return { text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'), digest };
}

function byPreference(all: readonly z.output<typeof descriptor>[]) {
  const rank = ({ artifactType, mediaType }: z.output<typeof descriptor>): number => {
    const [type = ''] = (types.includes(mediaType) ? mediaType : (artifactType ?? '')).split(';');
    return types.indexOf(type);
  };
  return all.filter((one) => rank(one) >= 0).sort((a, b) => rank(a) - rank(b));
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
