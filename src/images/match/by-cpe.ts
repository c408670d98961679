import type { Package } from '../../model/package.ts';
import type { Advisory } from '../database/advisory.ts';
import { type Cpe, parseCpe } from '../database/cpe.ts';
import { type Findings, type Scene, together } from './hit.ts';
import { isUnknownVersion } from './judge-version.ts';
import { isOfDistribution, ruleOf } from './package-types.ts';
import { judge } from './search.ts';

/** Vulnerabilities that are told for a package's CPEs: NVD's, above all. */
export function byCpe(found: Package, scene: Scene): Findings {
  const { matcher, scheme } = ruleOf(found.type);
  return together(
    found.cpes.flatMap((text) => {
      const cpe = parseCpe(text);
      if (cpe === undefined) return [];
      const version = versionOf(found, cpe);
      if (isUnknownVersion(version)) return [];
      const rows = (kind: 'affected' | 'unaffected') =>
        scene.data.byCpe(kind, cpe).filter((advisory) => isTarget(found, advisory));
      return [
        judge(found, scene, {
          name: cpe.product,
          kind: 'cpe-match',
          matcher,
          searchedFor: withVersion(text, version),
          version,
          scheme: found.type === 'jvm' ? scheme : 'fuzzy',
          affected: rows('affected'),
          unaffected: () => rows('unaffected'),
          keepsWithdrawn: false,
        }),
      ];
    }),
  );
}

/** The CPE's, or the package's where it has none; NVD knows nothing of Alpine's revisions. */
function versionOf({ type, version }: Package, cpe: Cpe): string {
  const isOpen = cpe.version === '*' || cpe.version === '-' || isUnknownVersion(cpe.version);
  const own = isOpen ? version : cpe.version;
  if (type === 'apk') return own.replace(/-r\d+$/, '');
  const hasUpdate = type === 'jvm' && !isOpen && cpe.update !== '*' && cpe.update !== '-';
  return hasUpdate ? `${own}_${cpe.update.replace(/^update_?/, '')}` : own;
}

function withVersion(text: string, version: string): string {
  const parts = text.split(/(?<!\\):/);
  parts[5] = version;
  return parts.join(':');
}

/** Languages by the words of CPEs' `target_software`. */
const languages: Readonly<Record<string, string>> = {
  'node.js': 'javascript',
  nodejs: 'javascript',
  javascript: 'javascript',
  npm: 'javascript',
  python: 'python',
  pypi: 'python',
  java: 'java',
  maven: 'java',
  go: 'go',
  golang: 'go',
  ruby: 'ruby',
  rubygems: 'ruby',
  rails: 'ruby',
  rust: 'rust',
  crates: 'rust',
  php: 'php',
  composer: 'php',
  dotnet: 'dotnet',
  '.net': 'dotnet',
  erlang: 'erlang',
  elixir: 'elixir',
  swift: 'swift',
  r: 'R',
};
/** Platforms of plug-ins, for which no packages are known. */
const platforms: ReadonlySet<string> = new Set(['joomla', 'joomla!', 'drupal']);

/**
 * Whether software of the target that a CPE names can be what the package is: a plug-in for WordPress is no npm package of the
 * same name. Packages of unknown make, of distributions and of Java may hold software of any kind.
 */
function isTarget(found: Package, { targetSoftware = '*' }: Advisory): boolean {
  if (
    isOfDistribution(found) ||
    found.type === 'binary' ||
    found.type === 'unknown' ||
    found.language === 'java'
  )
    return true;
  const target = targetSoftware.toLowerCase().replace(/\\/g, '');
  if (target === '*' || target === '-' || target === '') return true;
  const language = languages[target];
  return language === undefined ? !platforms.has(target) : language === found.language;
}
