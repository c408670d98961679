import { apk } from './apk.ts';
import { bitnami } from './bitnami.ts';
import { cran, hackage } from './cran.ts';
import { dpkg } from './dpkg.ts';
import { fuzzy } from './fuzzy.ts';
import { gem } from './gem.ts';
import { go } from './go.ts';
import { jvm } from './jvm.ts';
import { kb } from './kb.ts';
import { maven } from './maven.ts';
import { nuget } from './nuget.ts';
import { packagist } from './packagist.ts';
import { pacman } from './pacman.ts';
import { pep440 } from './pep440.ts';
import { portage } from './portage.ts';
import { pub } from './pub.ts';
import { rpm } from './rpm.ts';
import type { VersionScheme } from './scheme.ts';
import { semver } from './semver.ts';

/** What databases and ecosystems call the schemes; Grype's names and OSV's. */
const byName: ReadonlyMap<string, VersionScheme> = new Map(
  Object.entries({
    apk,
    bitnami,
    composer: packagist,
    cran,
    deb: dpkg,
    dpkg,
    fuzzy,
    gem,
    go,
    'go-module': go,
    golang: go,
    hackage,
    hex: semver,
    'java-archive': maven,
    'jenkins-plugin': maven,
    jvm,
    kb,
    maven,
    npm: semver,
    nuget,
    packagist,
    pacman,
    pep440,
    portage,
    pub,
    pypi: pep440,
    python: pep440,
    rpm,
    semver,
  }),
);

/** How versions of a type are ordered; fuzzily where the type is not known. */
export function schemeOf(type: string): VersionScheme {
  return byName.get(type.toLowerCase()) ?? fuzzy;
}
