import { expect, it } from 'vitest';
import { catalogedBy, imageOf } from '../../../test/support/cataloged.ts';
import { alpm } from './alpm.ts';
import { portage } from './portage.ts';

it('finds packages of pacman with what they are built from and their files', () => {
  const arch = { id: 'arch', version: '', codename: '', name: 'Arch Linux', idLike: [], channels: [] };
  const folder = '/var/lib/pacman/local/gcc-libs-13.2.1-5';
  const packages = catalogedBy(
    alpm,
    {
      [`${folder}/desc`]:
        '%NAME%\ngcc-libs\n\n%VERSION%\n13.2.1-5\n\n%BASE%\ngcc\n\n%ARCH%\nx86_64\n\n%LICENSE%\nGPL3\nLGPL\n',
      [`${folder}/files`]: '%FILES%\nusr/\nusr/lib/libgcc_s.so.1\n\n%BACKUP%\netc/x\tabc\n',
    },
    imageOf(arch),
  );
  expect(packages).toMatchObject([
    {
      name: 'gcc-libs',
      version: '13.2.1-5',
      purl: 'pkg:alpm/arch/gcc-libs@13.2.1-5?arch=x86_64&distro=arch&upstream=gcc',
      upstreams: [{ name: 'gcc' }],
      licenses: ['GPL3', 'LGPL'],
      files: ['/usr/', '/usr/lib/libgcc_s.so.1'],
    },
  ]);
});

it('finds packages of Gentoo by their folders', () => {
  const folder = '/var/db/pkg/app-containers/skopeo-1.5.1-r2';
  const packages = catalogedBy(portage, {
    [`${folder}/CONTENTS`]:
      'dir /usr/bin\nobj /usr/bin/skopeo with space 376c02bd3b22804df8fdfdc895e7dbfb 1649284374\nsym /usr/x -> y 16\n',
    [`${folder}/LICENSE`]: 'Apache-2.0 BSD || ( MIT )\n',
  });
  expect(packages).toMatchObject([
    {
      type: 'portage',
      name: 'app-containers/skopeo',
      version: '1.5.1-r2',
      purl: 'pkg:ebuild/app-containers%2Fskopeo@1.5.1-r2',
      licenses: ['Apache-2.0', 'BSD', 'MIT'],
      files: ['/usr/bin/skopeo with space'],
    },
  ]);
});
