import type { Cataloger } from './cataloger.ts';
import { newPackage } from './new-package.ts';
import { ownedFiles } from './owned-files.ts';
import { purlOf } from './purl.ts';
import { folderOf, textOf } from './text.ts';

type PortageEvidence =
  | { readonly kind: 'contents'; readonly files: readonly string[] }
  | { readonly kind: 'licenses'; readonly licenses: readonly string[] };

const record = /\/var\/db\/pkg\/([^/]+)\/([^/]+)\/(CONTENTS|LICENSE)$/;

/**
 * Packages of Gentoo: a folder for each, `category/name-version`.
 *
 * Source: https://projects.gentoo.org/pms/8/pms.html#version-specifications
 */
export const portage: Cataloger<PortageEvidence> = {
  name: 'portage',
  revision: 1,
  wants: ({ path }) => path.includes('/var/db/pkg/') && record.test(path),
  read({ path }, content) {
    const text = textOf(content);
    if (path.endsWith('/LICENSE')) {
      const words = text.split(/\s+/).filter((word) => /^\w[\w.+-]*$/.test(word));
      return { kind: 'licenses', licenses: words };
    }
    // `obj PATH MD5 TIME`, `sym PATH -> TARGET TIME`
    const lines = text.split('\n').map((line) => /^obj (.+) [0-9a-f]{32} \d+$/.exec(line)?.[1] ?? '');
    return { kind: 'contents', files: ownedFiles(lines) };
  },
  assemble(files) {
    const licenses = new Map(
      files.flatMap(({ path, evidence }) =>
        evidence.kind === 'licenses' ? [[folderOf(path), evidence.licenses] as const] : [],
      ),
    );
    return files.flatMap((file) => {
      const [, category = '', folder = ''] = record.exec(file.path) ?? [];
      const [, name, version] =
        /^(.+?)-(\d+(?:\.\d+)*[a-z]?(?:_(?:alpha|beta|pre|rc|p)\d*)*(?:-r\d+)?)$/.exec(folder) ?? [];
      if (file.evidence.kind !== 'contents' || name === undefined || version === undefined) return [];
      return newPackage({
        type: 'portage',
        name: `${category}/${name}`,
        version,
        foundBy: 'portage',
        at: [file],
        purl: purlOf({ type: 'ebuild', name: `${category}/${name}`, version }),
        licenses: licenses.get(folderOf(file.path)) ?? [],
        files: file.evidence.files,
      });
    });
  },
};
