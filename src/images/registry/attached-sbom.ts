import { Buffer } from 'node:buffer';
import { ImageError } from '../image-error.ts';
import { type Attachment, type AttachmentStore, attachmentsOf } from './attachments.ts';
import { type Attestation, readAttestation, sbomOf } from './attestation.ts';
import type { SigningKey } from './signing-key.ts';

/** A document that lies in a registry beside an image and says of itself that it is about it. */
export interface AttachedSbom {
  /** JSON of CycloneDX, SPDX or Syft. */
  readonly text: string;
  /** Of the manifest that attaches it; '' where a tag leads to it. */
  readonly digest: string;
  /** Whether it came within a statement that names the image, or as a document that merely lies there. */
  readonly isAttestation: boolean;
  /** The key that has signed it; '' where none was asked for. */
  readonly signedBy: string;
}

export interface AttachedImage {
  /** In full, for messages. */
  readonly reference: string;
  /** By which the image is known: of its platform first, then of the indexes that it is in. */
  readonly digests: readonly string[];
}

/** More than an image's SBOM has. */
export const mostSbomBytes = 128 * 1024 * 1024;

/** Documents that are fetched for one image. */
const mostDocuments = 100;

/**
 * The SBOM that is attached to an image, as a document or within an attestation ({@link attachmentsOf} says where it is looked for).
 *
 * Whoever may write to the repository may have attached it, and a statement can say what it likes: only with `key` is it known who
 * said so. With it, nothing counts but what that key has signed.
 *
 * @returns undefined when there is none
 * @throws {ImageError} when there are some and none that may be taken, with the reason for each.
 */
export async function findAttachedSbom(
  image: AttachedImage,
  store: AttachmentStore,
  key?: SigningKey,
): Promise<AttachedSbom | undefined> {
  const problems: string[] = [];
  let documents = 0;
  for await (const attachment of attachmentsOf(image.digests, store)) {
    documents++;
    if (documents > mostDocuments) {
      problems.push(`more than ${mostDocuments} documents are attached`);
      break;
    }
    const taken = await take(attachment, image, store, key);
    if (typeof taken === 'object') return taken;
    if (taken !== undefined) problems.push(taken);
  }
  if (problems.length === 0) return undefined;
  throw new ImageError(`no SBOM that is attached to ${image.reference} can be taken: ${problems.join('; ')}`);
}

/** @returns the SBOM, why it is not taken, or undefined for what is none */
async function take(
  attachment: Attachment,
  image: AttachedImage,
  store: AttachmentStore,
  key: SigningKey | undefined,
): Promise<AttachedSbom | string | undefined> {
  const { digest, isAttestation, manifestDigest } = attachment;
  if (!isAttestation && key !== undefined) return `the document ${digest} is no signed attestation`;
  if (attachment.sizeBytes > mostSbomBytes)
    return `the document ${digest} has ${attachment.sizeBytes} bytes; at most ${mostSbomBytes} are read`;
  const bytes = await store.blob(digest, attachment.sizeBytes);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  if (!isAttestation) return { text, digest: manifestDigest, isAttestation, signedBy: '' };
  const what = `the attestation ${digest}`;
  let attestation: Attestation | undefined;
  try {
    attestation = readAttestation(text, what, key);
  } catch (error) {
    if (error instanceof ImageError) return error.message;
    throw error;
  }
  const sbom = attestation === undefined ? undefined : sbomOf(attestation);
  if (attestation === undefined || sbom === undefined) return undefined;
  if (key !== undefined && !attestation.isSigned) return `${what} is not signed by the key ${key.name}`;
  if (!attestation.subjects.some((subject) => image.digests.includes(subject.digest)))
    return `${what} is about ${subjectText(attestation)}, not about ${image.digests[0] ?? ''}`;
  return { text: sbom, digest: manifestDigest, isAttestation, signedBy: key?.name ?? '' };
}

function subjectText({ subjects }: Attestation): string {
  const [first] = subjects;
  if (first === undefined) return 'nothing that it names';
  const more = subjects.length > 1 ? ` and ${subjects.length - 1} more` : '';
  return `${`${first.name}@${first.digest}`.slice(0, 300)}${more}`;
}
