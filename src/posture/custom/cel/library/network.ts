import { CelError } from '../fault.ts';
import { func, method, type Overload } from '../functions.ts';
import { objectTypes } from '../types.ts';
import { CelObject } from '../values.ts';
import { formatIp, type Ip, parseIp } from './ip-address.ts';

class IpValue extends CelObject {
  readonly typeName = objectTypes.IP;
  readonly ip: Ip;

  constructor(ip: Ip) {
    super();
    this.ip = ip;
  }

  equals(other: CelObject): boolean {
    return other instanceof IpValue && other.text() === this.text();
  }

  override text(): string {
    return formatIp(this.ip);
  }
}

class Cidr extends CelObject {
  readonly typeName = objectTypes.CIDR;
  readonly ip: Ip;
  readonly bits: number;

  constructor(ip: Ip, bits: number) {
    super();
    this.ip = ip;
    this.bits = bits;
  }

  equals(other: CelObject): boolean {
    return other instanceof Cidr && other.text() === this.text();
  }

  override text(): string {
    return `${formatIp(this.ip)}/${this.bits}`;
  }

  get masked(): Ip {
    const shift = BigInt(this.ip.width - this.bits);
    return { ...this.ip, value: (this.ip.value >> shift) << shift };
  }

  hasIp({ ip }: IpValue): boolean {
    const shift = BigInt(this.ip.width - this.bits);
    return ip.width === this.ip.width && ip.value >> shift === this.ip.value >> shift;
  }
}

function readIp(text: string): IpValue | CelError {
  const ip = parseIp(text);
  return typeof ip === 'string' ? new CelError(`IP Address "${text}" parse error: ${ip}`) : new IpValue(ip);
}

function readCidr(text: string): Cidr | CelError {
  const [, address = '', bits = ''] = /^(.*)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const ip = parseIp(address);
  if (typeof ip === 'string' || Number(bits) > ip.width)
    return new CelError(`network address parse error: "${text}" is no CIDR`);
  return new Cidr(ip, Number(bits));
}

/** What is said of an address; by its number as 4 or 16 bytes. */
const properties: Readonly<Record<string, (ip: Ip) => boolean>> = {
  isUnspecified: ({ value }) => value === 0n,
  isLoopback: ({ value, width }) => (width === 32 ? value >> 24n === 127n : value === 1n),
  isLinkLocalMulticast: ({ value, width }) =>
    width === 32 ? value >> 8n === 0xe00000n : ((value >> 112n) & 0xff0fn) === 0xff02n,
  isLinkLocalUnicast: ({ value, width }) =>
    width === 32 ? value >> 16n === 0xa9fen : value >> 118n === 0x3fan,
};

function isMulticast({ value, width }: Ip): boolean {
  return width === 32 ? value >> 28n === 0xen : value >> 120n === 0xffn;
}

function isGlobalUnicast(ip: Ip): boolean {
  const isBroadcast = ip.width === 32 && ip.value === 0xffff_ffffn;
  const others = ['isUnspecified', 'isLoopback', 'isLinkLocalUnicast'];
  return !isBroadcast && !isMulticast(ip) && others.every((name) => properties[name]?.(ip) === false);
}

function within(outer: Cidr, inner: Cidr): boolean {
  return outer.bits <= inner.bits && outer.hasIp(new IpValue(inner.masked));
}

/**
 * Addresses and networks.
 *
 * Sources: https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-ip-address-library and the CIDR library below it.
 */
export const network: readonly Overload[] = [
  func('ip', 'string -> IP', readIp),
  func('isIP', 'string -> bool', (text: string) => readIp(text) instanceof IpValue),
  func('ip.isCanonical', 'string -> bool', (text: string) => {
    const ip = readIp(text);
    return ip instanceof IpValue ? ip.text() === text : ip;
  }),
  method('family', 'IP -> int', ({ ip }: IpValue) => (ip.width === 32 ? 4n : 6n)),
  ...Object.entries({ ...properties, isGlobalUnicast }).map(([name, holds]) =>
    method(name, 'IP -> bool', ({ ip }: IpValue) => holds(ip)),
  ),
  func('cidr', 'string -> CIDR', readCidr),
  func('isCIDR', 'string -> bool', (text: string) => readCidr(text) instanceof Cidr),
  method('containsIP', 'CIDR, IP -> bool', (cidr: Cidr, ip: IpValue) => cidr.hasIp(ip)),
  method('containsIP', 'CIDR, string -> bool', (cidr: Cidr, text: string) => {
    const ip = readIp(text);
    return ip instanceof IpValue ? cidr.hasIp(ip) : ip;
  }),
  method('containsCIDR', 'CIDR, CIDR -> bool', within),
  method('containsCIDR', 'CIDR, string -> bool', (cidr: Cidr, text: string) => {
    const other = readCidr(text);
    return other instanceof Cidr ? within(cidr, other) : other;
  }),
  method('ip', 'CIDR -> IP', ({ ip }: Cidr) => new IpValue(ip)),
  method('masked', 'CIDR -> CIDR', (cidr: Cidr) => new Cidr(cidr.masked, cidr.bits)),
  method('prefixLength', 'CIDR -> int', ({ bits }: Cidr) => BigInt(bits)),
];
