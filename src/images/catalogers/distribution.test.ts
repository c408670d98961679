import { describe, expect, it } from 'vitest';
import { evidenceOf, type Files } from '../../../test/support/cataloged.ts';
import { distributionReader, findDistribution } from './distribution.ts';

function distributionOf(files: Files, links: Readonly<Record<string, string>> = {}) {
  return findDistribution(evidenceOf(distributionReader, files), (path) => links[path] ?? path);
}

const debian =
  'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n';

describe('a distribution', () => {
  it('is what os-release says, also where that is a link', () => {
    const files = { '/usr/lib/os-release': debian };
    const links = { '/etc/os-release': '/usr/lib/os-release' };
    expect(distributionOf(files, links)).toEqual({
      id: 'debian',
      version: '12',
      codename: 'bookworm',
      name: 'Debian GNU/Linux 12 (bookworm)',
      idLike: [],
      channels: [],
    });
    expect(distributionOf(files)).toMatchObject({ id: 'debian' });
  });

  it.each([
    ['12.5\n', '12.5'],
    ['trixie/sid\n', '12'],
    ['11.9\n', '12'],
  ])('of Debian has the point release of debian_version %j where it fits', (text, version) => {
    expect(distributionOf({ '/etc/os-release': debian, '/etc/debian_version': text })?.version).toBe(version);
  });

  it('does not take the version of Debian that Ubuntu was made from', () => {
    const ubuntu = "ID=ubuntu\nVERSION_ID='22.04'\nID_LIKE=debian\n";
    expect(
      distributionOf({ '/etc/os-release': ubuntu, '/etc/debian_version': 'bookworm/sid' }),
    ).toMatchObject({
      version: '22.04',
      idLike: ['debian'],
    });
  });

  it('may have no version, as rolling ones', () => {
    expect(distributionOf({ '/etc/os-release': 'ID=arch\nNAME="Arch Linux"\n' })).toMatchObject({
      id: 'arch',
      version: '',
    });
  });

  it.each([
    ['/etc/system-release-cpe', 'cpe:/o:centos:linux:6:GA\n', 'centos', '6'],
    ['/etc/redhat-release', 'CentOS release 6.10 (Final)\n', 'centos', '6.10'],
    ['/etc/redhat-release', 'Red Hat Enterprise Linux Server release 7.9 (Maipo)\n', 'rhel', '7.9'],
    ['/bin/busybox', '\x7fELF...BusyBox v1.36.1 (2023)', 'busybox', '1.36.1'],
  ])('is told by %s where nothing else does', (path, text, id, version) => {
    expect(distributionOf({ [path]: text })).toMatchObject({ id, version });
  });

  it('is that of the first file that tells, BusyBox last', () => {
    const files = { '/bin/busybox': 'BusyBox v1.36.1', '/etc/os-release': 'ID=alpine\nVERSION_ID=3.19.1\n' };
    expect(distributionOf(files)?.id).toBe('alpine');
  });

  it('is unknown in an image from scratch, and with an empty os-release', () => {
    expect(distributionOf({ '/app': 'x' })).toBeUndefined();
    expect(distributionOf({ '/etc/os-release': '' })).toBeUndefined();
  });

  it('tells extended support where its own files do', () => {
    const rhel = 'ID="rhel"\nVERSION_ID="8.6"\n';
    const manifest = '{"content_sets": ["rhel-8-for-x86_64-baseos-eus-rpms"]}';
    expect(
      distributionOf({ '/etc/os-release': rhel, '/root/buildinfo/content_manifests/ubi8.json': manifest })
        ?.channels,
    ).toEqual(['eus']);
    const repository = (enabled: number) =>
      `[rhel-8-for-x86_64-baseos-eus-rpms]\nname = x\nenabled = ${enabled}\n`;
    expect(
      distributionOf({ '/etc/os-release': rhel, '/etc/yum.repos.d/redhat.repo': repository(1) })?.channels,
    ).toEqual(['eus']);
    expect(
      distributionOf({ '/etc/os-release': rhel, '/etc/yum.repos.d/redhat.repo': repository(0) })?.channels,
    ).toEqual([]);
    const ubuntu = 'ID=ubuntu\nVERSION_ID="20.04"\n';
    const source = 'deb https://esm.ubuntu.com/infra/ubuntu focal-infra-security main\n';
    expect(
      distributionOf({ '/etc/os-release': ubuntu, '/etc/apt/sources.list.d/ubuntu-esm-infra.list': source })
        ?.channels,
    ).toEqual(['esm']);
    expect(
      distributionOf({ '/etc/os-release': ubuntu, '/etc/apt/sources.list.d/a.list': `# ${source}` })
        ?.channels,
    ).toEqual([]);
  });
});
