import type { Cataloger } from './cataloger.ts';
import { cpesOf } from './cpe.ts';
import { newPackage } from './new-package.ts';
import { purlOf } from './purl.ts';
import { textOf } from './text.ts';

interface WordpressPlugin {
  readonly folder: string;
  readonly version: string;
  readonly author: string;
  readonly license: string;
}

const pluginFile = /\/wp-content\/plugins\/([^/]+)\/[^/]+\.php$/;
/** WordPress reads no more of a file for its heading. */
const headingBytes = 8192;

/**
 * Plugins of WordPress, by the heading in their main file.
 *
 * Source: https://developer.wordpress.org/plugins/plugin-basics/header-requirements/
 */
export const wordpress: Cataloger<WordpressPlugin> = {
  name: 'wordpress',
  revision: 1,
  wants: ({ path }) => path.endsWith('.php') && pluginFile.test(path),
  read({ path }, content) {
    const text = textOf(content.subarray(0, headingBytes));
    const [, folder] = pluginFile.exec(path) ?? [];
    const version = headingOf(text, 'Version');
    if (folder === undefined || headingOf(text, 'Plugin Name') === '' || version === '') return undefined;
    return { folder, version, author: headingOf(text, 'Author'), license: headingOf(text, 'License') };
  },
  assemble(files) {
    return files.map((file) => {
      const { folder, version, author, license } = file.evidence;
      const vendors = [folder, `${folder}_project`, ...(author === '' ? [] : [author.toLowerCase()])];
      return newPackage({
        type: 'wordpress-plugin',
        name: folder,
        version,
        language: 'php',
        foundBy: 'wordpress',
        at: [file],
        purl: purlOf({ type: 'wordpress-plugin', name: folder, version }),
        cpes: cpesOf(vendors, [folder, folder.replaceAll('-', '_')], version),
        licenses: [license],
        details: author === '' ? {} : { vendor: author },
      });
    });
  },
};

function headingOf(text: string, field: string): string {
  return (
    new RegExp(`^[ \\t/*#@]*${field}:([^\\n]{1,200})$`, 'mi')
      .exec(text)?.[1]
      ?.replace(/\*\/.*$/, '')
      .trim() ?? ''
  );
}
