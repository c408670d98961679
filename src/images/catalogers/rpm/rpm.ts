import type { Distribution } from '../../../model/image-sbom.ts';
import type { CatalogedPackage, Cataloger, FoundFile } from '../cataloger.ts';
import { newPackage } from '../new-package.ts';
import { distroQualifier, purlOf } from '../purl.ts';
import { textOf } from '../text.ts';
import { orUnreadable, UnreadablePackagesError } from '../unreadable-error.ts';
import { berkeleyValues, isBerkeleyHash } from './berkeley.ts';
import { type RpmEntry, readRpmHeader } from './header.ts';
import { readRpmManifest } from './manifest.ts';
import { isNdb, ndbBlobs } from './ndb.ts';
import { maxPackages, type PackageTree, packagesOf, treeOfDatabase, treeOfLog } from './sqlite-packages.ts';
import { isSqlite } from './sqlite-table.ts';

type RpmEvidence =
  | { readonly kind: 'entries'; readonly entries: readonly RpmEntry[] }
  | { readonly kind: 'database' | 'log'; readonly tree: PackageTree };

const logEnd = '-wal';
const sqliteFormat = 'rpm database (SQLite)';

/** Packages of rpm, from its database in any of its three formats, or from the list that images without one have. */
export const rpm: Cataloger<RpmEvidence> = {
  name: 'rpm',
  revision: 3,
  wants({ path }) {
    if (!path.includes('/rpm')) return false;
    return (
      /\/(?:var\/lib|usr\/share|usr\/lib\/sysimage)\/rpm\/(?:Packages|Packages\.db|rpmdb\.sqlite(?:-wal)?)$/.test(
        path,
      ) || path.endsWith('/var/lib/rpmmanifest/container-manifest-2')
    );
  },
  read({ path }, content) {
    if (path.endsWith('/container-manifest-2'))
      return { kind: 'entries', entries: readRpmManifest(textOf(content)) };
    if (content.length === 0) return undefined;
    if (path.endsWith(logEnd)) {
      const tree = orUnreadable(path, 'write-ahead log', () => treeOfLog(content));
      return tree && { kind: 'log', tree };
    }
    if (isSqlite(content)) {
      const tree = orUnreadable(path, sqliteFormat, () => treeOfDatabase(content));
      return { kind: 'database', tree };
    }
    const { format, headers } = databaseOf(path, content);
    return orUnreadable(path, `rpm database (${format})`, () => ({
      kind: 'entries',
      entries: entriesOf(headers()),
    }));
  },
  assemble(files, image) {
    const logs = new Map(
      files.flatMap(({ path, evidence }) =>
        evidence.kind === 'log' ? [[path.slice(0, -logEnd.length), evidence.tree] as const] : [],
      ),
    );
    const problems: UnreadablePackagesError[] = [];
    const packages = files.flatMap((file) => {
      const { entries, problem } = visibleEntries(file, logs.get(file.path));
      if (problem !== undefined) problems.push(problem);
      return entries.map((entry) => packageOf(file, entry, image.distribution));
    });
    const [problem] = problems;
    if (problem !== undefined) throw problem.with(packages);
    return packages;
  },
};

/** A database that was not closed keeps its latest changes in a log beside it. Where the two do not fit, the database stands. */
function visibleEntries(
  { path, evidence }: FoundFile<RpmEvidence>,
  log: PackageTree | undefined,
): { readonly entries: readonly RpmEntry[]; readonly problem?: UnreadablePackagesError } {
  if (evidence.kind === 'entries') return { entries: evidence.entries };
  if (evidence.kind === 'log') return { entries: [] };
  try {
    return { entries: orUnreadable(path, sqliteFormat, () => packagesOf(evidence.tree, log)) };
  } catch (problem) {
    if (!(problem instanceof UnreadablePackagesError)) throw problem;
    const before = log && visibleEntries({ path, layer: '', evidence }, undefined);
    return { entries: before?.entries ?? [], problem };
  }
}

function databaseOf(
  path: string,
  content: Uint8Array,
): { readonly format: string; readonly headers: () => Iterable<Uint8Array> } {
  if (isNdb(content)) return { format: 'ndb', headers: () => ndbBlobs(content) };
  if (isBerkeleyHash(content)) return { format: 'Berkeley DB', headers: () => berkeleyValues(content) };
  throw new UnreadablePackagesError(path, 'rpm database', 'it is neither SQLite, ndb nor a Berkeley DB hash');
}

function entriesOf(headers: Iterable<Uint8Array>): RpmEntry[] {
  const entries: RpmEntry[] = [];
  for (const header of headers) {
    const entry = readRpmHeader(header);
    if (entry !== undefined) entries.push(entry);
    if (entries.length > maxPackages) throw new RangeError(`it has more than ${maxPackages} packages`);
  }
  return entries;
}

function packageOf(
  at: FoundFile<unknown>,
  entry: RpmEntry,
  distribution: Distribution | undefined,
): CatalogedPackage {
  const { name, epoch, architecture, sourceRpm } = entry;
  const versionRelease = entry.release === '' ? entry.version : `${entry.version}-${entry.release}`;
  const source = sourceOf(sourceRpm);
  return newPackage({
    type: 'rpm',
    name,
    version: epoch === undefined ? versionRelease : `${epoch}:${versionRelease}`,
    foundBy: 'rpm',
    at: [at],
    purl: purlOf({
      type: 'rpm',
      namespace: namespaceOf(distribution?.id ?? ''),
      name,
      version: versionRelease,
      qualifiers: {
        arch: architecture,
        distro: distroQualifier(distribution),
        epoch: epoch === undefined ? '' : String(epoch),
        upstream: sourceRpm,
      },
    }),
    licenses: [entry.license],
    upstreams: source === undefined || source.name === name ? [] : [source],
    details: {
      ...(architecture && { architecture }),
      modularity: entry.modularity,
      ...(epoch !== undefined && { epoch }),
      ...(entry.vendor && { vendor: entry.vendor }),
    },
    files: entry.files,
  });
}

/** `openssl-3.0.7-27.el9.src.rpm`: the name may have hyphens, version and release have none. An epoch is not written there. */
function sourceOf(sourceRpm: string): { name: string; version: string } | undefined {
  const [, name, version] = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(sourceRpm) ?? [];
  return name === undefined || version === undefined ? undefined : { name, version };
}

/** Package URLs name vendors. Source: https://github.com/package-url/purl-spec/blob/main/types-doc/rpm-definition.md */
function namespaceOf(id: string): string {
  if (id === 'rhel' || id === 'hummingbird') return 'redhat';
  return id.startsWith('opensuse') ? 'opensuse' : id;
}
