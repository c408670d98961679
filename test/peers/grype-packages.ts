import type { PackageType } from '../../src/model/package.ts';
import type { Scenario } from './grype-scenarios.ts';
import { ecosystems, type Grammar, versionOf } from './grype-versions.ts';
import type { Random } from './promql-random.ts';

/** A package of an SBOM, as Syft writes it. */
export interface SbomPackage {
  readonly type: PackageType;
  readonly grammar: Grammar;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly language: string;
  readonly cpes: readonly string[];
  readonly metadataType?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Names that advisories may speak of it by. */
  readonly searched: readonly string[];
  /** It may be of an rpm module. */
  readonly modules?: boolean;
  /** The name of the distribution's package whose file it is. */
  readonly ownedBy?: string;
}

const ofDistribution = 12;

export function distributionPackages(
  { packages, release }: Scenario,
  at: number,
  random: Random,
): readonly SbomPackage[] {
  if (packages === undefined || release === undefined) return [];
  const { type, grammar, namespace } = packages;
  return Array.from({ length: ofDistribution }, (_none, i): SbomPackage => {
    const name = `os${at}-lib${i}`;
    const hasSource = random.chance(0.6);
    const source = hasSource ? `os${at}-src${i}` : name;
    const drawn = versionOf(grammar, random);
    const distro = `distro=${release.id}-${String(release['versionID'] ?? '')}`.replace(/-$/, '');
    switch (type) {
      case 'deb': {
        const sourceVersion = hasSource && random.chance(0.4) ? versionOf(grammar, random) : '';
        const upstream = hasSource
          ? `&upstream=${source}${sourceVersion === '' ? '' : `%40${encodeURIComponent(sourceVersion)}`}`
          : '';
        return {
          ...{ type, grammar, name, version: drawn, language: '', cpes: [] },
          purl: `pkg:deb/${namespace}/${name}@${encodeURIComponent(drawn)}?arch=amd64&${distro}${upstream}`,
          metadataType: 'dpkg-db-entry',
          metadata: {
            package: name,
            source: hasSource ? source : '',
            version: drawn,
            sourceVersion,
            architecture: 'amd64',
            maintainer: '',
            installedSize: 1,
            files: [],
          },
          searched: hasSource ? [source, source, name] : [name],
        };
      }
      case 'rpm':
        return rpm({ name, source, drawn, grammar, namespace, distro }, random);
      case 'apk':
        return {
          ...{ type, grammar, name, version: drawn, language: '' },
          purl: `pkg:apk/${namespace}/${name}@${encodeURIComponent(drawn)}?arch=x86_64&${distro}${hasSource ? `&upstream=${source}` : ''}`,
          cpes: [`cpe:2.3:a:${name}:${name}:${drawn}:*:*:*:*:*:*:*`],
          metadataType: 'apk-db-entry',
          metadata: {
            package: name,
            originPackage: source,
            version: drawn,
            architecture: 'x86_64',
            files: [],
          },
          searched: hasSource ? [source, source, name] : [name],
        };
      default:
        return {
          ...{ type, grammar, name, version: drawn, language: '', cpes: [] },
          purl: `pkg:alpm/${namespace}/${name}@${encodeURIComponent(drawn)}?arch=x86_64&${distro}`,
          metadataType: 'alpm-db-entry',
          metadata: { basepackage: source, package: name, version: drawn, architecture: 'x86_64', files: [] },
          searched: [name],
        };
    }
  });
}

function rpm(
  {
    name,
    source,
    drawn,
    grammar,
    namespace,
    distro,
  }: Readonly<Record<'name' | 'source' | 'drawn' | 'namespace' | 'distro', string>> & {
    readonly grammar: Grammar;
  },
  random: Random,
): SbomPackage {
  const [, epoch, version = drawn] = /^(?:(\d+):)?(.*)$/.exec(drawn) ?? [];
  const [upstream = '', release = ''] = version.split('-');
  const isOther = random.chance(0.4);
  const sourceRpm = `${source}-${isOther ? (versionOf(grammar, random).split(':').at(-1) ?? '') : version}.src.rpm`;
  const modules = ['', 'nodejs:18:9020:abc', 'nodejs:20:9040:def'];
  const module = grammar === 'modular' && random.chance(0.8) ? random.pick(modules) : undefined;
  const architecture = random.pick(['x86_64', 'x86_64', 'noarch']);
  return {
    ...{ type: 'rpm', grammar, name, version: drawn, language: '', cpes: [] },
    modules: grammar === 'modular',
    purl: [
      `pkg:rpm/${namespace}/${name}@${encodeURIComponent(version)}?arch=${architecture}&${distro}`,
      ...(epoch === undefined ? [] : [`&epoch=${epoch}`]),
      ...(module === undefined || module === '' ? [] : [`&rpmmod=${encodeURIComponent(module)}`]),
      `&upstream=${encodeURIComponent(sourceRpm)}`,
    ].join(''),
    metadataType: 'rpm-db-entry',
    metadata: {
      name,
      version: upstream,
      release,
      epoch: epoch === undefined ? null : Number(epoch),
      architecture,
      sourceRpm,
      size: 1,
      vendor: '',
      files: [],
      ...(module === undefined ? {} : { modularityLabel: module }),
    },
    searched: source === name ? [name] : [source, source, name],
  };
}

const languages: Partial<Record<PackageType, string>> = {
  npm: 'javascript',
  python: 'python',
  'java-archive': 'java',
  'go-module': 'go',
  gem: 'ruby',
  'rust-crate': 'rust',
  'php-composer': 'php',
  dotnet: 'dotnet',
  hex: 'elixir',
  'R-package': 'R',
  'lua-rocks': 'lua',
};

export function ecosystemPackages(at: number, random: Random): readonly SbomPackage[] {
  return ecosystems.flatMap(({ type, grammar }) =>
    Array.from({ length: 4 }, (_none, i) => ecosystemPackage(type, grammar, `${at}x${i}`, random)),
  );
}

function ecosystemPackage(type: PackageType, grammar: Grammar, id: string, random: Random): SbomPackage {
  const version = versionOf(grammar, random);
  const base = { type, grammar, version, language: languages[type] ?? '' };
  const named = (name: string, purl: string, more: Partial<SbomPackage> = {}): SbomPackage => ({
    ...base,
    name,
    purl: purl === '' ? '' : `pkg:${purl}@${encodeURIComponent(version)}`,
    cpes: [
      `cpe:2.3:a:maker${id}:${type.toLowerCase()}${id}:${random.chance(0.8) ? escaped(version) : '*'}:*:*:*:*:*:*:*`,
    ],
    searched: [name],
    ...more,
  });
  switch (type) {
    case 'npm':
      return random.chance(0.5)
        ? named(`@scope${id}/pack`, `npm/%40scope${id}/pack`)
        : named(`npm-pack${id}`, `npm/npm-pack${id}`);
    case 'python':
      return named(`Py_Pack.${id}`, `pypi/py-pack-${id}`, { searched: [`py-pack-${id}`] });
    case 'java-archive':
      return named(`artifact${id}`, `maven/org.example${id}/artifact${id}`, {
        metadataType: 'java-archive',
        metadata: {
          virtualPath: `/app/artifact${id}.jar`,
          pomProperties: {
            path: '',
            name: '',
            groupId: `org.example${id}`,
            artifactId: `artifact${id}`,
            version,
          },
          manifest: { main: [{ key: 'Name', value: `manifest${id}` }] },
        },
        searched: [
          `org.example${id}:artifact${id}`,
          `org.example${id}:artifact${id}`,
          `org.example${id}:manifest${id}`,
        ],
      });
    case 'go-module': {
      const isStdlib = id.endsWith('x3');
      const own = isStdlib ? 'stdlib' : `example.com/m${id}`;
      const drawn = isStdlib ? versionOf('stdlib', random) : version;
      return {
        ...named(own, `golang/${own}`, {
          metadataType: 'go-module-buildinfo-entry',
          metadata: {
            goCompiledVersion: 'go1.22.1',
            architecture: 'amd64',
            mainModule: random.chance(0.2) ? own : 'example.com/main',
            ...(random.chance(0.5)
              ? {
                  symbols: {
                    'example.com/m/html': random.pick([['Parse'], ['Render', 'Other'], ['Nothing']]),
                  },
                }
              : {}),
          },
        }),
        version: drawn,
        grammar: isStdlib ? 'stdlib' : grammar,
        purl: `pkg:golang/${own}@${encodeURIComponent(drawn)}`,
      };
    }
    case 'php-composer':
      return named(`vendor${id}/pack`, `composer/vendor${id}/pack`);
    case 'gem':
      return named(`gem-pack${id}`, `gem/gem-pack${id}`);
    case 'rust-crate':
      return named(`crate-pack${id}`, `cargo/crate-pack${id}`);
    case 'dotnet':
      return named(`Dot.Pack${id}`, `nuget/Dot.Pack${id}`);
    case 'hex':
      return named(`hex_pack${id}`, `hex/hex_pack${id}`);
    case 'bitnami':
      return named(`bit-pack${id}`, `bitnami/bit-pack${id}`);
    case 'R-package':
      return named(`rPack${id}`, `cran/rPack${id}`);
    case 'lua-rocks':
      return named(`lua-pack${id}`, `luarocks/lua-pack${id}`);
    default:
      return named(`bin-pack${id}`, `generic/bin-pack${id}`);
  }
}

/** As a CPE has characters other than letters, digits, `.`, `-` and `_`. */
function escaped(text: string): string {
  return text.replace(/[^\w.-]/g, '\\$&');
}

export function cpeOf(text: string): { readonly vendor: string; readonly product: string } {
  const [, , , vendor = '', product = ''] = text.split(':');
  return { vendor, product };
}
