import type { WrittenSystem } from '../../src/images/database/database-writer.ts';
import type { PackageType } from '../../src/model/package.ts';
import type { Grammar } from './grype-versions.ts';

/** One image: what its `os-release` says, and how the data speaks of it. */
export interface Scenario {
  readonly name: string;
  /** As Syft writes it down. */
  readonly release?: Readonly<Record<string, unknown>> & { readonly id: string };
  /** Of its packages. */
  readonly packages?: {
    readonly type: PackageType;
    readonly grammar: Grammar;
    /** The namespace of package URLs. */
    readonly namespace: string;
    /** Letters that the ids of its advisories begin with. */
    readonly advisories: string;
  };
  /** The data that its packages are looked up in. */
  readonly data?: readonly {
    readonly provider: string;
    readonly system: WrittenSystem;
    readonly isUnaffected?: boolean;
  }[];
}

const debian = { type: 'deb', grammar: 'debian', namespace: 'debian', advisories: 'CVE' } as const;
const ubuntu = { type: 'deb', grammar: 'ubuntu', namespace: 'ubuntu', advisories: 'CVE' } as const;
const redHat = { type: 'rpm', grammar: 'redHat', namespace: 'redhat', advisories: 'CVE' } as const;
const alpine = { type: 'apk', grammar: 'alpine', namespace: 'alpine', advisories: 'CVE' } as const;

const bookworm: WrittenSystem = { name: 'debian', majorVersion: '12', codename: 'bookworm' };
const sid: WrittenSystem = { name: 'debian', labelVersion: 'unstable', codename: 'sid' };
const jammy: WrittenSystem = { name: 'ubuntu', majorVersion: '22', minorVersion: '4', codename: 'jammy' };
const xenial: WrittenSystem = { name: 'ubuntu', majorVersion: '16', minorVersion: '4', codename: 'xenial' };
const redHat9: WrittenSystem = { name: 'redhat', releaseId: 'rhel', majorVersion: '9' };
const edge: WrittenSystem = { name: 'alpine', labelVersion: 'edge' };

export const scenarios: readonly Scenario[] = [
  { name: 'no distribution' },
  {
    name: 'Debian 12',
    release: { id: 'debian', versionID: '12', versionCodename: 'bookworm' },
    packages: debian,
    data: [{ provider: 'debian', system: bookworm }],
  },
  {
    name: 'Debian sid',
    release: { id: 'debian', versionCodename: 'forky' },
    packages: debian,
    data: [{ provider: 'debian', system: sid }],
  },
  {
    name: 'Ubuntu 22.04',
    release: { id: 'ubuntu', versionID: '22.04', versionCodename: 'jammy', idLike: ['debian'] },
    packages: ubuntu,
    data: [{ provider: 'ubuntu', system: jammy }],
  },
  {
    name: 'Ubuntu 16.04 with ESM',
    release: {
      id: 'ubuntu',
      versionID: '16.04',
      versionCodename: 'xenial',
      idLike: ['debian'],
      extendedSupport: true,
    },
    packages: ubuntu,
    data: [
      { provider: 'ubuntu', system: xenial },
      { provider: 'ubuntu', system: { ...xenial, channel: 'esm' } },
    ],
  },
  {
    name: 'RHEL 9.4',
    release: { id: 'rhel', versionID: '9.4', idLike: ['fedora'] },
    packages: redHat,
    data: [{ provider: 'rhel', system: redHat9 }],
  },
  {
    name: 'RHEL 9.4 with EUS',
    release: { id: 'rhel', versionID: '9.4', idLike: ['fedora'], extendedSupport: true },
    packages: redHat,
    data: [
      { provider: 'rhel', system: redHat9 },
      { provider: 'rhel', system: { ...redHat9, minorVersion: '4', channel: 'eus' } },
    ],
  },
  {
    name: 'RHEL 9 with modules',
    release: { id: 'rhel', versionID: '9.2' },
    packages: { ...redHat, grammar: 'modular' },
    data: [{ provider: 'rhel', system: redHat9 }],
  },
  {
    name: 'Rocky 9.3',
    release: { id: 'rocky', versionID: '9.3', idLike: ['rhel', 'centos', 'fedora'] },
    packages: { ...redHat, namespace: 'rocky' },
    data: [{ provider: 'rhel', system: redHat9 }],
  },
  {
    name: 'CentOS 9',
    release: { id: 'centos', versionID: '9', idLike: ['rhel', 'fedora'] },
    packages: { ...redHat, namespace: 'centos' },
    data: [{ provider: 'rhel', system: redHat9 }],
  },
  {
    name: 'AlmaLinux 9.4',
    release: { id: 'almalinux', versionID: '9.4', idLike: ['rhel', 'centos', 'fedora'] },
    packages: { ...redHat, namespace: 'almalinux' },
    data: [
      { provider: 'rhel', system: redHat9 },
      { provider: 'almalinux', system: { name: 'almalinux', majorVersion: '9' }, isUnaffected: true },
    ],
  },
  {
    name: 'Oracle Linux 9',
    release: { id: 'ol', versionID: '9.3' },
    packages: { ...redHat, grammar: 'modular', namespace: 'oracle', advisories: 'ELSA' },
    data: [{ provider: 'oracle', system: { name: 'oraclelinux', releaseId: 'ol', majorVersion: '9' } }],
  },
  {
    name: 'Amazon Linux 2023',
    release: { id: 'amzn', versionID: '2023', idLike: ['fedora'] },
    packages: { ...redHat, grammar: 'amazon', namespace: 'amzn', advisories: 'ALAS' },
    data: [{ provider: 'amazon', system: { name: 'amazonlinux', releaseId: 'amzn', majorVersion: '2023' } }],
  },
  {
    name: 'SLES 15.5',
    release: { id: 'sles', versionID: '15.5', idLike: ['suse'] },
    packages: { ...redHat, grammar: 'suse', namespace: 'sles', advisories: 'SUSE' },
    data: [{ provider: 'sles', system: { name: 'sles', majorVersion: '15', minorVersion: '5' } }],
  },
  {
    name: 'CBL-Mariner 2.0',
    release: { id: 'mariner', versionID: '2.0' },
    packages: { ...redHat, grammar: 'suse', namespace: 'mariner' },
    data: [{ provider: 'mariner', system: { name: 'mariner', majorVersion: '2', minorVersion: '0' } }],
  },
  {
    name: 'Azure Linux 3.0',
    release: { id: 'azurelinux', versionID: '3.0' },
    packages: { ...redHat, grammar: 'suse', namespace: 'azurelinux' },
    data: [{ provider: 'mariner', system: { name: 'azurelinux', majorVersion: '3', minorVersion: '0' } }],
  },
  {
    name: 'Photon 5',
    release: { id: 'photon', versionID: '5.0' },
    packages: { ...redHat, grammar: 'suse', namespace: 'photon' },
    data: [{ provider: 'photon', system: { name: 'photon', majorVersion: '5', minorVersion: '0' } }],
  },
  {
    name: 'Alpine 3.18',
    release: { id: 'alpine', versionID: '3.18.4' },
    packages: alpine,
    data: [{ provider: 'alpine', system: { name: 'alpine', majorVersion: '3', minorVersion: '18' } }],
  },
  {
    name: 'Alpine edge',
    release: { id: 'alpine', versionID: '3.21_alpha20240923' },
    packages: alpine,
    data: [{ provider: 'alpine', system: edge }],
  },
  {
    name: 'Wolfi',
    release: { id: 'wolfi', versionID: '20230201' },
    packages: { ...alpine, namespace: 'wolfi', advisories: 'CGA' },
    data: [{ provider: 'wolfi', system: { name: 'wolfi', labelVersion: 'rolling' } }],
  },
  {
    name: 'Chainguard',
    release: { id: 'chainguard', versionID: '20230214' },
    packages: { ...alpine, namespace: 'chainguard', advisories: 'CGA' },
    data: [{ provider: 'chainguard', system: { name: 'chainguard', labelVersion: 'rolling' } }],
  },
  {
    name: 'Arch Linux',
    release: { id: 'arch' },
    packages: { type: 'alpm', grammar: 'arch', namespace: 'arch', advisories: 'AVG' },
    data: [{ provider: 'arch', system: { name: 'archlinux', releaseId: 'arch', labelVersion: 'rolling' } }],
  },
];

/** As Grype's database has them. */
export const overrides = [
  ...['centos', 'rocky', 'rockylinux', 'alma', 'almalinux', 'scientific', 'sl'].map((alias) => ({
    alias,
    replacement: 'rhel',
  })),
  { alias: 'oraclelinux', replacement: 'ol' },
  { alias: 'oracle', replacement: 'ol' },
  { alias: 'amazonlinux', replacement: 'amzn' },
  { alias: 'amazon', replacement: 'amzn' },
  { alias: 'alpine', versionPattern: '.*_alpha.*', labelVersion: 'edge', isRolling: true },
  { alias: 'debian', codename: 'forky', labelVersion: 'unstable', isRolling: true },
  ...['wolfi', 'chainguard', 'archlinux', 'minimos'].map((alias) => ({ alias, isRolling: true })),
  { alias: 'arch', replacement: 'archlinux', isRolling: true },
] as const;
