import { PackageURL } from 'packageurl-js';
import type { Distribution } from '../../model/image-sbom.ts';
import type { Package, PackageDetails, PackageType } from '../../model/package.ts';

const types: ReadonlyMap<string, PackageType> = new Map(
  Object.entries<PackageType>({
    deb: 'deb',
    rpm: 'rpm',
    apk: 'apk',
    alpm: 'alpm',
    ebuild: 'portage',
    npm: 'npm',
    pypi: 'python',
    maven: 'java-archive',
    golang: 'go-module',
    gem: 'gem',
    cargo: 'rust-crate',
    composer: 'php-composer',
    pear: 'php-pear',
    nuget: 'dotnet',
    hex: 'hex',
    cran: 'R-package',
    luarocks: 'lua-rocks',
    conan: 'conan',
    bitnami: 'bitnami',
  }),
);

const languages: Partial<Record<PackageType, string>> = {
  npm: 'javascript',
  python: 'python',
  'java-archive': 'java',
  'jenkins-plugin': 'java',
  'go-module': 'go',
  gem: 'ruby',
  'rust-crate': 'rust',
  'php-composer': 'php',
  'php-pear': 'php',
  dotnet: 'dotnet',
  hex: 'elixir',
  'R-package': 'R',
  'lua-rocks': 'lua',
};

/** What a package URL tells of a package: all that an SBOM of another tool may say of its kind. */
export interface PurlFacts extends Pick<Package, 'type' | 'language' | 'upstreams' | 'details'> {
  /** As the type's data calls it: `@scope/name`, `vendor/name`, `example.com/module`. Empty where the URL says none. */
  readonly name: string;
  readonly version: string;
  /** Where the package is one's of a distribution. */
  readonly distribution?: Pick<Distribution, 'id' | 'version'>;
}

/** Undefined for what is no package URL, or of a type that no data is kept for. */
export function factsOfPurl(text: string): PurlFacts | undefined {
  const purl = parsed(text);
  const type = purl === undefined ? undefined : types.get(purl.type);
  if (purl === undefined || type === undefined) return undefined;
  const qualifiers = (purl.qualifiers ?? {}) as Readonly<Record<string, string>>;
  // A namespace of Gentoo is a category.
  const namespace = type === 'portage' ? '' : (purl.namespace ?? '');
  const distribution = distributionOf(namespace, qualifiers['distro'] ?? '');
  const isOfDistribution = ['deb', 'rpm', 'apk', 'alpm', 'portage'].includes(type);
  return {
    type,
    language: languages[type] ?? '',
    name: nameOf(type, purl),
    version: purl.version ?? '',
    upstreams: isOfDistribution ? upstreamsOf(qualifiers['upstream'] ?? '', type) : [],
    details: detailsOf(type, purl, qualifiers),
    ...(isOfDistribution && distribution !== undefined ? { distribution } : {}),
  };
}

export function parsed(text: string): PackageURL | undefined {
  try {
    return PackageURL.fromString(text);
  } catch {
    return undefined;
  }
}

function nameOf(type: PackageType, { namespace, name }: PackageURL): string {
  const isNamespaced =
    type === 'npm' || type === 'go-module' || type === 'php-composer' || type === 'portage';
  return isNamespaced && namespace ? `${namespace}/${name}` : name;
}

function detailsOf(
  type: PackageType,
  purl: PackageURL,
  qualifiers: Readonly<Record<string, string>>,
): PackageDetails {
  const { arch, epoch, rpmmod } = qualifiers;
  return {
    ...(arch === undefined || arch === '' ? {} : { architecture: arch }),
    ...(type === 'rpm' && /^\d{1,9}$/.test(epoch ?? '') ? { epoch: Number(epoch) } : {}),
    ...(type === 'rpm' && rpmmod !== undefined ? { modularity: rpmmod } : {}),
    ...(type === 'java-archive' && purl.namespace
      ? { pomGroupId: purl.namespace, pomArtifactId: purl.name }
      : {}),
  };
}

/** `openssl`, `openssl@3.0.11-1`, and of rpm the source package's file: `openssl-3.0.7-27.el9.src.rpm`. */
function upstreamsOf(text: string, type: PackageType): Package['upstreams'] {
  if (text === '') return [];
  const rpm = /^(.+)-([^-]+-[^-]+)\.(?:src|nosrc)\.rpm$/.exec(text);
  if (type === 'rpm' && rpm !== null) return [{ name: rpm[1] ?? '', version: rpm[2] ?? '' }];
  const at = text.lastIndexOf('@');
  return at < 1 ? [{ name: text }] : [{ name: text.slice(0, at), version: text.slice(at + 1) }];
}

/** Codenames stand alone in the specification's own examples: `pkg:deb/debian/curl@7.50.3-1?distro=jessie`. */
const withCodenames: ReadonlySet<string> = new Set(['debian', 'ubuntu']);

/** `debian-12.5`, a codename, or the namespace alone where there is no such qualifier. */
function distributionOf(namespace: string, distro: string): PurlFacts['distribution'] {
  const [, id, version = ''] = /^([A-Za-z][A-Za-z0-9._-]*?)-(v?\d[\w.]*)$/.exec(distro) ?? [];
  if (id !== undefined) return { id: id.toLowerCase(), version };
  const own = namespace.toLowerCase();
  const plain = distro.toLowerCase().replace(/-rolling$/, '');
  if (plain === '' || plain === own) return own === '' ? undefined : { id: own, version: '' };
  if (withCodenames.has(own)) return { id: own, version: plain.replace(`${own}-`, '') };
  return /^\d/.test(plain) ? { id: own, version: plain } : { id: plain, version: '' };
}
