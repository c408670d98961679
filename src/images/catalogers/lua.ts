import type { Cataloger } from './cataloger.ts';
import { candidateCpes } from './cpe.ts';
import { newPackage } from './new-package.ts';
import { purlOf } from './purl.ts';
import { textOf } from './text.ts';

interface Rock {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/** Rocks of LuaRocks. Source: https://github.com/luarocks/luarocks/blob/main/docs/rockspec_format.md */
export const lua: Cataloger<Rock> = {
  name: 'lua',
  revision: 1,
  wants: ({ path, sizeBytes }) => path.endsWith('.rockspec') && sizeBytes < 1024 * 1024,
  read(_file, content) {
    const text = textOf(content);
    const [name, version] = [fieldOf(text, 'package'), fieldOf(text, 'version')];
    if (name === undefined || version === undefined) return undefined;
    return { name, version, license: fieldOf(text, 'license') ?? '' };
  },
  assemble(files) {
    return files.map((file) => {
      const { name, version, license } = file.evidence;
      return newPackage({
        type: 'lua-rocks',
        name,
        version,
        language: 'lua',
        foundBy: 'lua',
        at: [file],
        purl: purlOf({ type: 'luarocks', name, version }),
        cpes: candidateCpes({ type: 'lua-rocks', name, version }),
        licenses: [license],
      });
    });
  },
};

/** `package = "kong"`; a text may also stand in long brackets. Other expressions are not evaluated. */
function fieldOf(text: string, name: string): string | undefined {
  const match = new RegExp(
    `^[ \\t]*${name}\\s*=\\s*(?:"([^"\\n]{1,200})"|'([^'\\n]{1,200})'|\\[\\[([^\\]\\n]{1,200})\\]\\])`,
    'm',
  ).exec(text);
  return match?.[1] ?? match?.[2] ?? match?.[3];
}
