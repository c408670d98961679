import type { Package } from '../../model/package.ts';
import type { Advisory } from '../database/advisory.ts';
import { isOfDistribution } from './package-types.ts';

/** Words of CPEs' `target_software` that name a language. */
const languages: ReadonlyMap<string, string> = new Map([
  ['.net', 'dotnet'],
  ['c++', 'c++'],
  ['cargo', 'rust'],
  ['cocoapods', 'swift'],
  ['composer', 'php'],
  ['conan', 'c++'],
  ['cpan', 'perl'],
  ['cran', 'R'],
  ['dart', 'dart'],
  ['dotnet', 'dotnet'],
  ['gem', 'ruby'],
  ['go', 'go'],
  ['golang', 'go'],
  ['hackage', 'haskell'],
  ['haskell', 'haskell'],
  ['java', 'java'],
  ['javascript', 'javascript'],
  ['lua', 'lua'],
  ['luarocks', 'lua'],
  ['maven', 'java'],
  ['node.js', 'javascript'],
  ['nodejs', 'javascript'],
  ['npm', 'javascript'],
  ['nuget', 'dotnet'],
  ['ocaml', 'ocaml'],
  ['perl', 'perl'],
  ['php', 'php'],
  ['pub', 'dart'],
  ['pypi', 'python'],
  ['python', 'python'],
  ['r', 'R'],
  ['ruby', 'ruby'],
  ['rust', 'rust'],
  ['swift', 'swift'],
]);

/** Platforms of plug-ins, for which no packages are known. */
const platforms: ReadonlySet<string> = new Set(['joomla', 'joomla!', 'drupal']);

/**
 * Whether software of the target that a CPE names can be what the package is: a module for Python is no npm package of the same
 * name. Packages of unknown make, of distributions and of Java may hold software of any kind, and a word that names no language
 * says nothing against a package.
 *
 * Source: https://github.com/anchore/grype/blob/main/grype/matcher/internal/only_vulnerable_targets.go
 */
export function isTarget(
  found: Package,
  { targetSoftware = '*' }: Pick<Advisory, 'targetSoftware'>,
): boolean {
  if (
    isOfDistribution(found) ||
    found.type === 'binary' ||
    found.type === 'unknown' ||
    found.language === 'java'
  )
    return true;
  const target = targetSoftware.toLowerCase().replace(/\\/g, '');
  const language = languages.get(target);
  return language === undefined ? !platforms.has(target) : language === found.language;
}
