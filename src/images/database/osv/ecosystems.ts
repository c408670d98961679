import type { WrittenSystem } from '../database-writer.ts';

/** What an ecosystem of OSV is here: a package type and its order of versions, and the operating system where it is one's. */
export interface OsvEcosystem {
  readonly type: string;
  readonly scheme: string;
  readonly system?: WrittenSystem;
  /** Its records tell from which version on packages are fixed, of what another distribution's data says is vulnerable. */
  readonly isFixesOnly?: boolean;
}

const languages: Readonly<Record<string, OsvEcosystem>> = {
  Go: { type: 'go-module', scheme: 'go' },
  npm: { type: 'npm', scheme: 'npm' },
  PyPI: { type: 'python', scheme: 'pep440' },
  Maven: { type: 'java-archive', scheme: 'maven' },
  RubyGems: { type: 'gem', scheme: 'gem' },
  'crates.io': { type: 'rust-crate', scheme: 'semver' },
  Packagist: { type: 'php-composer', scheme: 'composer' },
  NuGet: { type: 'dotnet', scheme: 'nuget' },
  Hex: { type: 'hex', scheme: 'hex' },
  CRAN: { type: 'R-package', scheme: 'cran' },
  ConanCenter: { type: 'conan', scheme: 'semver' },
  Bitnami: { type: 'bitnami', scheme: 'bitnami' },
};

interface DistributionRule {
  readonly id: string;
  readonly type: string;
  readonly scheme: string;
  readonly isFixesOnly?: boolean;
}

const distributions: Readonly<Record<string, DistributionRule>> = {
  Debian: { id: 'debian', type: 'deb', scheme: 'dpkg' },
  Ubuntu: { id: 'ubuntu', type: 'deb', scheme: 'dpkg' },
  Alpine: { id: 'alpine', type: 'apk', scheme: 'apk' },
  Alpaquita: { id: 'alpaquita', type: 'apk', scheme: 'apk' },
  Wolfi: { id: 'wolfi', type: 'apk', scheme: 'apk' },
  Chainguard: { id: 'chainguard', type: 'apk', scheme: 'apk' },
  MinimOS: { id: 'minimos', type: 'apk', scheme: 'apk' },
  Echo: { id: 'echo', type: 'deb', scheme: 'dpkg' },
  AlmaLinux: { id: 'almalinux', type: 'rpm', scheme: 'rpm', isFixesOnly: true },
  'Rocky Linux': { id: 'rocky', type: 'rpm', scheme: 'rpm' },
  'Red Hat': { id: 'rhel', type: 'rpm', scheme: 'rpm' },
  'Azure Linux': { id: 'azurelinux', type: 'rpm', scheme: 'rpm' },
  SUSE: { id: 'sles', type: 'rpm', scheme: 'rpm' },
  openEuler: { id: 'openeuler', type: 'rpm', scheme: 'rpm' },
  Mageia: { id: 'mageia', type: 'rpm', scheme: 'rpm' },
};

/**
 * Reads `PyPI`, `Debian:12`, `Alpine:v3.18`, `Ubuntu:Pro:16.04:LTS`; undefined for what no package type here belongs to.
 *
 * Source: https://ossf.github.io/osv-schema/#defined-ecosystems
 */
export function ecosystemOf(written: string): OsvEcosystem | undefined {
  const [name = '', ...rest] = written.split(':');
  if (Object.hasOwn(languages, name)) return languages[name];
  const rule = Object.hasOwn(distributions, name) ? distributions[name] : undefined;
  if (rule === undefined) return undefined;
  const [majorVersion = '', minorVersion = ''] = versionOf(rest).split('.').map(withoutZeros);
  const channel = rule.id === 'ubuntu' && rest.some((part) => part === 'Pro') ? 'esm' : '';
  return {
    type: rule.type,
    scheme: rule.scheme,
    system: { name: rule.id, majorVersion, minorVersion, channel },
    ...(rule.isFixesOnly === true ? { isFixesOnly: true } : {}),
  };
}

/** The first part that begins with a number: `v3.18`, `enterprise_linux:8::baseos`, `Linux Enterprise Server 15 SP5`. */
function versionOf(parts: readonly string[]): string {
  for (const part of parts) {
    const found = /(?:^v?|\s)(\d+(?:\.\d+)?)(?: SP(\d+))?/.exec(part);
    if (found !== null) return found[2] === undefined ? (found[1] ?? '') : `${found[1]}.${found[2]}`;
  }
  return '';
}

function withoutZeros(text: string): string {
  return text.replace(/^0+(?=.)/, '');
}
