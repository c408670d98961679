import { Buffer } from 'node:buffer';
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { BadInputError, messageOf } from '../../kit/app-error.ts';

/** A public key, and what signatures by it are checked with. */
export interface SigningKey {
  /** The file that it is from, for messages. */
  readonly name: string;
  /** Whether it has signed these bytes. */
  hasSigned(message: Uint8Array, signature: Uint8Array): boolean;
}

/**
 * A public key in PEM (`-----BEGIN PUBLIC KEY-----`): ECDSA on P-256, as cosign makes them, or Ed25519.
 *
 * @throws {BadInputError} for anything else, a private key included: nobody should have to hand one out.
 */
export function readSigningKey(pem: string, name: string): SigningKey {
  if (!pem.includes('-----BEGIN PUBLIC KEY-----'))
    throw new BadInputError('', `${name}: expected a public key in PEM (-----BEGIN PUBLIC KEY-----)`);
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (error) {
    throw new BadInputError('', `${name}: the public key cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const algorithm = algorithmOf(key);
  if (algorithm === undefined)
    throw new BadInputError(
      '',
      `${name}: expected a key of ECDSA on P-256 or of Ed25519, got one of ${key.asymmetricKeyType ?? 'an unknown kind'}`,
    );
  return {
    name,
    hasSigned: (message, signature) => verify(algorithm.digest, message, key, signature),
  };
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject) {
  if (asymmetricKeyType === 'ed25519') return { digest: null };
  if (asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1')
    return { digest: 'sha256' };
  return undefined;
}

/**
 * What a signature of an envelope is over: its type and its content, each with its length, so that neither can be taken for the other.
 *
 * Source: https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md#signature-definition
 */
export function signedBytes(type: string, content: Uint8Array): Uint8Array {
  const typeBytes = Buffer.byteLength(type);
  return Buffer.concat([Buffer.from(`DSSEv1 ${typeBytes} ${type} ${content.length} `), content]);
}
