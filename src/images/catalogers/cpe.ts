import type { PackageType } from '../../model/package.ts';
import { knownCpeNames } from './cpe-names.ts';

/** What candidates are made of. */
export interface CpeFacts {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
  /** Vendors and products that the package's own records suggest, besides its name. */
  readonly vendors?: readonly string[];
  readonly products?: readonly string[];
}

/** Where databases speak of a product by one vendor only, other guesses at the vendor find nothing, or the wrong thing. */
const surest: ReadonlySet<string> = new Set(['apache']);
/** A name of many hyphens would give as many vendors again; no real one is that long. */
const maxCandidates = 40;

/**
 * Names under which the National Vulnerability Database may know a package: its name and what its records say, with hyphens
 * and underscores exchanged, and, for vendors, the beginnings of such a name (`jenkins` of `jenkins-ci`). The rules are
 * Syft's, so that the same vulnerabilities are found.
 */
export function candidateCpes(facts: CpeFacts): string[] {
  const known = knownCpeNames(facts.type, facts.name);
  const products = new Set(
    [facts.name, ...(facts.products ?? [])].flatMap((product) => delimiterVariations(product)),
  );
  for (const product of known.products) products.add(product);
  const vendors = vendorsOf([...products, ...(facts.vendors ?? [])], known.vendors);
  return cpesOf(vendors, [...products], facts.version);
}

/** CPEs of exactly these vendors and products, for programs whose names in the database are known. */
export function cpesOf(vendors: readonly string[], products: readonly string[], version: string): string[] {
  const cpes = new Set<string>();
  for (const product of products) {
    for (const vendor of vendors) {
      if (isUsable(vendor) && isUsable(product) && cpes.size < maxCandidates) {
        cpes.add(cpeOf(vendor, product, version));
      }
    }
  }
  return [...cpes];
}

/** `cpe:2.3:a:vendor:product:version:*:*:*:*:*:*:*`, its parts escaped. */
export function cpeOf(vendor: string, product: string, version: string): string {
  const parts = [escaped(vendor.toLowerCase()), escaped(product.toLowerCase()), escaped(version) || '*'];
  return `cpe:2.3:a:${parts.join(':')}:*:*:*:*:*:*:*`;
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

function vendorsOf(candidates: readonly string[], known: readonly string[]): string[] {
  const vendors = new Set<string>();
  for (const candidate of candidates.flatMap((vendor) => delimiterVariations(vendor))) vendors.add(candidate);
  for (const candidate of candidates) for (const start of startsOf(candidate)) vendors.add(start);
  for (const vendor of known) vendors.add(vendor);
  const sure = [...vendors].find((vendor) => surest.has(vendor));
  return sure === undefined ? [...vendors] : [sure];
}

function delimiterVariations(name: string): string[] {
  const variations = [name, name.replaceAll('-', '_'), name.replaceAll('_', '-')];
  return [...new Set(variations)];
}

/** `a`, `a-b` and `a-b-c` of `a-b-c`. */
function startsOf(name: string): string[] {
  const ends = [...name.matchAll(/[-_]+/g)].map((match) => match.index).filter((at) => at > 0);
  return ends.map((end) => name.slice(0, end));
}
