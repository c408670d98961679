import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { assemblePackages } from '../../src/images/catalogers/assemble.ts';
import type {
  CatalogedPackage,
  Cataloger,
  FoundFile,
  SquashedImage,
} from '../../src/images/catalogers/cataloger.ts';
import { distributionReader, findDistribution } from '../../src/images/catalogers/distribution.ts';
import type { Distribution } from '../../src/model/image-sbom.ts';
import type { Package } from '../../src/model/package.ts';

/** Contents by absolute path. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

export const debian12: Distribution = {
  id: 'debian',
  version: '12.5',
  codename: 'bookworm',
  name: 'Debian GNU/Linux 12 (bookworm)',
  idLike: [],
  channels: [],
};

/** A squashed image of one layer. */
export function imageOf(
  distribution?: Distribution,
  links: Readonly<Record<string, string>> = {},
): SquashedImage {
  return {
    distribution,
    architecture: 'amd64',
    resolve(path) {
      for (const [from, to] of Object.entries(links)) {
        if (path === from || path.startsWith(`${from}/`)) return to + path.slice(from.length);
      }
      return path;
    },
    layerOf: () => 'sha256:one',
  };
}

/** What a reader keeps of files, passed through JSON as a cache does. */
export function evidenceOf<Evidence>(
  reader: Pick<Cataloger<Evidence>, 'wants' | 'read'>,
  files: Files,
): FoundFile<Evidence>[] {
  return Object.entries(files).flatMap(([path, text]) => {
    const content = typeof text === 'string' ? Buffer.from(text) : text;
    const file = { path, sizeBytes: content.length, mode: 0o755 };
    if (!reader.wants(file, content.subarray(0, 64))) return [];
    const evidence = reader.read(file, content);
    if (evidence === undefined) return [];
    return [{ path, layer: 'sha256:one', evidence: JSON.parse(JSON.stringify(evidence)) as Evidence }];
  });
}

/** The packages that one cataloger finds in files. */
export function catalogedBy<Evidence>(
  cataloger: Cataloger<Evidence>,
  files: Files,
  image: SquashedImage = imageOf(),
): CatalogedPackage[] {
  return cataloger.assemble(evidenceOf(cataloger, files), image);
}

/** The packages of a folder as of an image with that root. Folders that `skip` names are left out. */
export function catalogFolder(
  root: string,
  catalogers: readonly Cataloger[],
): { readonly packages: readonly Package[]; readonly distribution: Distribution | undefined } {
  const found = new Map<string, FoundFile<unknown>[]>();
  const identities: FoundFile<ReturnType<typeof distributionReader.read> & object>[] = [];
  for (const path of filesBelow(root)) {
    const content = readFileSync(join(root, path));
    const file = { path, sizeBytes: content.length, mode: lstatSync(join(root, path)).mode & 0o7777 };
    const head = content.subarray(0, 64);
    for (const cataloger of catalogers) {
      if (!cataloger.wants(file, head)) continue;
      const evidence = cataloger.read(file, content);
      if (evidence === undefined) continue;
      found.set(cataloger.name, [...(found.get(cataloger.name) ?? []), { path, layer: '', evidence }]);
    }
    const identity = distributionReader.wants(file, head) && distributionReader.read(file, content);
    if (identity) identities.push({ path, layer: '', evidence: identity });
  }
  const resolve = (path: string) => resolvedBelow(root, path);
  const distribution = findDistribution(identities, resolve);
  const image: SquashedImage = { distribution, architecture: 'amd64', resolve, layerOf: () => '' };
  return { distribution, packages: assemblePackages(catalogers, found, image, raise) };
}

function raise(problem: Error): never {
  throw problem;
}

function filesBelow(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
}

function resolvedBelow(root: string, path: string): string | undefined {
  try {
    const real = realpathSync(join(root, path));
    return real.startsWith(root) ? real.slice(root.length) : undefined;
  } catch {
    return undefined;
  }
}
