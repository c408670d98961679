import { Buffer } from 'node:buffer';
import { z } from 'zod';
import { ImageError } from '../image-error.ts';
import { type SigningKey, signedBytes } from './signing-key.ts';

/** What somebody says of an image, with who has signed it, as far as that was asked. */
export interface Attestation {
  /** `https://cyclonedx.org/bom`. */
  readonly predicateType: string;
  /** What it is about: `sha256:…` and names, as it tells them. */
  readonly subjects: readonly { readonly name: string; readonly digest: string }[];
  readonly predicate: unknown;
  /** Whether it is signed by the key that was asked for. */
  readonly isSigned: boolean;
}

/** Media types of documents that hold a statement: the bare statement, in an envelope, in sigstore's bundle. */
export const attestationTypes = [
  'application/vnd.dsse.envelope.v1+json',
  'application/vnd.in-toto+json',
  'application/vnd.dev.sigstore.bundle',
];

const envelopeForm = z.object({
  payloadType: z.string(),
  payload: z.string(),
  signatures: z
    .array(z.object({ sig: z.string() }))
    .max(100)
    .nullish(),
});
const bundleForm = z.object({ dsseEnvelope: envelopeForm });
/** A bundle that holds a signature of bytes, not a statement. */
const signatureForm = z.object({ messageSignature: z.unknown() });
const statementForm = z.object({
  _type: z.string(),
  subject: z
    .array(z.object({ name: z.string().default(''), digest: z.record(z.string(), z.string()).default({}) }))
    .max(10_000),
  predicateType: z.string(),
  predicate: z.unknown(),
});

/** Of what is in an envelope. */
const statementType = 'application/vnd.in-toto+json';

/**
 * Reads an in-toto statement, bare, in a DSSE envelope, or in one within sigstore's bundle. Nothing is believed of who signed it but
 * what `key` proves; certificates and transparency logs are not looked at.
 *
 * Sources: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md,
 * https://github.com/secure-systems-lab/dsse/blob/v1.0.2/envelope.md,
 * https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto
 *
 * @param what names it in messages
 * @returns undefined for a signature that states nothing
 * @throws {ImageError} when it is neither.
 */
export function readAttestation(
  text: string,
  what: string,
  key: SigningKey | undefined,
): Attestation | undefined {
  const json = parsed(text, what);
  if (signatureForm.safeParse(json).data?.messageSignature !== undefined) return undefined;
  const bundle = bundleForm.safeParse(json);
  const envelope = envelopeForm.safeParse(bundle.success ? bundle.data.dsseEnvelope : json);
  if (!envelope.success) return { ...statementOf(json, what), isSigned: false };
  const { payload, payloadType, signatures } = envelope.data;
  if (payloadType !== statementType)
    throw new ImageError(
      `${what} is in an envelope of the type "${payloadType.slice(0, 100)}", not ${statementType}`,
    );
  const content = Buffer.from(payload, 'base64');
  const isSigned =
    key !== undefined &&
    (signatures ?? []).some(({ sig }) =>
      key.hasSigned(signedBytes(payloadType, content), Buffer.from(sig, 'base64')),
    );
  return { ...statementOf(parsed(content.toString('utf8'), what), what), isSigned };
}

function statementOf(json: unknown, what: string): Omit<Attestation, 'isSigned'> {
  const { success, data } = statementForm.safeParse(json);
  if (!success || !data._type.startsWith('https://in-toto.io/Statement/'))
    throw new ImageError(`${what} is no in-toto statement, and no envelope of one`);
  return {
    predicateType: data.predicateType,
    predicate: data.predicate,
    subjects: data.subject.flatMap(({ name, digest }) =>
      Object.entries(digest).map(([algorithm, hex]) => ({ name, digest: `${algorithm}:${hex}` })),
    ),
  };
}

/**
 * The text of the SBOM that a predicate is; undefined for statements about other things. Some tools put it into a field `Data`,
 * as text or as an object.
 */
export function sbomOf({ predicateType, predicate }: Attestation): string | undefined {
  if (!isSbomType(predicateType)) return undefined;
  const { Data: data, ...others } = (predicate ?? {}) as Readonly<Record<string, unknown>>;
  const isWrapped = data !== undefined && !('bomFormat' in others) && !('spdxVersion' in others);
  const document = isWrapped ? data : predicate;
  return typeof document === 'string' ? document : JSON.stringify(document ?? null);
}

/**
 * Sources: https://github.com/in-toto/attestation/tree/main/spec/predicates (`cyclonedx.md`, `spdx.md`),
 * https://github.com/anchore/syft (`https://syft.dev/bom`)
 */
export function isSbomType(predicateType: string): boolean {
  return /^https:\/\/(cyclonedx\.org\/(bom|schema)|spdx\.dev\/Document|syft\.dev\/bom)(\/|$)/.test(
    predicateType,
  );
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ImageError(`${what} is no JSON`);
  }
}
