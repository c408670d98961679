import type { Cataloger } from './cataloger.ts';
import { cpesOf } from './cpe.ts';
import { newPackage } from './new-package.ts';
import { purlOf } from './purl.ts';
import { latin1Of } from './text.ts';

interface Kernel {
  readonly version: string;
}

const kernelFile = /(?:^|\/)(?:kernel|kernel-[^/]+|vmlinux|vmlinux-[^/]+|vmlinuz|vmlinuz-[^/]+)$/;

/**
 * Kernels for x86, by the header that boot loaders read: images for virtual machines have them.
 *
 * Source: https://docs.kernel.org/arch/x86/boot.html
 */
export const linuxKernel: Cataloger<Kernel> = {
  name: 'linux-kernel',
  revision: 1,
  wants: ({ path, sizeBytes }) => sizeBytes > 0x210 && kernelFile.test(path),
  read(_file, content) {
    if (latin1Of(content.subarray(0x202, 0x206)) !== 'HdrS') return undefined;
    const at = 0x200 + ((content[0x20e] ?? 0) | ((content[0x20f] ?? 0) << 8));
    const [, version] = /^(\d+\.\d+[\w.+~-]*) /.exec(latin1Of(content.subarray(at, at + 200))) ?? [];
    return version === undefined ? undefined : { version };
  },
  assemble(files) {
    return files.map((file) => {
      const { version } = file.evidence;
      const upstream = /^\d+(?:\.\d+)*/.exec(version)?.[0] ?? version;
      return newPackage({
        type: 'linux-kernel',
        name: 'linux-kernel',
        version,
        foundBy: 'linux-kernel',
        at: [file],
        purl: purlOf({ type: 'generic', name: 'linux-kernel', version }),
        // The kernel is an operating system there.
        cpes: cpesOf(['linux'], ['linux_kernel'], upstream).map((cpe) =>
          cpe.replace('cpe:2.3:a:', 'cpe:2.3:o:'),
        ),
        licenses: ['GPL-2.0-only'],
      });
    });
  },
};
