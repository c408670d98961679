import type { CatalogedPackage, Cataloger, FoundFile } from './cataloger.ts';
import { candidateCpes, personVendor } from './cpe.ts';
import { newPackage } from './new-package.ts';
import { purlOf } from './purl.ts';
import { stanzasOf } from './stanzas.ts';
import { folderOf, textOf } from './text.ts';

type PythonEvidence =
  | {
      readonly kind: 'metadata';
      readonly name: string;
      readonly version: string;
      readonly licenses: readonly string[];
      readonly author?: string;
      /** The author's name and address, as vendors are guessed from them. */
      readonly people: readonly string[];
    }
  | { readonly kind: 'origin'; readonly vcsUrl: string };

const metadata =
  /\.(?:dist-info|DIST-INFO)\/METADATA$|\.(?:egg-info|EGG-INFO)\/PKG-INFO$|\/EGG-INFO\/PKG-INFO$|\.egg-info$/;
const origin = /\.(?:dist-info|DIST-INFO)\/direct_url\.json$/;
const maxBytes = 8 * 1024 * 1024;

/**
 * Installed distributions of Python, by the metadata that installers leave beside the code.
 *
 * Source: https://packaging.python.org/en/latest/specifications/recording-installed-packages/
 */
export const python: Cataloger<PythonEvidence> = {
  name: 'python',
  revision: 2,
  wants: ({ path, sizeBytes }) => sizeBytes <= maxBytes && (metadata.test(path) || origin.test(path)),
  read: ({ path }, content) => (origin.test(path) ? originOf(textOf(content)) : metadataOf(textOf(content))),
  assemble(files) {
    const origins = new Map(
      files.flatMap(({ path, evidence }) =>
        evidence.kind === 'origin' ? [[folderOf(path), evidence.vcsUrl] as const] : [],
      ),
    );
    return files.flatMap((file) => packageOf(file, origins.get(folderOf(file.path))));
  },
};

function packageOf(file: FoundFile<PythonEvidence>, vcsUrl: string | undefined): CatalogedPackage[] {
  const { evidence } = file;
  if (evidence.kind !== 'metadata') return [];
  const name = normalizedName(evidence.name);
  const { version, licenses, author, people } = evidence;
  return [
    newPackage({
      type: 'python',
      name,
      version,
      language: 'python',
      foundBy: 'python',
      at: [file],
      purl: purlOf({ type: 'pypi', name, version, qualifiers: { vcs_url: vcsUrl } }),
      cpes: candidateCpes({
        type: 'python',
        name,
        version,
        plainVendors: vendorsOfPeople(people),
        products: name.startsWith('python') ? [] : [`python-${name}`],
      }),
      licenses,
      details: author === undefined ? {} : { vendor: author },
    }),
  ];
}

/** Names are the same however they are spelled. Source: https://packaging.python.org/en/latest/specifications/name-normalization/ */
export function normalizedName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

/** A person's project is often called after the person. */
function vendorsOfPeople(people: readonly string[]): string[] {
  return people.flatMap((person) => {
    const vendor = personVendor(person.split('@')[0] ?? '');
    const written = person.includes('@') ? [vendor, vendor.replaceAll('_', '-')] : [vendor];
    return vendor.endsWith('project') ? written : [...written, `${vendor}project`, `${vendor}_project`];
  });
}

function metadataOf(text: string): PythonEvidence | undefined {
  // The description follows after an empty line.
  const head = text.split(/\r?\n\r?\n/, 1)[0] ?? '';
  const fields = stanzasOf(head)[0];
  const [name, version] = [fields?.get('name'), fields?.get('version')];
  // Python's own record of itself is told by the program.
  if (name === 'Python') return undefined;
  if (fields === undefined || !name || !version || /\s/.test(name) || /\s/.test(version)) return undefined;
  const author = (fields.get('author') ?? '').trim();
  const license = fields.get('license-expression') ?? fields.get('license') ?? '';
  const classified = [...head.matchAll(/^Classifier:\s*License :: (?:OSI Approved :: )?([^\n]+)$/gim)];
  const isNamed = license !== '' && license.length <= 100 && !license.includes('\n') && license !== 'UNKNOWN';
  return {
    kind: 'metadata',
    name,
    version,
    licenses: isNamed ? [license] : classified.map((match) => match[1] ?? ''),
    people: [author, fields.get('author-email') ?? ''].filter((each) => each !== '' && isShort(each)),
    ...(author !== '' && author !== 'UNKNOWN' && isShort(author) && { author }),
  };
}

function isShort(text: string): boolean {
  return text.length <= 100 && !text.includes('\n');
}

/** Of what was installed from a repository. Source: https://packaging.python.org/en/latest/specifications/direct-url/ */
function originOf(text: string): PythonEvidence | undefined {
  try {
    const { url, vcs_info: vcs } = JSON.parse(text) as {
      url?: unknown;
      vcs_info?: { vcs?: unknown; commit_id?: unknown };
    };
    if (typeof url !== 'string' || typeof vcs?.vcs !== 'string' || typeof vcs.commit_id !== 'string')
      return undefined;
    // An address may carry a password.
    const plain = url.replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1');
    return { kind: 'origin', vcsUrl: `${vcs.vcs}+${plain}@${vcs.commit_id}` };
  } catch {
    return undefined;
  }
}
