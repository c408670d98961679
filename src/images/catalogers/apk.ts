import type { Distribution } from '../../model/image-sbom.ts';
import type { CatalogedPackage, Cataloger, FoundFile } from './cataloger.ts';
import { candidateCpes, vendorsOfUrl } from './cpe.ts';
import { knownCpeNames } from './cpe-names.ts';
import { newPackage } from './new-package.ts';
import { ownedFiles } from './owned-files.ts';
import { distroQualifier, purlOf, upstreamQualifier } from './purl.ts';
import { textOf } from './text.ts';

/** What is kept of a package in apk's database. */
interface ApkEntry {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly origin: string;
  readonly license: string;
  readonly maintainer: string;
  readonly url: string;
  readonly files: readonly string[];
}

/** Longer names are no products'. */
const longestProduct = 100;

/** Packages of apk: Alpine, Wolfi and those made from them. */
export const apk: Cataloger<readonly ApkEntry[]> = {
  name: 'apk',
  revision: 1,
  wants: ({ path }) => path.endsWith('/lib/apk/db/installed'),
  read(_file, content) {
    const entries = textOf(content)
      .split(/\n\n+/)
      .flatMap((block) => entryOf(block));
    return entries.length === 0 ? undefined : entries;
  },
  assemble(files, image) {
    return files.flatMap((file) => file.evidence.map((entry) => packageOf(file, entry, image.distribution)));
  },
};

/**
 * Lines of a letter, a colon and a value. `F:` opens a folder, to which the `R:` after it belong.
 *
 * Source: https://wiki.alpinelinux.org/wiki/Apk_spec#Installed_Database_V2
 */
function entryOf(block: string): ApkEntry[] {
  const fields = new Map<string, string>();
  const files: string[] = [];
  let folder = '';
  for (const line of block.split('\n')) {
    if (line[1] !== ':') continue;
    const [letter = '', value] = [line[0], line.slice(2).trimEnd()];
    if (letter === 'F') folder = value === '' ? '' : `${value}/`;
    else if (letter === 'R') files.push(folder + value);
    else if (!fields.has(letter)) fields.set(letter, value);
  }
  const at = (letter: string) => fields.get(letter) ?? '';
  const [name, version] = [at('P'), at('V')];
  if (name === '' || version === '') return [];
  return [
    {
      name,
      version,
      architecture: at('A'),
      origin: at('o'),
      license: at('L'),
      maintainer: at('m'),
      url: at('U'),
      files: ownedFiles(files),
    },
  ];
}

function packageOf(
  at: FoundFile<unknown>,
  entry: ApkEntry,
  distribution: Distribution | undefined,
): CatalogedPackage {
  const { name, version, architecture, origin } = entry;
  const source = origin === '' || origin === name ? undefined : { name: origin };
  return newPackage({
    type: 'apk',
    name,
    version,
    foundBy: 'apk',
    at: [at],
    purl: purlOf({
      type: 'apk',
      namespace: distribution?.id || 'alpine',
      name,
      version,
      qualifiers: {
        arch: architecture,
        distro: distroQualifier(distribution),
        upstream: upstreamQualifier(source),
      },
    }),
    cpes: cpesOfApk(entry),
    licenses: [entry.license],
    upstreams: source === undefined ? [] : [source],
    details: {
      ...(architecture && { architecture }),
      ...(entry.maintainer && { vendor: entry.maintainer }),
    },
    files: entry.files,
  });
}

/**
 * Alpine names a package after what it packs, with a prefix for its language (`py3-`, `ruby-`) and a number where several
 * versions stand side by side (`nodejs22`, `postgresql16-client`). Databases know neither. The origin is not asked: a match
 * by it would not meet the fixes that the distribution tells under the package's own name.
 */
function cpesOfApk({ name, version, url }: ApkEntry): string[] {
  if (name.length > longestProduct) return [];
  const [, stem = '', sub] = /^([a-zA-Z][\w-]*?)-?\d[\d.]*(?:$|-([a-zA-Z][\w-]*)$)/.exec(name) ?? [];
  const plain = stem === '' ? name : sub === undefined ? stem : `${stem}-${sub}`;
  const [, prefix, packed] = /^(py|ruby)-(.+)$/.exec(plain) ?? [];
  const upstream = packed ?? plain;
  const known = knownCpeNames(prefix === 'py' ? 'python' : prefix === 'ruby' ? 'gem' : 'apk', upstream);
  const projects = prefix === 'py' && !upstream.endsWith('project') ? ['project', '_project'] : [];
  return candidateCpes({
    type: 'apk',
    name,
    version,
    products: [upstream, ...known.products],
    vendors: [upstream, ...projects.map((end) => upstream + end), ...known.vendors, ...vendorsOfUrl(url)],
  });
}
