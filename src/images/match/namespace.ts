import type { Advisory, AdvisoryRecord, OperatingSystem } from '../database/advisory.ts';

/**
 * How the namespaces of Grype's older databases name a record: people have them in ignore rules and reports.
 *
 * Source: https://github.com/anchore/grype/blob/main/grype/db/v6/vulnerability.go
 */
export function namespaceOf(
  { operatingSystem, ecosystem }: Pick<Advisory, 'operatingSystem' | 'ecosystem'>,
  { provider }: Pick<AdvisoryRecord, 'provider'>,
): string {
  if (operatingSystem !== undefined) return distributionNamespace(operatingSystem, provider);
  const type = ecosystem.toLowerCase();
  if (type === '') return `${provider}:cpe`;
  if (type === 'bitnami') return 'bitnami';
  return `${provider}:language:${languages.get(type) ?? ecosystem}`;
}

const languages: ReadonlyMap<string, string> = new Map([
  ['cargo', 'rust'],
  ['composer', 'php'],
  ['dart-pub', 'dart'],
  ['gem', 'ruby'],
  ['go-module', 'go'],
  ['golang', 'go'],
  ['java-archive', 'java'],
  ['jenkins-plugin', 'java'],
  ['maven', 'java'],
  ['node', 'javascript'],
  ['npm', 'javascript'],
  ['nuget', 'dotnet'],
  ['php-composer', 'php'],
  ['pip', 'python'],
  ['pub', 'dart'],
  ['pypi', 'python'],
  ['rubygems', 'ruby'],
  ['rust-crate', 'rust'],
  ['swiplpack', 'swift'],
  ['swifturl', 'swift'],
]);

const families: ReadonlyMap<string, string> = new Map([
  ['amazon', 'amazonlinux'],
  ['oracle', 'oraclelinux'],
  ['rhel', 'redhat'],
]);

function distributionNamespace(system: OperatingSystem, provider: string): string {
  const version = versionIn(system, provider);
  return `${provider === 'rhel' ? 'redhat' : provider}:distro:${familyOf(system)}:${version}`;
}

function familyOf({ name, majorVersion }: OperatingSystem): string {
  const family = name.toLowerCase();
  if (family === 'mariner' || family === 'azurelinux')
    return majorVersion === '1' || majorVersion === '2' ? 'mariner' : 'azurelinux';
  return families.get(family) ?? name;
}

function versionIn(system: OperatingSystem, provider: string): string {
  const { name, majorVersion, minorVersion, labelVersion, codename, channel } = system;
  if (labelVersion !== '') return labelVersion;
  if (majorVersion === '') return codename || 'rolling';
  if (/^(?:mariner|azurelinux)$/i.test(name)) return `${majorVersion}.${minorVersion || '0'}`;
  const suffix = channel === '' ? '' : `+${channel}`;
  // Red Hat's and Oracle's data is by major version; the channel of a minor one goes with it.
  if (provider === 'rhel' || provider === 'oracle')
    return minorVersion === '' ? `${majorVersion}${suffix}` : majorVersion;
  return `${versionOf(system)}${suffix}`;
}

/** `12`, `3.18`, `22.04`: the data keeps numbers without their zeros, Ubuntu's months have two digits. */
export function versionOf({ name, majorVersion, minorVersion, labelVersion }: OperatingSystem): string {
  const minor =
    name.toLowerCase() === 'ubuntu' ? minorVersion.padStart(minorVersion === '' ? 0 : 2, '0') : minorVersion;
  return [majorVersion, minor].filter((part) => part !== '').join('.') || labelVersion;
}
