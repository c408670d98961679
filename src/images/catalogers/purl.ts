import { PackageURL } from 'packageurl-js';
import type { Distribution } from '../../model/image-sbom.ts';

/** What a package URL is made of; empty and absent parts are left out. */
export interface PurlParts {
  readonly type: string;
  readonly namespace?: string;
  readonly name: string;
  readonly version?: string;
  readonly qualifiers?: Readonly<Record<string, string | undefined>>;
  readonly subpath?: string;
}

/**
 * A package URL, or empty where the parts make none (a name without letters).
 *
 * Source: https://github.com/package-url/purl-spec
 */
export function purlOf(parts: PurlParts): string {
  const qualifiers = Object.entries(parts.qualifiers ?? {}).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  );
  try {
    const text = new PackageURL(
      parts.type,
      parts.namespace || undefined,
      parts.name,
      parts.version || undefined,
      qualifiers.length === 0 ? undefined : Object.fromEntries(qualifiers),
      parts.subpath || undefined,
    ).toString();
    // The library leaves `+` as it is and encodes `~` in qualifiers; the specification has it the other way round.
    return text.replaceAll('+', '%2B').replaceAll('%7E', '~');
  } catch {
    return '';
  }
}

/** The qualifier `distro` of packages of a distribution: `debian-12.5`, `arch-rolling`. */
export function distroQualifier(distribution: Distribution | undefined): string | undefined {
  if (distribution === undefined || distribution.id === '') return undefined;
  const { id, version, build = '' } = distribution;
  return [id, version || build].filter(Boolean).join('-');
}

/** The qualifier `upstream`: `openssl` or `openssl@3.0.11-1`. */
export function upstreamQualifier(
  upstream: { readonly name: string; readonly version?: string } | undefined,
): string | undefined {
  if (upstream === undefined) return undefined;
  return upstream.version === undefined ? upstream.name : `${upstream.name}@${upstream.version}`;
}
