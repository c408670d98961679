import type { Package } from '../../model/package.ts';
import { type Findings, type Scene, together } from './hit.ts';
import { ruleOf, searchNames } from './package-types.ts';
import { judge } from './search.ts';

/** Vulnerabilities that are told for a package's type and name, whatever distribution it is in. */
export function byEcosystem(found: Package, scene: Scene): Findings {
  const { matcher, scheme } = ruleOf(found.type);
  const version = versionOf(found);
  return together(
    searchNames(found).map((name) =>
      judge(found, scene, {
        kind: 'exact-direct-match',
        matcher,
        searchedFor: `${name} ${version}`,
        version,
        scheme,
        affected: scene.data.byEcosystem('affected', found.type, name),
        unaffected: () => scene.data.byEcosystem('unaffected', found.type, name),
        keepsWithdrawn: false,
      }),
    ),
  );
}

/** Some Java artifacts name the runtime they were made for behind their version: it is no part of it. */
function versionOf({ type, version }: Package): string {
  return type === 'java-archive' ? version.replace(/\.(?:jre|jdk)\d+$/i, '') : version;
}

/**
 * Whether a Go package is the program itself, built from a working tree: its version is none, or made up by the build.
 *
 * Source: https://github.com/golang/go/issues/50603
 */
export function isUnversionedMainModule(found: Package, { settings }: Pick<Scene, 'settings'>): boolean {
  if (found.type !== 'go-module' || found.name !== found.details.goMainModule) return false;
  return (
    found.version.startsWith('(devel)') ||
    (!settings.goMainModulePseudoVersions && found.version.startsWith('v0.0.0-'))
  );
}
