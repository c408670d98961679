import { textOf } from '../text.ts';
import { attributeOf, type JavaManifest, javaManifestOf, pomPropertiesOf } from './manifest.ts';
import { artifactName, groupOf, groupsOf, javaArchive, manifestVersion, nameAndVersionOf } from './names.ts';
import { type ZipBudget, type ZipEntry, zipContent, zipEntries } from './zip.ts';

/** A package that an archive holds. */
export interface JavaArtifact {
  readonly name: string;
  readonly version: string;
  /** Of `pom.properties`; else what the manifest suggests, which may be wrong. */
  readonly group: string;
  /** All that may be its group, also by the fields of its manifest that look like one. */
  readonly groups: readonly string[];
  readonly isFromPom: boolean;
  /** A plugin of Jenkins, by its file's name. */
  readonly isPlugin?: true;
  readonly manifestName?: string;
  readonly vendors: readonly string[];
  readonly licenses: readonly string[];
}

const pomProperties = /^META-INF\/maven\/[^/]+\/[^/]+\/pom\.properties$/;
/** Archives inside of archives: a war in an ear, with jars. Deeper ones are none that anybody deploys. */
const maxDepth = 6;
const maxTextBytes = 1024 * 1024;

export interface ArchiveContents {
  readonly artifacts: readonly JavaArtifact[];
  /** What of it could not be read, for people: the rest still stands. */
  readonly problems: readonly string[];
}

/**
 * What an archive is, what was merged into it (each with its own `pom.properties`), and what the archives inside of it are. One
 * of those that cannot be read, or is more than the budget allows, is told of and left out.
 *
 * @returns undefined when it is no archive.
 * @throws {RangeError} when the archive itself is damaged, or has more entries than the budget allows.
 */
export function archiveContents(
  path: string,
  bytes: Uint8Array,
  budget: ZipBudget,
  depth = 0,
): ArchiveContents | undefined {
  const entries = zipEntries(bytes, budget);
  if (entries === undefined) return undefined;
  const problems: string[] = [];
  const orProblem = <Result>(read: () => Result): Result | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      problems.push(error.message);
      return undefined;
    }
  };
  const textAt = (entry: ZipEntry) =>
    entry.sizeBytes > maxTextBytes ? '' : (orProblem(() => textOf(zipContent(bytes, entry, budget))) ?? '');
  const manifestEntry = entries.find(({ name }) => name.toUpperCase() === 'META-INF/MANIFEST.MF');
  const manifest = manifestEntry && javaManifestOf(textAt(manifestEntry));
  const poms = entries
    .filter(({ name }) => pomProperties.test(name))
    .flatMap((entry) => pomPropertiesOf(textAt(entry)) ?? []);
  const artifacts = ownArtifacts(path, manifest, poms);
  for (const entry of entries) {
    if (!javaArchive.test(entry.name)) continue;
    const inner = orProblem(() => nested(entry, bytes, budget, depth));
    artifacts.push(...(inner?.artifacts ?? []));
    problems.push(...(inner?.problems ?? []).map((problem) => `in "${entry.name}": ${problem}`));
  }
  return { artifacts, problems };
}

function nested(entry: ZipEntry, bytes: Uint8Array, budget: ZipBudget, depth: number) {
  if (depth >= maxDepth) throw new RangeError(`"${entry.name}" lies more than ${maxDepth} archives deep`);
  const content = zipContent(bytes, entry, budget);
  try {
    return archiveContents(entry.name, content, budget, depth + 1);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`"${entry.name}": ${error.message}`, { cause: error });
  }
}

type Pom = NonNullable<ReturnType<typeof pomPropertiesOf>>;

/**
 * The archive itself first. It is the one of its `pom.properties` whose artifact its file name begins with, or the only one;
 * without any, the file name and the manifest tell.
 */
function ownArtifacts(
  path: string,
  manifest: JavaManifest | undefined,
  poms: readonly Pom[],
): JavaArtifact[] {
  const file = nameAndVersionOf(path);
  const told = file.version || (manifest ? manifestVersion(manifest) : '');
  const own = poms.find((pom) => isOwnPom(pom, file.name, manifest)) ?? onlyPom(poms, told);
  const merged = poms.filter((pom) => pom !== own).map((pom) => artifactOfPom(pom, undefined));
  const plugin = /\.[hj]pi$/i.test(path) ? { isPlugin: true as const } : {};
  if (own !== undefined) return [{ ...artifactOfPom(own, manifest), ...plugin }, ...merged];
  const name = manifest ? artifactName(manifest, file.name) : file.name;
  if (name === '' || told === '') return merged;
  const group = manifest ? groupOf(name, manifest) : '';
  const groups = manifest ? groupsOf(name, manifest) : [];
  const found = { name, version: told, group, groups, isFromPom: false, ...plugin, ...describedBy(manifest) };
  return [found, ...merged];
}

/** A single one of the same version is the archive's own, under whatever name distributions keep the file. */
function onlyPom([pom, ...others]: readonly Pom[], version: string): Pom | undefined {
  return others.length === 0 && pom?.version === version ? pom : undefined;
}

function isOwnPom(pom: Pom, fileName: string, manifest: JavaManifest | undefined): boolean {
  if (pom.artifactId === fileName || fileName.startsWith(`${pom.artifactId}-`)) return true;
  // `com.example.tool.jar`, or a name that the build gave it.
  const symbolic = manifest ? attributeOf(manifest, ['Bundle-SymbolicName']).split(';')[0] : '';
  return (
    fileName === `${pom.groupId}.${pom.artifactId}` ||
    symbolic === `${pom.groupId}.${pom.artifactId}` ||
    pom.artifactId.startsWith(fileName)
  );
}

function artifactOfPom(pom: Pom, manifest: JavaManifest | undefined): JavaArtifact {
  return {
    name: pom.artifactId,
    version: pom.version,
    group: pom.groupId,
    groups: [...new Set([pom.groupId, ...(manifest ? groupsOf(pom.artifactId, manifest) : [])])],
    isFromPom: true,
    ...describedBy(manifest),
  };
}

function describedBy(manifest: JavaManifest | undefined) {
  if (manifest === undefined) return { vendors: [], licenses: [] };
  const name = manifest.main.get('Name');
  const license = attributeOf(manifest, ['Bundle-License', 'Plugin-License-Name']);
  const vendors = ['Specification-Vendor', 'Implementation-Vendor'].flatMap((field) => {
    const vendor = attributeOf(manifest, [field]);
    return vendor === '' || vendor.length > 60 ? [] : [vendor];
  });
  return {
    ...(name && { manifestName: name }),
    vendors,
    licenses: license.length > 300 ? [] : license.split(/\s*,\s*(?=[A-Za-z])/).filter(Boolean),
  };
}
