import { DatabaseWriter, type WrittenSystem } from '../../src/images/database/database-writer.ts';
import type { ImageSbom } from '../../src/model/image-sbom.ts';
import type { Package, PackageType } from '../../src/model/package.ts';
import { openDriver } from '../../src/store/driver.ts';

/** Packages. */
export const perImage = 300;
/** Of each image, this many belong to its distribution. */
const ofDistribution = 200;
const advisoriesPerName = 15;

interface Source {
  readonly type: PackageType;
  readonly scheme: string;
  readonly system?: WrittenSystem;
}

const debian = (majorVersion: string): Source => ({
  type: 'deb',
  scheme: 'dpkg',
  system: { name: 'debian', majorVersion },
});
const sources: readonly Source[] = [
  debian('11'),
  debian('12'),
  { type: 'deb', scheme: 'dpkg', system: { name: 'ubuntu', majorVersion: '22', minorVersion: '4' } },
  { type: 'rpm', scheme: 'rpm', system: { name: 'rhel', majorVersion: '8' } },
  { type: 'rpm', scheme: 'rpm', system: { name: 'rhel', majorVersion: '9' } },
  { type: 'npm', scheme: 'semver' },
  { type: 'python', scheme: 'python' },
  { type: 'go-module', scheme: 'go' },
];

/** Names of packages in each source, for so many affected rows in all. */
export function namesFor(rows: number): number {
  return Math.ceil(rows / sources.length / advisoriesPerName);
}

export function affectedRows(names: number): number {
  return names * sources.length * advisoriesPerName;
}

/** A database in the form that Grype publishes, with EPSS of each vulnerability. */
export function writeDatabase(path: string, names: number): void {
  const writer = new DatabaseWriter(path, { builtAt: new Date().toISOString() });
  writer.addProvider('bench', new Date().toISOString());
  sources.forEach(({ type, scheme, system }, s) => {
    for (let name = 0; name < names; name++)
      for (let n = 0; n < advisoriesPerName; n++) {
        const fixed = versionOf(n * 3);
        const id = `CVE-20${10 + n}-${s}${String(name).padStart(6, '0')}`;
        writer.addExploitPrediction(id, ((name + n) % 100) / 100, 0.5);
        writer.add({
          id,
          provider: 'bench',
          severities: [['low', 'medium', 'high', 'critical'][n % 4] ?? 'low'],
          description: `Vulnerability ${n} of package ${name}, told in as many words as such texts usually have.`,
          packages: [
            {
              ecosystem: type,
              name: `package-${name}`,
              ...(system === undefined ? {} : { system }),
              ranges: [
                {
                  version: { type: scheme, constraint: `< ${fixed}` },
                  fix: { version: fixed, state: 'fixed' },
                },
              ],
            },
          ],
        });
      }
  });
  writer.finish();
}

function versionOf(n: number): string {
  return `1.${Math.floor(n / 10)}.${n % 10}`;
}

/** @param base images of the same base have its packages in the same versions; undefined for an image like no other */
export function imageOf(index: number, names: number, base: number | undefined): ImageSbom {
  const systems = sources.filter(({ system }) => system !== undefined);
  const languages = sources.filter(({ system }) => system === undefined);
  const own = systems[(base ?? index) % systems.length];
  const packages = Array.from({ length: perImage }, (_, i): Package => {
    const isOwn = i < ofDistribution;
    const source = isOwn ? own : languages[i % languages.length];
    const seed = isOwn ? (base ?? index) : index;
    const version = base === undefined ? `1.4.${index * perImage + i}` : versionOf(35 + ((seed + i) % 10));
    const name = `package-${(seed * 7919 + i * 104_729) % names}`;
    return {
      type: source?.type ?? 'npm',
      name,
      version,
      purl: `pkg:generic/${name}@${version}`,
      cpes: [],
      language: '',
      licenses: [],
      locations: [],
      upstreams: [],
      details: {},
      foundBy: 'bench',
    };
  });
  const { name = '', majorVersion = '', minorVersion = '' } = own?.system ?? {};
  return {
    digest: `sha256:${String(index).padStart(64, '0')}`,
    imageId: '',
    platform: 'linux/amd64',
    layers: [],
    sizeBytes: 0,
    builtAtMs: 0,
    catalogedAtMs: 0,
    analyser: 'bench',
    distribution: {
      id: name,
      version: [majorVersion, minorVersion].filter(Boolean).join('.'),
      codename: '',
      name,
      idLike: [],
      channels: [],
    },
    packages,
    partial: [],
  };
}

/** One record in 250 says something else, and every likelihood is another one: much as by a day's news. @returns how many records */
export function change(path: string): number {
  const driver = openDriver(path);
  driver.prepare('PRAGMA journal_mode = OFF').get([]);
  const { changes } = driver
    .prepare("UPDATE blobs SET value = replace(value, 'usually', 'always') WHERE id % 250 = 7")
    .run([]);
  driver.prepare('UPDATE epss_handles SET epss = epss / 2').run([]);
  driver.close();
  return changes;
}
