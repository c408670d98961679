import type { Cataloger } from './cataloger.ts';
import { candidateCpes, personVendor, vendorsOfUrl } from './cpe.ts';
import { newPackage } from './new-package.ts';
import { purlOf } from './purl.ts';
import { baseName, textOf } from './text.ts';

interface GemEvidence {
  readonly name: string;
  readonly version: string;
  readonly licenses: readonly string[];
  readonly authors: readonly string[];
  readonly homepage: string;
}

/**
 * Gems that are installed: their specifications are Ruby, in which RubyGems writes values as plain texts.
 *
 * Source: https://guides.rubygems.org/specification-reference/
 */
export const gem: Cataloger<GemEvidence> = {
  name: 'gem',
  revision: 2,
  wants: ({ path, sizeBytes }) =>
    path.endsWith('.gemspec') && path.includes('/specifications/') && sizeBytes < 4 * 1024 * 1024,
  read({ path }, content) {
    const text = textOf(content);
    // RubyGems names the file after both, and writes the version as a text.
    const name = fieldOf(text, 'name');
    const version = fieldOf(text, 'version') ?? versionOfFile(path, name);
    if (name === undefined || version === undefined) return undefined;
    return {
      name,
      version,
      licenses: listOf(text, 'licenses?'),
      authors: listOf(text, 'authors?'),
      homepage: listOf(text, 'homepage')[0] ?? '',
    };
  },
  assemble(files) {
    return files.map((file) => {
      const { name, version, licenses, authors, homepage } = file.evidence;
      const [author] = authors;
      return newPackage({
        type: 'gem',
        name,
        version,
        language: 'ruby',
        foundBy: 'gem',
        at: [file],
        purl: purlOf({ type: 'gem', name, version }),
        cpes: candidateCpes({
          type: 'gem',
          name,
          version,
          vendors: ['ruby-lang'],
          plainVendors: [...authors.flatMap(vendorsOfAuthor), ...vendorsOfUrl(homepage)],
        }),
        licenses,
        details: author === undefined ? {} : { vendor: author },
      });
    });
  },
};

function vendorsOfAuthor(author: string): string[] {
  const vendor = personVendor(author.split('@')[0] ?? '');
  return [vendor, vendor.replaceAll('_', '-')];
}

/** `s.name = "rails".freeze` */
function fieldOf(text: string, field: string): string | undefined {
  const [, value] =
    new RegExp(`^[ \\t]*\\w+\\.${field}\\s*=\\s*["']([^"'\\n]{1,200})["']`, 'm').exec(text) ?? [];
  return value !== undefined && /^[\w.+-]+$/.test(value) ? value : undefined;
}

/** `s.licenses = ["MIT".freeze, "Ruby".freeze]`, or one text. */
function listOf(text: string, field: string): string[] {
  const [, values = ''] =
    new RegExp(`^[ \\t]*\\w+\\.${field}\\s*=\\s*([^\\n]{1,2000})`, 'm').exec(text) ?? [];
  return [...values.matchAll(/"([^"]{1,200})"|'([^']{1,200})'/g)].map((match) => match[1] ?? match[2] ?? '');
}

function versionOfFile(path: string, name: string | undefined): string | undefined {
  const stem = baseName(path).replace(/\.gemspec$/, '');
  if (name === undefined || !stem.startsWith(`${name}-`)) return undefined;
  const version = stem.slice(name.length + 1);
  return /^\d[\w.-]*$/.test(version) ? version : undefined;
}
