import { join } from 'node:path';
import type { Files } from '../support/cataloged.ts';
import { compiledFiles, javaFiles } from './syft-tree-archives.ts';
import { alpineFiles, archFiles, distrolessFiles, gentooFiles } from './syft-tree-databases.ts';
import { npmFiles, pythonFiles, scriptFiles } from './syft-tree-languages.ts';
import { builtFiles, programFiles, rpmFiles } from './syft-tree-programs.ts';
import { debianTree, installedDebs, npmTree, pythonTree } from './syft-tree-system.ts';

const modules = join(import.meta.dirname, '../../node_modules');

/** Root folders of images, by what they are made of. One that cannot be made here has no files. */
export const trees: Readonly<Record<string, () => Files>> = {
  'what Debian, pip and npm installed on this machine': () => ({
    ...debianTree(installedDebs().filter((_, i) => i % 3 === 0)),
    ...pythonTree('/usr/lib/python3/dist-packages'),
    ...npmTree(modules, '/app', 300),
  }),
  'a database of apk': () => alpineFiles,
  'a database of pacman': () => archFiles,
  'records of distroless and opkg': () => distrolessFiles,
  'records of Gentoo': () => gentooFiles,
  'a database that rpm made': rpmFiles,
  'packages of languages': () => ({
    ...npmFiles,
    ...pythonFiles,
    ...scriptFiles,
    ...compiledFiles,
    ...javaFiles,
  }),
  'programs known by their texts': () => programFiles,
  'programs of Go and Rust that were built here': builtFiles,
};
