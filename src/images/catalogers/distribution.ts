import type { Distribution } from '../../model/image-sbom.ts';
import type { Cataloger, FoundFile, SquashedImage } from './cataloger.ts';
import { latin1Of, linesOf, textOf } from './text.ts';

/** What a file tells of the distribution. Which file is asked first is decided when the image is put together. */
export interface DistributionEvidence {
  /** Fields of an `os-release`, or those that another file gives under the same names. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Where it is looked for; the first that tells decides, as in Syft. `/bin/busybox` is last, as many distributions have it. */
const identityPaths = [
  '/etc/os-release',
  '/usr/lib/os-release',
  '/etc/system-release-cpe',
  '/etc/redhat-release',
  '/bin/busybox',
];
const debianVersionPath = '/etc/debian_version';
const esmStatusPath = '/var/lib/ubuntu-advantage/status.json';
/** RHEL images tell what content they were built from. Source: https://github.com/containerbuildsystem/atomic-reactor. */
const contentManifest = /^\/(?:root\/buildinfo|usr\/share\/buildinfo)\/content_manifests\/[^/]+\.json$/;
const aptSource = /^\/etc\/apt\/sources\.list(?:\.d\/[^/]+\.(?:list|sources))?$/;
const dnfRepository = /^\/etc\/yum\.repos\.d\/[^/]+\.repo$/;

/**
 * Reads what tells which distribution an image is. A reader is asked and cached as a cataloger is; what it finds goes to
 * `findDistribution`, because catalogers need the answer to put their packages together.
 */
export const distributionReader: Omit<Cataloger<DistributionEvidence>, 'assemble'> = {
  name: 'distribution',
  revision: 1,
  wants({ path, sizeBytes }) {
    if (sizeBytes > 64 * 1024 * 1024) return false;
    if (path.endsWith('/busybox')) return /^(?:\/usr)?\/s?bin\/busybox$/.test(path);
    return isSmallIdentity(path);
  },
  read({ path }, content) {
    const fields = fieldsOf(path, content);
    return Object.keys(fields).length === 0 ? undefined : { fields };
  },
};

function isSmallIdentity(path: string): boolean {
  if (path === esmStatusPath || path.endsWith('-release') || path.endsWith('-release-cpe')) {
    return path.startsWith('/etc/') || path.startsWith('/usr/lib/') || path === esmStatusPath;
  }
  return (
    path === debianVersionPath ||
    (path.startsWith('/etc/') && (aptSource.test(path) || dnfRepository.test(path))) ||
    (path.includes('/content_manifests/') && contentManifest.test(path))
  );
}

/** The distribution that the visible files tell of; undefined when none does (an image from scratch, for one). */
export function findDistribution(
  files: readonly FoundFile<DistributionEvidence>[],
  resolve: SquashedImage['resolve'],
): Distribution | undefined {
  const byPath = new Map(files.map((file) => [file.path, file.evidence.fields]));
  const at = (path: string) => byPath.get(resolve(path) ?? path);
  for (const path of identityPaths) {
    const fields = at(path);
    const id = fields?.['ID'];
    if (fields === undefined || id === undefined || id === '') continue;
    const channels = new Set(files.flatMap((file) => (file.evidence.fields['CHANNELS'] ?? '').split(' ')));
    const version = versionOf(id, fields, at(debianVersionPath));
    const build = version === '' ? fields['BUILD_ID'] : undefined;
    return {
      id,
      version,
      ...(build && { build }),
      codename: fields['VERSION_CODENAME'] ?? '',
      name: fields['PRETTY_NAME'] ?? fields['NAME'] ?? id,
      idLike: (fields['ID_LIKE'] ?? '').split(/\s+/).filter(Boolean),
      channels: [...channels].filter((channel) => channelHolds(id, channel)).sort(),
    };
  }
  return undefined;
}

/** Debian's VERSION_ID is the release alone; its point release is in another file, as a number, or as `trixie/sid`. */
function versionOf(
  id: string,
  fields: Readonly<Record<string, string>>,
  debian: Readonly<Record<string, string>> | undefined,
): string {
  const written = fields['VERSION_ID'] ?? '';
  const point = debian?.['DEBIAN_VERSION'] ?? '';
  if (id !== 'debian' || !/^\d+(?:\.\d+)*$/.test(point)) return written;
  return written === '' || point === written || point.startsWith(`${written}.`) ? point : written;
}

function channelHolds(id: string, channel: string): boolean {
  return (channel === 'eus' && id === 'rhel') || (channel === 'esm' && id === 'ubuntu');
}

function fieldsOf(path: string, content: Uint8Array): Record<string, string> {
  if (path.endsWith('/busybox')) return busyboxFields(content);
  if (content.length > 4 * 1024 * 1024) return {};
  const text = textOf(content);
  if (path === debianVersionPath) return { DEBIAN_VERSION: text.trim() };
  if (path.endsWith('/os-release')) return osReleaseFields(text);
  if (path.endsWith('-release-cpe')) return cpeFields(text);
  if (path.endsWith('/redhat-release')) return redhatFields(text);
  const channels = channelsOf(path, text);
  return channels.length === 0 ? {} : { CHANNELS: channels.join(' ') };
}

/**
 * `NAME=value` lines with shell quoting.
 *
 * Source: https://www.freedesktop.org/software/systemd/man/latest/os-release.html
 */
function osReleaseFields(text: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const line of linesOf(text)) {
    const [, name, value] = /^\s*([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    fields[name] = unquoted(value.trim());
  }
  return fields;
}

function unquoted(value: string): string {
  const quote = value[0];
  if (quote === "'" && value.endsWith("'") && value.length > 1) return value.slice(1, -1);
  const inner = quote === '"' && value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value;
  return inner.replace(/\\(["'$`\\])/g, '$1');
}

/** CentOS 6: `cpe:/o:centos:linux:6:GA`. */
function cpeFields(text: string): Record<string, string> {
  const [, vendor, version] = /cpe:\/o:([^:\s]*):[^:\s]*:([^:\s]*)/.exec(text) ?? [];
  return simpleFields(vendor ?? '', version ?? '');
}

/** `CentOS release 6.10 (Final)`, `Red Hat Enterprise Linux Server release 7.9 (Maipo)`. */
function redhatFields(text: string): Record<string, string> {
  const [, name, version] = /^([^\n]{1,200}?)\s+release\s+(\d+(?:\.\d+)*)/.exec(text) ?? [];
  const isRedHat = /^red hat enterprise linux/i.test(name ?? '');
  return {
    ...simpleFields(isRedHat ? 'rhel' : (name ?? ''), version ?? ''),
    ...(name && { PRETTY_NAME: name }),
  };
}

function busyboxFields(content: Uint8Array): Record<string, string> {
  const at = Buffer.from(content.buffer, content.byteOffset, content.byteLength).indexOf('BusyBox v');
  if (at < 0) return {};
  const [, version = ''] = /^BusyBox v([\d.]+)/.exec(latin1Of(content.subarray(at, at + 40))) ?? [];
  return simpleFields('busybox', version);
}

function simpleFields(name: string, version: string): Record<string, string> {
  if (name === '') return {};
  const id = name.toLowerCase();
  return { ID: id, NAME: name, ID_LIKE: id, VERSION_ID: version };
}

/** Extended support, where the image's own files say that it gets it: those updates are fixed in other versions. */
function channelsOf(path: string, text: string): string[] {
  const isEus = contentManifest.test(path)
    ? /"[^"\s]*-eus-[^"\s]*"/.test(text)
    : dnfRepository.test(path) && enabledRepositories(text).some((id) => /-eus-/.test(id));
  const isEsm = aptSource.test(path)
    ? linesOf(text).some((line) => !line.trimStart().startsWith('#') && /\besm\.ubuntu\.com\b/.test(line))
    : path === esmStatusPath && /"attached"\s*:\s*true/.test(text);
  return [...(isEus ? ['eus'] : []), ...(isEsm ? ['esm'] : [])];
}

function enabledRepositories(text: string): string[] {
  return text.split(/^(?=\[)/m).flatMap((section) => {
    const [, id] = /^\[([^\]\n]*)\]/.exec(section) ?? [];
    return id !== undefined && /^enabled\s*=\s*(?:1|true|yes)\s*$/im.test(section) ? [id] : [];
  });
}
