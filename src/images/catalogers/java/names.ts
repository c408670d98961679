import { baseName } from '../text.ts';
import { attributeOf, type JavaManifest } from './manifest.ts';

/** Kinds of archives that are looked into, by the ends of their names. */
export const javaArchive = /\.(?:jar|war|ear|par|sar|nar|jpi|hpi|kar|far|lpkg|rar|zap)$/i;

/**
 * Name and version of an archive by its file name: the version is what begins with a digit (or `build7`, `r4`, `rc1`) after a
 * hyphen, an underscore or a dot. Other parts belong to the name: `my-http2-server-5.jar` is `my-http2-server`, `5`.
 */
export function nameAndVersionOf(path: string): { readonly name: string; readonly version: string } {
  // No file name is longer; names inside of archives may be.
  const stem = baseName(path)
    .slice(-255)
    .replace(/\.[^.]+$/, '');
  const [, name, version] =
    /^([a-z][\w.]*?(?:-[a-z][\w.]*?)*?)-((?:\d|build\d|rc?\d+(?![a-z0-9])).*)$/i.exec(stem) ??
    /^([a-z][\w-]*?(?:\.[a-z][\w-]*?)*?)[._]((?:\d|build\d).*)$/i.exec(stem) ??
    [];
  return name === undefined || version === undefined ? { name: stem, version: '' } : { name, version };
}

/** The version that a manifest tells, where the file name has none. */
export function manifestVersion(manifest: JavaManifest): string {
  return attributeOf(manifest, [
    'Implementation-Version',
    'Specification-Version',
    'Plugin-Version',
    'Bundle-Version',
  ]);
}

/** The artifact's name, without `pom.properties`: bundles carry it at the end of their symbolic name, others in the file name. */
export function artifactName(manifest: JavaManifest, fileName: string): string {
  const symbolic = attributeOf(manifest, ['Bundle-SymbolicName']).split(';')[0]?.trim() ?? '';
  const isBundled = attributeOf(manifest, ['Created-By']).includes('Apache Maven Bundle Plugin');
  if (isBundled && symbolic !== '' && symbolic !== attributeOf(manifest, ['Implementation-Vendor-Id'])) {
    return symbolic.slice(symbolic.lastIndexOf('.') + 1);
  }
  if (fileName !== '') return withoutGroup(fileName);
  return attributeOf(manifest, [
    'Name',
    'Bundle-Name',
    'Short-Name',
    'Extension-Name',
    'Implementation-Title',
  ]);
}

/** `com.example.tool` is a group and an artifact; Eclipse's artifacts have dots themselves. */
function withoutGroup(name: string): string {
  const isGroup =
    /^[a-z][\w-]*(?:\.[a-z][\w-]*)+$/i.test(name) && hasDomain(name) && !name.startsWith('org.eclipse.');
  return isGroup ? name.slice(name.lastIndexOf('.') + 1) : name;
}

const domains = /^(?:com|org|net|io|be|de|dev|fr|uk|eu|edu|jakarta|javax)\b/;

function hasDomain(name: string): boolean {
  return domains.test(name);
}

const groupFields = [
  'Group-Id',
  'Bundle-SymbolicName',
  'Extension-Name',
  'Specification-Vendor',
  'Implementation-Vendor',
  'Implementation-Vendor-Id',
  'Implementation-Title',
  'Bundle-Activator',
];
/** Asked when those tell nothing. */
const moreGroupFields = ['Automatic-Module-Name', 'Main-Class', 'Package'];

/** The group that a manifest suggests: what in it begins with a domain. Empty where nothing does. */
export function manifestGroup(manifest: JavaManifest): string {
  return (manifestGroups(manifest, groupFields)[0] ?? manifestGroups(manifest, moreGroupFields)[0]) || '';
}

function manifestGroups(manifest: JavaManifest, fields: readonly string[]): string[] {
  const values = fields.map((field) => attributeOf(manifest, [field]).split(/[;#]/)[0]?.trim() ?? '');
  return values.filter((value) => /^[\w.-]+$/.test(value) && value.includes('.') && hasDomain(value));
}

/** Groups of well-known artifacts that are built without Maven, so that nothing in them tells it. */
const groups: readonly (readonly [artifact: RegExp, group: string])[] = [
  [/^spring-boot(?:-|$)/, 'org.springframework.boot'],
  [/^spring-security-/, 'org.springframework.security'],
  [/^spring-data-/, 'org.springframework.data'],
  [/^spring-batch-/, 'org.springframework.batch'],
  [/^spring-integration-/, 'org.springframework.integration'],
  [/^spring-session-/, 'org.springframework.session'],
  [/^spring-ws-/, 'org.springframework.ws'],
  [
    /^spring-(?:aop|aspects|beans|context|core|expression|instrument|jcl|jdbc|jms|messaging|orm|oxm|test|tx|web|webmvc|webflux|websocket)$/,
    'org.springframework',
  ],
  [/^ant(?:-|$)/, 'org.apache.ant'],
];

/** The group of an archive, by its name first and its manifest next; empty where neither tells. */
export function groupOf(artifact: string, manifest: JavaManifest): string {
  return groups.find(([pattern]) => pattern.test(artifact))?.[1] ?? manifestGroup(manifest);
}

/** All that may be the group of an archive, for guesses at its vendor. */
export function groupsOf(artifact: string, manifest: JavaManifest): string[] {
  const known = groups.find(([pattern]) => pattern.test(artifact))?.[1];
  if (known !== undefined) return [known];
  const told = manifestGroups(manifest, groupFields);
  return [...new Set(told.length > 0 ? told : manifestGroups(manifest, moreGroupFields))];
}
