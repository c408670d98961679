import type { Cataloger } from '../cataloger.ts';
import { cpeOf } from '../cpe.ts';
import { newPackage } from '../new-package.ts';
import { purlOf } from '../purl.ts';
import { baseName } from '../text.ts';
import { versionIn } from './classifier.ts';
import { classifiers as serverClassifiers } from './classifiers.ts';
import { toolClassifiers } from './tool-classifiers.ts';

interface BinaryEvidence {
  readonly name: string;
  readonly version: string;
}

const classifiers = [...serverClassifiers, ...toolClassifiers];
const byName = new Map(classifiers.map((classifier) => [classifier.name, classifier]));
/** One expression for all, as it is asked of every file. */
const anyFile = new RegExp(classifiers.map(({ file }) => `(?:${file.source})`).join('|'));

/**
 * Programs that no package manager installed, known by their names and by texts in them. Those that belong to a
 * distribution's package are left out when the image is put together.
 */
export const binary: Cataloger<readonly BinaryEvidence[]> = {
  name: 'binary',
  revision: 2,
  wants: ({ path, sizeBytes }) => sizeBytes > 256 && anyFile.test(baseName(path)),
  read({ path }, content) {
    const file = baseName(path);
    // MySQL's forks have its texts, too: the first that fits counts for a name.
    for (const classifier of classifiers) {
      const version = classifier.file.test(file) ? versionIn(content, file, classifier) : undefined;
      if (version !== undefined) return [{ name: classifier.name, version }];
    }
    return undefined;
  },
  assemble(files) {
    return files.flatMap((file) =>
      file.evidence.map(({ name, version }) =>
        newPackage({
          type: 'binary',
          name,
          version,
          foundBy: 'binary',
          at: [file],
          purl: purlOf({ type: 'generic', ...byName.get(name)?.purl, name, version }),
          cpes: (byName.get(name)?.cpes ?? []).map(([vendor, product]) => cpeOf(vendor, product, version)),
        }),
      ),
    );
  },
};
