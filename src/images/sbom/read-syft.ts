import type { Package, PackageDetails } from '../../model/package.ts';
import { listOf, objectOf, textOf, textsOf } from '../database/blobs.ts';
import { distributionOfPackages, packageFrom, type SbomParts } from './sbom-parts.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Syft's own JSON. Source: https://github.com/anchore/syft/tree/main/schema/json */
export function readSyft(document: Fields): SbomParts {
  const artifacts = listOf(document['artifacts']).map(objectOf);
  const owners = ownersOf(document, artifacts);
  const packages = artifacts.map((artifact) => {
    const owner = owners.get(textOf(artifact['id']));
    return owner === undefined ? packageOf(artifact) : { ...packageOf(artifact), ownedBy: owner };
  });
  const distro = objectOf(document['distro']);
  const id = textOf(distro['id']);
  const distribution =
    id === ''
      ? distributionOfPackages(packages)
      : {
          id,
          version: textOf(distro['versionID']),
          codename: textOf(distro['versionCodename']),
          name: textOf(distro['prettyName']) || id,
          idLike: textsOf(distro['idLike']),
          channels: distro['extendedSupport'] === true ? extendedChannels : [],
        };
  const metadata = objectOf(objectOf(document['source'])['metadata']);
  const digest = textOf(metadata['manifestDigest']);
  return {
    ...(distribution === undefined ? {} : { distribution }),
    ...(digest === ''
      ? {}
      : {
          image: {
            digest,
            imageId: textOf(metadata['imageID']),
            platform: [textOf(metadata['os']), textOf(metadata['architecture'])].filter(Boolean).join('/'),
            layers: listOf(metadata['layers']).map((layer) => textOf(objectOf(layer)['digest'])),
            sizeBytes: Number(metadata['imageSize'] ?? 0) || 0,
            builtAtMs: 0,
            catalogedAtMs: 0,
            analyser: 'syft',
            partial: [],
          },
        }),
    packages,
  };
}

/** Indexes of the packages whose files others are, by the id of what they own. */
function ownersOf(document: Fields, artifacts: readonly Fields[]): ReadonlyMap<string, number> {
  const indexes = new Map(artifacts.map((artifact, index) => [textOf(artifact['id']), index]));
  return new Map(
    listOf(document['artifactRelationships'])
      .map(objectOf)
      .filter(({ type }) => type === 'ownership-by-file-overlap')
      .flatMap(({ parent, child }) => {
        const owner = indexes.get(textOf(parent));
        return owner === undefined ? [] : [[textOf(child), owner] as const];
      }),
  );
}

/** Which of them there are data of is for the data to say. */
const extendedChannels = ['eus', 'esm'];

function packageOf(artifact: Fields): Package {
  const metadata = objectOf(artifact['metadata']);
  const found = packageFrom({
    name: textOf(artifact['name']),
    version: textOf(artifact['version']),
    purl: textOf(artifact['purl']),
    cpes: listOf(artifact['cpes']).map((cpe) => textOf(cpe) || textOf(objectOf(cpe)['cpe'])),
    licenses: listOf(artifact['licenses'])
      .map((license) => textOf(license) || textOf(objectOf(license)['value']))
      .filter(Boolean),
  });
  const module = metadata['modularityLabel'];
  const pom = objectOf(metadata['pomProperties']);
  const manifestName = manifestNameOf(objectOf(metadata['manifest'])['main']);
  const symbols = symbolsOf(metadata['symbols']);
  const details: PackageDetails = {
    ...found.details,
    ...(typeof module === 'string' ? { modularity: module } : {}),
    ...(typeof metadata['epoch'] === 'number' ? { epoch: metadata['epoch'] } : {}),
    ...(textOf(pom['groupId']) === '' ? {} : { pomGroupId: textOf(pom['groupId']) }),
    ...(textOf(pom['artifactId']) === '' ? {} : { pomArtifactId: textOf(pom['artifactId']) }),
    ...(manifestName === '' ? {} : { manifestName }),
    ...(symbols === undefined ? {} : { goSymbols: symbols }),
    ...(textOf(metadata['mainModule']) === '' ? {} : { goMainModule: textOf(metadata['mainModule']) }),
    ...(textOf(metadata['goCompiledVersion']) === ''
      ? {}
      : { goVersion: textOf(metadata['goCompiledVersion']) }),
  };
  return {
    ...found,
    name: textOf(artifact['name']) || found.name,
    language: textOf(artifact['language']) || found.language,
    details,
    locations: listOf(artifact['locations']).map((location) => {
      const { path, layerID } = objectOf(location) as { path?: unknown; layerID?: unknown };
      return { path: textOf(path), layer: textOf(layerID) };
    }),
    foundBy: textOf(artifact['foundBy']),
  };
}

/** A list of keys with values, or in older documents an object. */
function manifestNameOf(main: unknown): string {
  const entry = listOf(main)
    .map(objectOf)
    .find(({ key }) => key === 'Name');
  return textOf(entry?.['value']) || textOf(objectOf(main)['Name']);
}

/** Functions by the import path of their package. */
function symbolsOf(value: unknown): Readonly<Record<string, readonly string[]>> | undefined {
  const entries = Object.entries(objectOf(value)).map(
    ([path, names]) => [path, [...new Set(textsOf(names).map(plainSymbol))]] as const,
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** As vulnerability data names it: `(*Decoder).Decode` is `Decoder.Decode`, whatever its type's parameters. */
function plainSymbol(symbol: string): string {
  return symbol
    .replace(/\(\*|\)/g, '')
    .replace(/-fm$/, '')
    .replace(/\[[^\]]*\]/g, '');
}
