import type { Package } from '../../model/package.ts';
import type { AdvisoryQualifiers } from '../database/advisory.ts';
import { parseCpe } from '../database/cpe.ts';

/** Whether what a row demands of a package, besides its version, holds. What is not known of a package is taken to hold. */
export function isQualified(found: Package, qualifiers: AdvisoryQualifiers, distribution: string): boolean {
  return (
    isOfModule(found, qualifiers.rpmModularity) &&
    isOfArchitecture(found, qualifiers.architectures) &&
    isOfPlatform(qualifiers.platformCpes, distribution) &&
    hasGoSymbols(found, qualifiers.goImports)
  );
}

function isOfModule({ details }: Package, module: string | undefined): boolean {
  const own = details.modularity;
  if (module === undefined || own === undefined) return true;
  return module === '' ? own === '' : own.startsWith(module);
}

/** Advisories for source packages go for all architectures. */
function isOfArchitecture({ details }: Package, architectures: readonly string[]): boolean {
  const own = details.architecture;
  if (own === undefined || own === '' || architectures.length === 0) return true;
  const canonical = canonicalArchitecture(own);
  return architectures.some((one) => {
    const wanted = canonicalArchitecture(one);
    return wanted === canonical || ['', 'src', 'source', 'noarch', 'all', 'any'].includes(wanted);
  });
}

const architectures: Readonly<Record<string, string>> = {
  amd64: 'x86_64',
  x64: 'x86_64',
  arm64: 'aarch64',
  i386: 'i686',
  i586: 'i686',
  '386': 'i686',
  ppc64el: 'ppc64le',
};

function canonicalArchitecture(name: string): string {
  const lower = name.toLowerCase();
  return architectures[lower] ?? lower;
}

/** What is vulnerable on one platform alone, such as Windows, does not concern an image of another. */
function isOfPlatform(platformCpes: readonly string[], distribution: string): boolean {
  if (platformCpes.length === 0 || distribution === '') return true;
  return platformCpes.some((text) => {
    const cpe = parseCpe(text);
    if (cpe === undefined) return true;
    if (cpe.product.startsWith('windows')) return distribution === 'windows';
    if (cpe.product === 'ubuntu_linux') return distribution === 'ubuntu';
    if (cpe.product === 'debian_linux') return distribution === 'debian';
    return true;
  });
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
