import type { Cataloger } from './cataloger.ts';
import { newPackage } from './new-package.ts';
import { ownedFiles } from './owned-files.ts';
import { distroQualifier, purlOf } from './purl.ts';
import { folderOf, textOf } from './text.ts';

type AlpmEvidence =
  | {
      readonly kind: 'desc';
      readonly name: string;
      readonly version: string;
      readonly base: string;
      readonly architecture: string;
      readonly licenses: readonly string[];
      readonly packager: string;
    }
  | { readonly kind: 'files'; readonly files: readonly string[] };

/**
 * Packages of pacman: a folder for each, with `desc` and `files` of `%NAME%` headings and lines below them.
 *
 * Source: https://man.archlinux.org/man/alpm-db-desc.5.en
 */
export const alpm: Cataloger<AlpmEvidence> = {
  name: 'alpm',
  revision: 1,
  wants: ({ path }) => path.includes('/var/lib/pacman/local/') && /\/(?:desc|files)$/.test(path),
  read({ path }, content) {
    const sections = sectionsOf(textOf(content));
    if (path.endsWith('/files')) return { kind: 'files', files: ownedFiles(sections.get('FILES') ?? []) };
    const first = (name: string) => sections.get(name)?.[0] ?? '';
    const [name, version] = [first('NAME'), first('VERSION')];
    if (name === '' || version === '') return undefined;
    return {
      kind: 'desc',
      name,
      version,
      base: first('BASE'),
      architecture: first('ARCH'),
      licenses: sections.get('LICENSE') ?? [],
      packager: first('PACKAGER'),
    };
  },
  assemble(files, { distribution }) {
    const lists = new Map(
      files.flatMap(({ path, evidence }) =>
        evidence.kind === 'files' ? [[folderOf(path), evidence.files] as const] : [],
      ),
    );
    return files.flatMap((file) => {
      if (file.evidence.kind !== 'desc') return [];
      const { name, version, base, architecture, licenses, packager } = file.evidence;
      const source = base === '' || base === name ? undefined : { name: base };
      return newPackage({
        type: 'alpm',
        name,
        version,
        foundBy: 'alpm',
        at: [file],
        purl: purlOf({
          type: 'alpm',
          namespace: distribution?.id || 'arch',
          name,
          version,
          qualifiers: {
            arch: architecture,
            distro: distroQualifier(distribution),
            upstream: base,
          },
        }),
        licenses,
        upstreams: source === undefined ? [] : [source],
        details: { ...(architecture && { architecture }), ...(packager && { vendor: packager }) },
        files: lists.get(folderOf(file.path)) ?? [],
      });
    });
  },
};

function sectionsOf(text: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.split('\n')) {
    const [, name] = /^%([A-Z0-9]+)%$/.exec(line) ?? [];
    if (name !== undefined) {
      lines = [];
      sections.set(name, lines);
    } else if (line !== '') lines.push(line);
  }
  return sections;
}
