import type { CatalogedPackage, Cataloger } from './cataloger.ts';
import { candidateCpes } from './cpe.ts';
import { newPackage } from './new-package.ts';
import { purlOf } from './purl.ts';
import { textOf } from './text.ts';
import { orUnreadable } from './unreadable-error.ts';

interface ComposerPackage {
  readonly name: string;
  readonly version: string;
  readonly licenses: readonly string[];
}

/** Packages that Composer installed, by its own list. Source: https://getcomposer.org/doc/06-config.md#vendor-dir */
export const composer: Cataloger<readonly ComposerPackage[]> = {
  name: 'php-composer',
  revision: 1,
  wants: ({ path, sizeBytes }) => path.endsWith('/composer/installed.json') && sizeBytes < 64 * 1024 * 1024,
  read({ path }, content) {
    const json: unknown = orUnreadable(path, 'list of Composer', () => JSON.parse(textOf(content)));
    // Composer 1 wrote the list alone.
    const listed = Array.isArray(json) ? json : (json as { packages?: unknown } | null)?.packages;
    if (!Array.isArray(listed)) return undefined;
    return listed.flatMap((each: { name?: unknown; version?: unknown; license?: unknown } | null) => {
      if (typeof each?.name !== 'string' || typeof each.version !== 'string') return [];
      const licenses = [each.license].flat().filter((license) => typeof license === 'string');
      return [{ name: each.name, version: each.version, licenses }];
    });
  },
  assemble(files) {
    return files.flatMap((file) =>
      file.evidence.map(({ name, version, licenses }): CatalogedPackage => {
        const [, vendor = '', plain = name] = /^([^/]+)\/(.+)$/.exec(name) ?? [];
        return newPackage({
          type: 'php-composer',
          name,
          version,
          language: 'php',
          foundBy: 'php-composer',
          at: [file],
          purl: purlOf({ type: 'composer', namespace: vendor, name: plain, version }),
          // The vendor and the project in one, as Syft has them: apart they are names of too many other products.
          cpes: candidateCpes({ type: 'php-composer', name, version }),
          licenses,
        });
      }),
    );
  },
};

/**
 * Packages of PEAR and PECL, whose records are PHP's serialized values.
 *
 * Source: https://www.phpinternalsbook.com/php5/classes_objects/serialization.html
 */
export const pear: Cataloger<ComposerPackage & { readonly channel: string }> = {
  name: 'php-pear',
  revision: 1,
  wants: ({ path, sizeBytes }) =>
    path.endsWith('.reg') && path.includes('/.registry/') && sizeBytes < 16 * 1024 * 1024,
  read(_file, content) {
    const text = textOf(content);
    const name = serialized(text, 'name');
    const version = serialized(text, 'version') ?? releaseOf(text);
    if (name === undefined || version === undefined) return undefined;
    const license = serialized(text, 'license') ?? serialized(text, '_content');
    return {
      name,
      version,
      channel: serialized(text, 'channel') ?? '',
      licenses: license === undefined ? [] : [license],
    };
  },
  assemble(files) {
    return files.map((file) => {
      const { name, version, channel, licenses } = file.evidence;
      return newPackage({
        type: 'php-pear',
        name,
        version,
        language: 'php',
        foundBy: 'php-pear',
        at: [file],
        purl: purlOf({ type: 'pear', namespace: channel || 'pear.php.net', name, version }),
        cpes: candidateCpes({ type: 'php-pear', name, version }),
        licenses,
      });
    });
  },
};

/** `s:4:"name";s:8:"Net_SMTP";` */
function serialized(text: string, key: string): string | undefined {
  const [, value] = new RegExp(`s:${key.length}:"${key}";s:\\d+:"([^"]{1,200})"`).exec(text) ?? [];
  return value;
}

/** `s:7:"version";a:2:{s:7:"release";s:6:"1.10.1";…}` */
function releaseOf(text: string): string | undefined {
  return /s:7:"version";a:\d+:\{s:7:"release";s:\d+:"([^"]{1,100})"/.exec(text)?.[1];
}
