import type { Cataloger } from './cataloger.ts';
import { candidateCpes } from './cpe.ts';
import { newPackage } from './new-package.ts';
import { purlOf } from './purl.ts';
import { stanzasOf } from './stanzas.ts';
import { textOf } from './text.ts';

interface RPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/**
 * Packages of R, by the file that each has at its root.
 *
 * Source: https://cran.r-project.org/doc/manuals/r-release/R-exts.html#The-DESCRIPTION-file
 */
export const r: Cataloger<RPackage> = {
  name: 'r',
  revision: 2,
  wants: ({ path, sizeBytes }) => path.endsWith('/DESCRIPTION') && sizeBytes < 1024 * 1024,
  read(_file, content) {
    const fields = stanzasOf(textOf(content))[0];
    const [name, version] = [fields?.get('package'), fields?.get('version')];
    if (fields === undefined || !name || !version) return undefined;
    return { name, version, license: fields.get('license') ?? '' };
  },
  assemble(files) {
    return files.map((file) => {
      const { name, version, license } = file.evidence;
      return newPackage({
        type: 'R-package',
        name,
        version,
        language: 'R',
        foundBy: 'r',
        at: [file],
        purl: purlOf({ type: 'cran', name, version }),
        cpes: candidateCpes({ type: 'R-package', name, version }),
        licenses: [license],
      });
    });
  },
};
