/** Every kind of package, by the names that vulnerability databases and Syft use for it. */
export const packageTypes = [
  ...['deb', 'rpm', 'apk', 'alpm', 'portage'],
  ...[
    'npm',
    'python',
    'java-archive',
    'jenkins-plugin',
    'jvm',
    'go-module',
    'gem',
    'rust-crate',
    'php-composer',
    'php-pear',
  ],
  ...[
    'dotnet',
    'R-package',
    'lua-rocks',
    'conan',
    'hex',
    'bitnami',
    'wordpress-plugin',
    'linux-kernel',
    'binary',
    'unknown',
  ],
] as const;

export type PackageType = (typeof packageTypes)[number];

/** A place in an image: the path as the running container sees it, and the layer that brought it. */
export interface PackageLocation {
  /** Absolute, without links in it. */
  readonly path: string;
  /** The digest of the unpacked layer (`sha256:…`), or empty where there are no layers (a folder, an SBOM). */
  readonly layer: string;
}

/** What is told of a package beyond its name and version, as far as matching or people need it. */
export interface PackageDetails {
  /** Of rpm and deb, e.g. `amd64`. */
  readonly architecture?: string;
  /** Of rpm: the module it came in, e.g. `nodejs:18:8060020220523160029:ad008a3a`; empty where it is known to be in none. */
  readonly modularity?: string;
  /** Of rpm: whether the version's epoch was written; absent counts as 0. */
  readonly epoch?: number;
  /** Of Java: `groupId` and `artifactId` of its `pom.properties`, and what its manifest calls it. */
  readonly pomGroupId?: string;
  readonly pomArtifactId?: string;
  readonly manifestName?: string;
  /** Of Go: the compiler's version (`go1.22.1`), the main module's path, and the functions linked in by import path. */
  readonly goVersion?: string;
  readonly goMainModule?: string;
  readonly goSymbols?: Readonly<Record<string, readonly string[]>>;
  /** Whoever made it, where that is written. */
  readonly vendor?: string;
}

/** One installed package. */
export interface Package {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
  /** As the package URL specification has it, with `distro` and `upstream` qualifiers for packages of a distribution. */
  readonly purl: string;
  /** Candidates of CPE 2.3 in the form `cpe:2.3:a:vendor:product:version:*:*:*:*:*:*:*`; may be empty. */
  readonly cpes: readonly string[];
  /** e.g. `javascript`; empty for packages of a distribution. */
  readonly language: string;
  /** SPDX expressions, or the text that was found. */
  readonly licenses: readonly string[];
  readonly locations: readonly PackageLocation[];
  /** What it was built from, where that has another name or version: the packages vulnerability data speaks of. */
  readonly upstreams: readonly { readonly name: string; readonly version?: string }[];
  readonly details: PackageDetails;
  /** The cataloger that found it. */
  readonly foundBy: string;
  /** Index, in the same SBOM, of the distribution's package that owns all of its files; absent when none does. */
  readonly ownedBy?: number;
}
