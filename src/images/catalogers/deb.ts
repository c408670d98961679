import type { Distribution } from '../../model/image-sbom.ts';
import type { CatalogedPackage, Cataloger, FoundFile } from './cataloger.ts';
import { newPackage } from './new-package.ts';
import { ownedFiles } from './owned-files.ts';
import { distroQualifier, purlOf, upstreamQualifier } from './purl.ts';
import { type Stanza, stanzasOf } from './stanzas.ts';
import { baseName, folderOf, linesOf, textOf } from './text.ts';

/** What is kept of a stanza of dpkg's or opkg's status. */
interface StatusEntry {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly source?: { readonly name: string; readonly version?: string };
  readonly maintainer?: string;
  readonly files: readonly string[];
}

type DebEvidence =
  | { readonly kind: 'status'; readonly entries: readonly StatusEntry[] }
  | { readonly kind: 'files'; readonly of: string; readonly files: readonly string[] }
  | { readonly kind: 'copyright'; readonly of: string; readonly licenses: readonly string[] };

const copyright = /^\/usr\/share\/doc\/[^/]+\/copyright$/;

/**
 * Packages of dpkg, with distroless images' `status.d`, and of opkg.
 *
 * Source: https://manpages.debian.org/bookworm/dpkg/dpkg-query.1.en.html, https://github.com/GoogleContainerTools/distroless
 */
export const deb: Cataloger<DebEvidence> = {
  name: 'deb',
  revision: 1,
  wants({ path }) {
    if (path.startsWith('/usr/share/doc/')) return copyright.test(path);
    if (path.includes('/lib/dpkg/')) {
      return (
        path.endsWith('/lib/dpkg/status') ||
        path.includes('/lib/dpkg/status.d/') ||
        (path.includes('/lib/dpkg/info/') && /\.(?:list|md5sums|conffiles)$/.test(path))
      );
    }
    return (
      path.includes('/lib/opkg/') &&
      (path.endsWith('/lib/opkg/status') || /\/lib\/opkg\/info\/[^/]+\.(?:control|list)$/.test(path))
    );
  },
  read({ path }, content) {
    const text = textOf(content);
    if (path.endsWith('/copyright')) return copyrightOf(path, text);
    const [, of, extension] = /\/([^/]+)\.(list|md5sums|conffiles)$/.exec(path) ?? [];
    if (of === undefined || extension === undefined) {
      const entries = stanzasOf(text).flatMap(entryOf);
      return entries.length === 0 ? undefined : { kind: 'status', entries };
    }
    return { kind: 'files', of, files: listedFiles(extension, text) };
  },
  assemble(files, image) {
    const lists = new Map<string, string[]>();
    const licenses = new Map<string, readonly string[]>();
    for (const { path, evidence } of files) {
      if (evidence.kind === 'files') {
        const key = listKey(path, evidence.of);
        lists.set(key, [...(lists.get(key) ?? []), ...evidence.files]);
      } else if (evidence.kind === 'copyright') licenses.set(evidence.of, evidence.licenses);
    }
    return files.flatMap((file) =>
      file.evidence.kind === 'status'
        ? file.evidence.entries.map((entry) =>
            packageOf(file, entry, {
              distribution: image.distribution,
              files: filesOf(file.path, entry, lists),
              licenses: licenses.get(entry.name) ?? [],
            }),
          )
        : [],
    );
  },
};

/** Lists belong to the database beside them: an image may hold a second root folder with one of its own. */
function listKey(path: string, of: string): string {
  return `${databaseRoot(path)} ${of}`;
}

function databaseRoot(path: string): string {
  return path.slice(0, path.lastIndexOf('pkg/') + 4);
}

function filesOf(path: string, entry: StatusEntry, lists: ReadonlyMap<string, readonly string[]>): string[] {
  // Of distroless, the stanza's own file name is that of its list: `status.d/libssl3`, `status.d/libssl3.md5sums`.
  const names = new Set([entry.name, `${entry.name}:${entry.architecture}`, baseName(path)]);
  const listed = [...names].flatMap((name) => lists.get(listKey(path, name)) ?? []);
  return [...new Set([...entry.files, ...listed])];
}

/** What is on the disk counts: also what waits to be configured. Of removed packages only their configuration stays. */
function isThere(status: string | undefined): boolean {
  const state = status?.trim().split(/\s+/).at(-1) ?? 'installed';
  return state !== 'not-installed' && state !== 'config-files';
}

function entryOf(stanza: Stanza): StatusEntry[] {
  const name = stanza.get('package');
  const version = stanza.get('version');
  if (!name || !version || !isThere(stanza.get('status'))) return [];
  const [, sourceName, sourceVersion] = /^(\S+)(?:\s*\(([^)\s]*)\))?/.exec(stanza.get('source') ?? '') ?? [];
  const maintainer = stanza.get('maintainer');
  const conffiles = linesOf(stanza.get('conffiles') ?? '').map((line) => line.split(' ')[0] ?? '');
  return [
    {
      name,
      version,
      architecture: stanza.get('architecture') ?? '',
      ...(sourceName && {
        source: { name: sourceName, ...(sourceVersion && { version: sourceVersion }) },
      }),
      ...(maintainer && { maintainer }),
      files: ownedFiles(conffiles),
    },
  ];
}

/** `list` and `conffiles` have a path a line; `md5sums` has the sum before it, and no slash at its start. */
function listedFiles(extension: string, text: string): string[] {
  const paths = linesOf(text).map((line) =>
    extension === 'md5sums' ? (/^[0-9a-f]{32}\s+(.+)$/.exec(line)?.[1] ?? '') : (line.split('\t')[0] ?? ''),
  );
  return ownedFiles(paths.filter((path) => path !== '/.'));
}

/**
 * Names of licenses in a machine-readable copyright file, or the common licenses that a free one leads to.
 *
 * Source: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
 */
function copyrightOf(path: string, text: string): DebEvidence | undefined {
  const named = [...text.matchAll(/^License:[ \t]*(\S[^\n]{0,200})$/gim)].map(
    (match) => match[1]?.trim() ?? '',
  );
  const common = [...text.matchAll(/\/usr\/share\/common-licenses\/([\w.-]*\w)/g)].map(
    (match) => match[1] ?? '',
  );
  const licenses = [...new Set(named.length > 0 ? named : common)].sort();
  return licenses.length === 0 ? undefined : { kind: 'copyright', of: baseName(folderOf(path)), licenses };
}

function packageOf(
  at: FoundFile<unknown>,
  entry: StatusEntry,
  known: {
    readonly distribution: Distribution | undefined;
    readonly files: readonly string[];
    readonly licenses: readonly string[];
  },
): CatalogedPackage {
  const { name, version, architecture, source } = entry;
  return newPackage({
    type: 'deb',
    name,
    version,
    foundBy: 'deb',
    at: [at],
    purl: purlOf({
      type: 'deb',
      namespace: known.distribution?.id ?? '',
      name,
      version,
      qualifiers: {
        arch: architecture,
        distro: distroQualifier(known.distribution),
        upstream: upstreamQualifier(source),
      },
    }),
    licenses: known.licenses,
    upstreams: source === undefined ? [] : [source],
    details: {
      ...(architecture && { architecture }),
      ...(entry.maintainer && { vendor: entry.maintainer }),
    },
    files: known.files,
  });
}
