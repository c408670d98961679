import type { PackageType } from '../../model/package.ts';
import type { Cataloger } from './cataloger.ts';
import { bytesOf, type Executable } from './executables/executable.ts';
import { executableOf } from './executables/read-executable.ts';
import { newPackage } from './new-package.ts';
import { purlOf } from './purl.ts';
import { textOf } from './text.ts';

interface NotedPackage {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly os: string;
  readonly osVersion: string;
}

const packageNote = 0xcafe1a7e;
const types: readonly PackageType[] = ['rpm', 'deb', 'apk', 'alpm'];

/** Packages found so stand for one file of theirs; where the whole package is installed, they are that package. */
export const elfNotesName = 'elf-notes';

/**
 * The package that a program or library was built for, which builders of distributions write into it: it stays when the file
 * is copied into an image without a package database.
 *
 * Source: https://systemd.io/ELF_PACKAGE_METADATA/
 */
export const elfNotes: Cataloger<NotedPackage> = {
  name: elfNotesName,
  revision: 1,
  wants: (_file, head) => head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46,
  read(_file, content) {
    const executable = executableOf(content);
    const section = executable?.sections.find(({ name }) => name === '.note.package');
    const text = executable && section && noteOf(executable, bytesOf(executable, section));
    return text === undefined ? undefined : packageOf(text);
  },
  assemble(files) {
    return files.map((file) => {
      const { type, name, version, architecture, os, osVersion } = file.evidence;
      const known = types.find((each) => each === type);
      return newPackage({
        type: known ?? 'binary',
        name,
        version,
        foundBy: elfNotesName,
        at: [file],
        purl: purlOf({
          type: known ?? 'generic',
          namespace: os,
          name,
          version: version.replace(/^\d+:/, ''),
          qualifiers: { arch: architecture, distro: osVersion === '' ? os : `${os}-${osVersion}` },
        }),
        details: architecture === '' ? {} : { architecture },
      });
    });
  },
};

/** Lengths of name and content, the kind, the name and the content, each padded to four bytes. */
function noteOf({ isLittleEndian }: Executable, note: Uint8Array): string | undefined {
  if (note.length < 16) return undefined;
  const view = new DataView(note.buffer, note.byteOffset, note.byteLength);
  const [nameLength, length] = [view.getUint32(0, isLittleEndian), view.getUint32(4, isLittleEndian)];
  if (view.getUint32(8, isLittleEndian) !== packageNote) return undefined;
  const at = 12 + Math.ceil(nameLength / 4) * 4;
  return textOf(note.subarray(at, at + length)).replace(/\0+$/, '');
}

function packageOf(text: string): NotedPackage | undefined {
  try {
    const json = JSON.parse(text) as Record<string, unknown> | null;
    const field = (name: string) => {
      const value = json?.[name];
      return typeof value === 'string' ? value : '';
    };
    const [name, version] = [field('name'), field('version')];
    if (name === '' || version === '') return undefined;
    return {
      type: field('type'),
      name,
      version,
      architecture: field('architecture'),
      os: field('os'),
      osVersion: field('osVersion'),
    };
  } catch {
    return undefined;
  }
}
