import type { Cataloger } from './cataloger.ts';
import { candidateCpes } from './cpe.ts';
import { newPackage } from './new-package.ts';
import { purlOf } from './purl.ts';
import { linesOf, textOf } from './text.ts';

interface ConanPackage {
  readonly name: string;
  readonly version: string;
  /** Who has published it, and how; empty for what came from Conan's own index. */
  readonly user: string;
  readonly channel: string;
}

/**
 * What a binary of Conan was built with: `conaninfo.txt` beside it. The package itself is told by the folder it lies in.
 *
 * Source: https://docs.conan.io/1/reference/config_files/conaninfo.html
 */
export const conan: Cataloger<readonly ConanPackage[]> = {
  name: 'conan',
  revision: 2,
  wants: ({ path, sizeBytes }) => path.endsWith('/conaninfo.txt') && sizeBytes < 4 * 1024 * 1024,
  read({ path }, content) {
    const [, name, version, user = '', channel = ''] =
      /\/data\/([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)\/package\/[^/]+\/conaninfo\.txt$/.exec(path) ?? [];
    const own = name === undefined || version === undefined ? [] : [{ name, version, user, channel }];
    const all = [...own, ...requirementsOf(textOf(content))];
    return all.length === 0 ? undefined : all;
  },
  assemble(files) {
    return files.flatMap((file) =>
      file.evidence.map(({ name, version, user, channel }) =>
        newPackage({
          type: 'conan',
          name,
          version,
          language: 'c++',
          foundBy: 'conan',
          at: [file],
          purl: purlOf({ type: 'conan', namespace: user, name, version, qualifiers: { channel } }),
          cpes: candidateCpes({ type: 'conan', name, version }),
        }),
      ),
    );
  },
};

/** Lines of `[full_requires]`: `zlib/1.2.13@user/channel:id`. */
function requirementsOf(text: string): ConanPackage[] {
  let isWithin = false;
  return linesOf(text).flatMap((line) => {
    if (line.startsWith('[')) isWithin = line.trim() === '[full_requires]' || line.trim() === '[requires]';
    const [, name, version, user = '', channel = ''] =
      /^\s+([a-z0-9_][\w+.-]*)\/([^@:#\s]+)(?:@([^/:#\s]+)\/([^:#\s]+))?/.exec(line) ?? [];
    // Of requirements in short only a range may be known (`1.Y.Z`).
    return isWithin && name !== undefined && version !== undefined && /\d$/.test(version)
      ? [{ name, version, user, channel }]
      : [];
  });
}
