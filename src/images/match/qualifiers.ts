import type { Package } from '../../model/package.ts';
import type { AdvisoryQualifiers } from '../database/advisory.ts';
import { parseCpe } from '../database/cpe.ts';

/** What a package is judged by besides its version. */
export interface QualifiedAs {
  /** The image's distribution, empty for none. */
  readonly distribution: string;
  /** The row is told of what the package was built from. */
  readonly isSource?: boolean;
  /** The row says that a package is *not* concerned: that goes for no package of which it is not known. */
  readonly isUnaffected?: boolean;
}

/**
 * Whether what a row demands of a package, besides its version, holds. What is not known of a package is taken to hold.
 *
 * Source: https://github.com/anchore/grype/tree/main/grype/pkg/qualifier
 */
export function isQualified(found: Package, qualifiers: AdvisoryQualifiers, as: QualifiedAs): boolean {
  return (
    isOfModule(found, qualifiers.rpmModularity, as.distribution) &&
    isOfArchitecture(found, qualifiers.architectures, as) &&
    qualifiers.platformCpes.every((cpe) => isOfPlatform(found, cpe, as.distribution)) &&
    hasGoSymbols(found, qualifiers.goImports)
  );
}

function isOfModule({ details }: Package, module: string | undefined, distribution: string): boolean {
  const own = details.modularity;
  if (module === undefined || own === undefined) return true;
  // Oracle's packages do not tell the module that they are of.
  if (own === '' && distribution === 'ol') return true;
  return module === '' ? own === '' : own.startsWith(module);
}

/** Advisories for source packages go for all architectures; those for binary ones without one, for all but sources. */
function isOfArchitecture(
  { type, details }: Package,
  wanted: readonly string[],
  { isSource = false, isUnaffected = false }: QualifiedAs,
): boolean {
  if (wanted.length === 0) return true;
  const isTold = type === 'rpm' || type === 'apk';
  const own = !isTold ? '' : isSource && type === 'rpm' ? 'src' : (details.architecture ?? '');
  if (own === '') return !isUnaffected;
  return wanted.some((one) => {
    if (one === '' || one === 'src') return true;
    if (!isUnaffected && (isForAll(one) || isForAll(own))) return true;
    if (one === 'binary-no-arch-specified') return own !== 'src';
    return canonicalArchitecture(own) === canonicalArchitecture(one);
  });
}

function isForAll(architecture: string): boolean {
  return architecture === 'noarch' || architecture === 'all';
}

const architectures: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['x64', 'amd64'],
  ['aarch64', 'arm64'],
  ['i386', '386'],
  ['i686', '386'],
  ['x86', '386'],
  ['ppc64el', 'ppc64le'],
]);

function canonicalArchitecture(name: string): string {
  return architectures.get(name) ?? name;
}

/** What is vulnerable on one platform alone, such as Windows, does not concern an image of another. */
function isOfPlatform({ type }: Package, text: string, distribution: string): boolean {
  const cpe = parseCpe(text);
  if (cpe === undefined) return true;
  const { vendor, product } = cpe;
  if (vendor === 'wordpress' && product === 'wordpress') return type === 'wordpress-plugin';
  if (distribution === '') return true;
  if (vendor === 'microsoft' && product.startsWith('windows')) return distribution === 'windows';
  if (vendor === 'ubuntu' || (vendor === 'canonical' && product === 'ubuntu_linux'))
    return distribution === 'ubuntu';
  if (vendor === 'debian' && (product === 'debian_linux' || product === 'linux'))
    return distribution === 'debian';
  return true;
}

/** A Go program that has none of the vulnerable functions is not vulnerable; one whose functions are not known may be. */
function hasGoSymbols({ details }: Package, imports: AdvisoryQualifiers['goImports']): boolean {
  const symbols = details.goSymbols;
  if (symbols === undefined || Object.keys(symbols).length === 0 || imports.length === 0) return true;
  return imports.some(({ path, symbols: wanted }) => {
    const own = Object.hasOwn(symbols, path) ? symbols[path] : undefined;
    return own !== undefined && (wanted.length === 0 || wanted.some((symbol) => own.includes(symbol)));
  });
}
