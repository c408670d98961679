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
import { changedPages } from './sqlite-log.ts';
import { isSqlite, sqliteTable } from './sqlite-table.ts';

/** More than any image has installed. */
const maxPackages = 200_000;

/** Packages of rpm, from its database in any of its three formats, or from the list that images without one have. */
export const rpm: Cataloger<readonly RpmEntry[]> = {
  name: 'rpm',
  revision: 2,
  wants({ path }) {
    if (!path.includes('/rpm')) return false;
    return (
      /\/(?:var\/lib|usr\/share|usr\/lib\/sysimage)\/rpm\/(?:Packages|Packages\.db|rpmdb\.sqlite(?:-wal)?)$/.test(
        path,
      ) || path.endsWith('/var/lib/rpmmanifest/container-manifest-2')
    );
  },
  read({ path }, content) {
    if (path.endsWith('/container-manifest-2')) return readRpmManifest(textOf(content));
    if (content.length === 0) return undefined;
    if (path.endsWith('-wal')) return checkLog(path, content);
    const { format, headers } = databaseOf(path, content);
    return orUnreadable(path, `rpm database (${format})`, () => {
      const entries: RpmEntry[] = [];
      for (const header of headers()) {
        const entry = readRpmHeader(header);
        if (entry !== undefined) entries.push(entry);
        if (entries.length > maxPackages) throw new RangeError(`it has more than ${maxPackages} packages`);
      }
      return entries;
    });
  },
  assemble(files, image) {
    return files.flatMap((file) => file.evidence.map((entry) => packageOf(file, entry, image.distribution)));
  },
};

/**
 * A database that was not closed keeps its latest changes in a log beside it, which is not read: what is installed is not known
 * for sure then. Once it was closed there is no log, or one without changes.
 */
function checkLog(path: string, log: Uint8Array): undefined {
  const pages = changedPages(log);
  const problem =
    pages === undefined
      ? 'it is none'
      : `it changes ${pages} pages of the database beside it, which was not closed; packages are told as they were before`;
  if (pages !== 0) throw new UnreadablePackagesError(path, 'write-ahead log', problem);
}

function databaseOf(
  path: string,
  content: Uint8Array,
): { readonly format: string; readonly headers: () => Iterable<Uint8Array> } {
  if (isSqlite(content)) return { format: 'SQLite', headers: () => sqliteHeaders(content) };
  if (isNdb(content)) return { format: 'ndb', headers: () => ndbBlobs(content) };
  if (isBerkeleyHash(content)) return { format: 'Berkeley DB', headers: () => berkeleyValues(content) };
  throw new UnreadablePackagesError(path, 'rpm database', 'it is neither SQLite, ndb nor a Berkeley DB hash');
}

function* sqliteHeaders(content: Uint8Array): Generator<Uint8Array> {
  const rows = sqliteTable(content, 'Packages');
  if (rows === undefined) throw new RangeError('it has no table "Packages"');
  for (const row of rows) {
    const blob = row[1];
    if (blob instanceof Uint8Array) yield blob;
  }
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
