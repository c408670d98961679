import type { CatalogedPackage, Cataloger, FoundFile } from '../cataloger.ts';
import { candidateCpes, personVendor } from '../cpe.ts';
import { newPackage } from '../new-package.ts';
import { purlOf } from '../purl.ts';
import { orUnreadable, UnreadablePackagesError } from '../unreadable-error.ts';
import { archiveContents, type JavaArtifact } from './archive.ts';
import { javaArchive } from './names.ts';
import { zipBudget } from './zip.ts';

/** Java libraries and applications: archives, what was merged into them, and the archives inside of them. */
export const java: Cataloger<readonly JavaArtifact[]> = {
  name: 'java',
  revision: 3,
  wants: ({ path }) => javaArchive.test(path),
  read({ path }, content) {
    const found = orUnreadable(path, format, () => archiveContents(path, content, zipBudget()));
    if (found === undefined) {
      // It begins like an archive, but its directory is missing: it was cut off.
      if (content[0] === 0x50 && content[1] === 0x4b)
        throw new UnreadablePackagesError(path, format, 'it has no directory at its end');
      return undefined;
    }
    const { artifacts, problems } = found;
    if (problems.length > 0)
      throw new UnreadablePackagesError(path, format, inShort(problems), { found: artifacts });
    return artifacts;
  },
  assemble: (files) => files.flatMap((file) => file.evidence.map((artifact) => packageOf(file, artifact))),
};

const format = 'Java archive';
const pluginGroup = /^(?:(?:io|org)\.jenkins(?:-ci)?|com\.cloudbees\.jenkins)\.plugins|\.jenkins\.plugin/;
/** Problems that are told of one archive; the others are counted. */
const maxProblems = 5;

function inShort(problems: readonly string[]): string {
  const more = problems.length - maxProblems;
  const told = problems.slice(0, maxProblems).map((problem) => problem.slice(0, 300));
  return [...told, ...(more > 0 ? [`${more} more like these`] : [])].join('; ');
}

function packageOf(file: FoundFile<unknown>, artifact: JavaArtifact): CatalogedPackage {
  const { name, version, group, groups, isFromPom, isPlugin, manifestName, vendors, licenses } = artifact;
  const vendor = vendors[0];
  return newPackage({
    type: isPlugin || pluginGroup.test(group) ? 'jenkins-plugin' : 'java-archive',
    name,
    version,
    language: 'java',
    foundBy: 'java',
    at: [file],
    purl: purlOf({ type: 'maven', namespace: group || name, name, version }),
    cpes: candidateCpes({
      type: 'java-archive',
      name,
      version,
      vendors: groups.flatMap(vendorsOfGroup),
      plainVendors: [...groups, ...vendors.map(personVendor)],
      products: groups.flatMap((each) => productsOfGroup(each, isFromPom ? name : '')),
    }),
    licenses,
    details: {
      ...(isFromPom && { pomGroupId: group, pomArtifactId: name }),
      ...(manifestName !== undefined && { manifestName }),
      ...(vendor !== undefined && { vendor }),
    },
  });
}

/** Words that say what something is for, not whose it is. */
const kinds: ReadonlySet<string> = new Set(['plugin', 'plugins']);

/** `apache` and `commons` of `org.apache.commons`. */
function vendorsOfGroup(group: string): string[] {
  return group
    .split('.')
    .slice(1)
    .filter((part) => part !== '' && !kinds.has(part.toLowerCase()));
}

/**
 * Projects of several artifacts are known by the project's name: `log4j` of `org.apache.logging.log4j:log4j-core`. Where no artifact
 * is told for sure, any part may be the project.
 */
function productsOfGroup(group: string, artifact: string): string[] {
  const isPlugin = artifact.includes('plugin') || group.includes('plugin');
  return group
    .split('.')
    .slice(2)
    .filter((part) => part !== '' && !kinds.has(part.toLowerCase()) && part.toLowerCase() !== 'client')
    .filter(
      (part) => artifact === '' || (!isPlugin && (artifact.startsWith(part) || artifact.endsWith(part))),
    );
}
