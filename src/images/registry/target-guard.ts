import { lookup } from 'node:dns/promises';
import { type AddressClass, addressClass } from '../../http/address-class.ts';
import { RegistryError } from '../image-error.ts';

/**
 * Decides where a registry may send us: for blobs by redirects, for tokens by its realm. Never to another scheme than `https`, unless it
 * is itself spoken to in plain HTTP, and never to an address that is not public, unless it is itself at such a one: what it says is not
 * ours, and must not be a way into the network that we run in.
 */
export class TargetGuard {
  readonly #origin: URL;
  #own: Promise<ReadonlySet<AddressClass>> | undefined;
  #ownClasses: ReadonlySet<AddressClass> = new Set();

  constructor(origin: string) {
    this.#origin = new URL(origin);
  }

  /** To be asked before a request; names are looked at again when they are connected to ({@link mayConnect}). @throws {RegistryError} */
  async check(url: URL, what: string): Promise<void> {
    const from = this.#origin.host;
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && this.#origin.protocol === 'http:'))
      throw new RegistryError(
        `${from} ${what} to ${url.protocol}//${url.host}, which is not encrypted and not followed`,
        0,
      );
    if (url.username !== '' || url.password !== '')
      throw new RegistryError(
        `${from} ${what} to an address with a password in it, which is not followed`,
        0,
      );
    this.#own ??= classesOf(this.#origin);
    this.#ownClasses = await this.#own;
    if (url.origin === this.#origin.origin) return;
    const written = addressClass(bare(url.hostname));
    const classes = written === undefined && isLocalName(url.hostname) ? 'loopback' : written;
    if (classes !== undefined && !this.#allows(classes))
      throw new RegistryError(
        `${from} ${what} to ${url.host}, which is no public address and not followed`,
        0,
      );
  }

  /** Whether an address that a name leads to may be connected to. */
  readonly mayConnect = (address: string): boolean => this.#allows(addressClass(address) ?? 'loopback');

  #allows(found: AddressClass): boolean {
    return found === 'public' || this.#ownClasses.has(found);
  }
}

async function classesOf({ hostname }: URL): Promise<ReadonlySet<AddressClass>> {
  const written = addressClass(bare(hostname));
  if (written !== undefined) return new Set([written]);
  const found = await lookup(hostname, { all: true }).catch(() => []);
  return new Set(found.map(({ address }) => addressClass(address) ?? 'public'));
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function isLocalName(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost');
}
