import type { Package, PackageType } from '../../model/package.ts';

/** How the packages of a type are looked up, as Grype's matcher of that type does it. */
export interface TypeRule {
  /** As Grype calls it. */
  readonly matcher: string;
  /** `distribution` by operating system, `ecosystem` by type and name. */
  readonly by: 'distribution' | 'ecosystem';
  /** How its versions are ordered. */
  readonly scheme: string;
  /** Whether CPEs are looked for when nothing else is said. */
  readonly usesCpes: boolean;
}

const distribution = (matcher: string, scheme: string, usesCpes = false): TypeRule => ({
  matcher,
  by: 'distribution',
  scheme,
  usesCpes,
});
const ecosystem = (matcher: string, scheme: string, usesCpes = false): TypeRule => ({
  matcher,
  by: 'ecosystem',
  scheme,
  usesCpes,
});
const stock = (scheme = 'fuzzy'): TypeRule => ecosystem('stock-matcher', scheme, true);

/**
 * Source: https://github.com/anchore/grype/tree/main/grype/matcher and, for CPEs, its default configuration
 */
const rules: Readonly<Record<PackageType, TypeRule>> = {
  deb: distribution('dpkg-matcher', 'dpkg'),
  rpm: distribution('rpm-matcher', 'rpm'),
  apk: distribution('apk-matcher', 'apk', true),
  alpm: distribution('pacman-matcher', 'pacman'),
  portage: distribution('portage-matcher', 'portage'),
  npm: ecosystem('javascript-matcher', 'npm'),
  python: ecosystem('python-matcher', 'pep440'),
  'java-archive': ecosystem('java-matcher', 'maven'),
  'jenkins-plugin': ecosystem('java-matcher', 'maven'),
  jvm: ecosystem('jvm-matcher', 'jvm', true),
  'go-module': ecosystem('go-module-matcher', 'go'),
  gem: ecosystem('ruby-gem-matcher', 'gem'),
  'rust-crate': ecosystem('rust-matcher', 'semver'),
  dotnet: ecosystem('dotnet-matcher', 'nuget'),
  hex: ecosystem('hex-matcher', 'hex'),
  bitnami: ecosystem('bitnami-matcher', 'bitnami'),
  'php-composer': stock('composer'),
  'php-pear': stock('composer'),
  'R-package': stock('cran'),
  'lua-rocks': stock(),
  conan: stock(),
  'wordpress-plugin': stock(),
  'linux-kernel': stock(),
  binary: stock(),
  unknown: stock(),
};

export function ruleOf(type: PackageType): TypeRule {
  return rules[type] ?? rules.unknown;
}

export function isOfDistribution(found: Package): boolean {
  return ruleOf(found.type).by === 'distribution';
}

/** Names under which an ecosystem's records may speak of a package. */
export function searchNames(found: Package): readonly string[] {
  switch (found.type) {
    case 'python':
      return [found.name.toLowerCase().replace(/[-_.]+/g, '-')];
    case 'java-archive':
    case 'jenkins-plugin':
      return javaNames(found);
    default:
      return [found.name];
  }
}

/** `group:artifact`, by what its `pom.properties`, its manifest and its package URL say. */
function javaNames({ name, purl, details }: Package): readonly string[] {
  const { pomGroupId: group = '', pomArtifactId: artifact = '', manifestName = '' } = details;
  const [, namespace = '', purlName = ''] = /^pkg:maven\/([^/@?#]+)\/([^/@?#]+)/.exec(purl) ?? [];
  const names = new Set<string>();
  if (group !== '' && artifact !== '') names.add(`${group}:${artifact}`);
  if (group !== '' && manifestName !== '') names.add(`${group}:${manifestName}`);
  if (namespace !== '') names.add(`${decodeURIComponentSafe(namespace)}:${decodeURIComponentSafe(purlName)}`);
  return names.size === 0 ? [name] : [...names];
}

function decodeURIComponentSafe(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
