import type { PackageType } from '../../model/package.ts';
import { foreignCpeNames, knownCpeNames } from './cpe-names.ts';

/** What candidates are made of. */
export interface CpeFacts {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
  /** What stands for the product: the name, when left out. */
  readonly names?: readonly string[];
  /** Vendors and products that the package's own records suggest, besides its name. */
  readonly vendors?: readonly string[];
  readonly products?: readonly string[];
  /** The same, where they are sure enough to be taken as they are. */
  readonly plainVendors?: readonly string[];
  readonly plainProducts?: readonly string[];
  /** Vendors that go with the package's own name for sure: names are no vendors then. */
  readonly isVendorKnown?: boolean;
  /** What the product runs in, e.g. `rust`. */
  readonly target?: string;
}

/** Where databases speak of a product by one vendor only, other guesses at the vendor find nothing, or the wrong thing. */
const surest: ReadonlySet<string> = new Set(['apache']);
/** A name of many hyphens would give as many vendors again; no real one is that long. */
const maxCandidates = 256;

/**
 * Names under which the National Vulnerability Database may know a package: its name and what its records say, with hyphens
 * and underscores exchanged, and, for vendors, the beginnings of such a name (`jenkins` of `jenkins-ci`). The rules are
 * Syft's, so that the same vulnerabilities are found.
 */
export function candidateCpes(facts: CpeFacts): string[] {
  const { type, name, version, names = [name], plainProducts = [], plainVendors = [], target } = facts;
  const known = knownCpeNames(type, name);
  const named = withVariations([...names, ...(facts.products ?? [])].filter(isUsable));
  const products = new Set([...named, ...plainProducts, ...known.products]);
  const suggested = facts.isVendorKnown ? [] : [...named, ...known.products];
  const vendors = vendorsOf([...suggested, ...(facts.vendors ?? [])].filter(isUsable), [
    ...(facts.isVendorKnown ? [] : plainProducts),
    ...plainVendors,
    ...known.vendors,
  ]);
  const foreign = foreignCpeNames(type, name);
  return cpesOf(without(vendors, foreign.vendors), without([...products], foreign.products), version, target);
}

/** CPEs of exactly these vendors and products, for programs whose names in the database are known. */
export function cpesOf(
  vendors: readonly string[],
  products: readonly string[],
  version: string,
  target?: string,
): string[] {
  const cpes = new Set<string>();
  for (const product of products) {
    for (const vendor of vendors) {
      if (isUsable(vendor) && isUsable(product) && cpes.size < maxCandidates) {
        cpes.add(cpeOf(vendor, product, version, target));
      }
    }
  }
  return [...cpes];
}

/** `cpe:2.3:a:vendor:product:version:*:*:*:*:*:*:*`, its parts escaped. */
export function cpeOf(vendor: string, product: string, version: string, target = '*'): string {
  const parts = [escaped(vendor.toLowerCase()), escaped(product.toLowerCase()), escaped(version) || '*'];
  return `cpe:2.3:a:${parts.join(':')}:*:*:*:*:${target}:*:*`;
}

/**
 * A part of a formatted string: letters, digits, `_`, `.` and `-` stand for themselves, the rest gets a backslash.
 *
 * Source: https://nvlpubs.nist.gov/nistpubs/Legacy/IR/nistir7695.pdf, section 6.2
 */
function escaped(part: string): string {
  return part
    .trim()
    .replace(/\s+/g, '_')
    .replace(/[^\w.-]/g, (char) => `\\${char}`);
}

/** Empty and `*` would match anything; what is not ASCII is in no such name. */
function isUsable(part: string): boolean {
  return part !== '' && part !== '*' && part.length <= 100 && /^[\x21-\x7e ]+$/.test(part);
}

function without(names: readonly string[], others: readonly string[]): string[] {
  return names.filter((name) => !others.includes(name));
}

function vendorsOf(candidates: readonly string[], plain: readonly string[]): string[] {
  const varied = withVariations(candidates);
  const vendors = new Set([...varied, ...varied.flatMap(startsOf), ...plain]);
  const sure = [...vendors].find((vendor) => surest.has(vendor));
  return sure === undefined ? [...vendors] : [sure];
}

function withVariations(names: readonly string[]): string[] {
  return names.flatMap((name) => [name, name.replaceAll('-', '_'), name.replaceAll('_', '-')]);
}

/** `a`, `a-b` and `a-b-c` of `a-b-c`. */
function startsOf(name: string): string[] {
  const ends = [...name.matchAll(/[-_]+/g)].map((match) => match.index).filter((at) => at > 0);
  return ends.map((end) => name.slice(0, end));
}

/** A person or a company as vendors are written: `Takayuki Miyoshi` is `takayuki_miyoshi`. */
export function personVendor(name: string): string {
  const plain = name.trim().toLowerCase().replace(/[- .]/g, '_');
  return plain.replace(/^the_/, '');
}

/** Owners of repositories at GitHub and GitLab, and the well-known by their own addresses. */
export function vendorsOfUrl(url: string): string[] {
  const known = vendorsByAddress.find(([address]) => url.startsWith(address))?.[1];
  if (known !== undefined) return [known];
  const [, owner] = /^(?:https?|git):\/\/(?:github|gitlab)\.com\/([\w-]+)\//.exec(url) ?? [];
  return owner === undefined ? [] : [owner];
}

const vendorsByAddress: readonly (readonly [address: string, vendor: string])[] = [
  ['https://www.gnu.org/', 'gnu'],
  ['https://developer.gnome.org/', 'gnome'],
  ['https://www.ruby-lang.org/', 'ruby-lang'],
  ['https://llvm.org/', 'llvm'],
  ['https://www.isc.org/', 'isc'],
  ['https://musl.libc.org/', 'musl-libc'],
  ['https://www.mozilla.org/', 'mozilla'],
  ['https://www.x.org/', 'x.org'],
  ['https://w1.fi/', 'w1.fi'],
];
