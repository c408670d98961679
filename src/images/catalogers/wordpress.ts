import type { Cataloger } from './cataloger.ts';
import { candidateCpes } from './cpe.ts';
import { newPackage } from './new-package.ts';
import { purlOf } from './purl.ts';
import { textOf } from './text.ts';

interface WordpressPlugin {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly author: string;
  readonly address: string;
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
  revision: 2,
  wants: ({ path }) => path.endsWith('.php') && pluginFile.test(path),
  read({ path }, content) {
    const text = textOf(content.subarray(0, headingBytes));
    const [, folder] = pluginFile.exec(path) ?? [];
    const version = headingOf(text, 'Version');
    const name = headingOf(text, 'Plugin Name');
    if (folder === undefined || name === '' || version === '') return undefined;
    return {
      folder,
      name,
      version,
      address: headingOf(text, 'Author URI'),
      author: headingOf(text, 'Author'),
      license: headingOf(text, 'License'),
    };
  },
  assemble(files) {
    return files.map((file) => {
      const { folder, name, version, author, license } = file.evidence;
      return newPackage({
        type: 'wordpress-plugin',
        name,
        version,
        language: 'php',
        foundBy: 'wordpress',
        at: [file],
        purl: purlOf({ type: 'wordpress-plugin', name: folder, version }),
        cpes: cpesOfPlugin(file.evidence),
        licenses: [license],
        details: author === '' ? {} : { vendor: author },
      });
    });
  },
};

/** Vendors are who made it and whose site that is, or else the plugin's own project. */
function cpesOfPlugin({ folder, name, version, author, address }: WordpressPlugin): string[] {
  const asProduct = (text: string) => text.trim().toLowerCase().replaceAll(' ', '_');
  const [, site = ''] = /^https?:\/\/(?:www.)?(.+)\.\w/.exec(address) ?? [];
  const told = [author.toLowerCase(), site.toLowerCase()].filter(Boolean);
  return candidateCpes({
    ...{ type: 'wordpress-plugin', name: folder, version },
    names: [asProduct(name), asProduct(folder)],
    vendors: told.length > 0 ? told : [`${asProduct(name)}_project`],
    isVendorKnown: true,
    target: 'wordpress',
  });
}

function headingOf(text: string, field: string): string {
  return (
    new RegExp(`^[ \\t/*#@]*${field}:([^\\n]{1,200})$`, 'mi')
      .exec(text)?.[1]
      ?.replace(/\*\/.*$/, '')
      .trim() ?? ''
  );
}
