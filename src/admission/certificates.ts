import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate and its key, PEM. */
export interface KeyedCertificate {
  readonly cert: string;
  readonly key: string;
  /** When it was made. Unix ms. */
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** What replicas share. It holds keys: it goes nowhere but into its store. */
export interface CertificateState {
  /** The oldest first. All are trusted; the first that is settled signs. */
  readonly authorities: readonly KeyedCertificate[];
  readonly serving: KeyedCertificate & {
    /** By the authority that was made then. */
    readonly signedByMs: number;
    readonly names: readonly string[];
  };
}

export interface CertificateTerms {
  /** DNS names and addresses, the most important first. */
  readonly names: readonly string[];
  readonly validityMs: number;
  readonly caValidityMs: number;
  /** How long everyone is given to trust a new authority, and to stop using an old one. */
  readonly settleMs: number;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
/** Clocks of other machines may be behind. */
const earlierMs = 3_600_000;

/**
 * What the state should be now. Before two thirds of a certificate's time are over nothing is done. A new authority is trusted for a
 * while before it signs, and the old one for a while after, so that nobody ever meets a certificate that is not trusted.
 *
 * @returns the same object when nothing is to be done.
 */
export async function renewed(
  state: CertificateState | undefined,
  terms: CertificateTerms,
  nowMs: number,
): Promise<CertificateState> {
  const authorities = await renewedAuthorities(state, terms, nowMs);
  // The newest that is trusted everywhere; with one alone there is no choice.
  const signer = authorities.findLast(({ sinceMs }) => nowMs - sinceMs >= terms.settleMs) ?? authorities[0];
  if (signer === undefined) throw new Error('there is always an authority');
  const isGood =
    state !== undefined &&
    !isDue(state.serving, nowMs) &&
    state.serving.signedByMs === signer.sinceMs &&
    state.serving.names.join() === terms.names.join();
  if (isGood && authorities === state.authorities) return state;
  const serving = isGood ? state.serving : await newServing(signer, terms, nowMs);
  return { authorities, serving };
}

/** What has to be trusted: the `caBundle` of a webhook's configuration, PEM. */
export function bundleOf({ authorities }: CertificateState): string {
  return authorities.map(({ cert }) => cert).join('');
}

async function renewedAuthorities(
  state: CertificateState | undefined,
  terms: CertificateTerms,
  nowMs: number,
): Promise<readonly KeyedCertificate[]> {
  const held = state?.authorities ?? [];
  const kept = held.filter((one) => one.untilMs > nowMs && !isRetired(one, state, terms, nowMs));
  const newest = kept.at(-1);
  if (newest === undefined || isDue(newest, nowMs)) return [...kept, await newAuthority(terms, nowMs)];
  return kept.length === held.length ? held : kept;
}

/** Whether a newer one has been signing for so long that nobody uses what this one signed any more. */
function isRetired(
  one: KeyedCertificate,
  state: CertificateState | undefined,
  { settleMs }: CertificateTerms,
  nowMs: number,
): boolean {
  return (
    state !== undefined && state.serving.signedByMs > one.sinceMs && nowMs - state.serving.sinceMs >= settleMs
  );
}

function isDue({ sinceMs, untilMs }: KeyedCertificate, nowMs: number): boolean {
  return nowMs >= sinceMs + ((untilMs - sinceMs) * 2) / 3;
}

async function newAuthority({ caValidityMs }: CertificateTerms, nowMs: number): Promise<KeyedCertificate> {
  const keys = await newKeys();
  const untilMs = nowMs + caValidityMs;
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      // Two authorities of one name would be confused where both are trusted.
      name: `CN=skopos-admission-ca-${Math.floor(nowMs / 1000)}`,
      ...times(nowMs, untilMs),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { ...(await pemOf(certificate, keys.privateKey)), sinceMs: nowMs, untilMs };
}

async function newServing(
  signer: KeyedCertificate,
  { names, validityMs }: CertificateTerms,
  nowMs: number,
): Promise<CertificateState['serving']> {
  const keys = await newKeys();
  const authority = new X509Certificate(signer.cert);
  const untilMs = Math.min(nowMs + validityMs, signer.untilMs);
  const certificate = await X509CertificateGenerator.create(
    {
      subject: `CN=${(names[0] ?? 'skopos').slice(0, 64)}`,
      issuer: authority.subject,
      ...times(nowMs, untilMs),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: await signingKeyOf(signer.key),
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(
          names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
        ),
        await AuthorityKeyIdentifierExtension.create(authority.publicKey, false, webcrypto),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  const pem = await pemOf(certificate, keys.privateKey);
  return { ...pem, sinceMs: nowMs, untilMs, signedByMs: signer.sinceMs, names: [...names] };
}

function times(nowMs: number, untilMs: number) {
  return { notBefore: new Date(nowMs - earlierMs), notAfter: new Date(untilMs) };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}

async function signingKeyOf(pem: string): Promise<webcrypto.CryptoKey> {
  const [bytes] = PemConverter.decode(pem);
  return await webcrypto.subtle.importKey('pkcs8', bytes ?? new ArrayBuffer(0), algorithm, false, ['sign']);
}

async function pemOf(certificate: X509Certificate, privateKey: webcrypto.CryptoKey) {
  const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY');
  return { cert: `${certificate.toString('pem')}\n`, key: `${key}\n` };
}
