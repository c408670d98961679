import { listOf, objectOf, textOf } from '../database/blobs.ts';
import { imageNoteName, packageNoteName, readImageNote } from './notes.ts';
import { distributionOfPackages, packageFrom, plainDistribution, type SbomParts } from './sbom-parts.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Source: https://spdx.github.io/spdx-spec/v2.3/package-information/ */
export function readSpdx(document: Fields): SbomParts {
  const all = listOf(document['packages']).map(objectOf);
  const described = describedBy(document);
  const image = all
    .map((one) => readImageNote(noteOf(one, imageNoteName)))
    .find((note) => note !== undefined);
  const system = all.find((one) => one['primaryPackagePurpose'] === 'OPERATING-SYSTEM');
  const packages = all.filter((one) => isSoftware(one, described)).map(packageOf);
  const distribution =
    system === undefined
      ? distributionOfPackages(packages)
      : plainDistribution(textOf(system['name']).toLowerCase(), textOf(system['versionInfo']));
  return {
    ...(image === undefined ? {} : { image }),
    ...(distribution === undefined ? {} : { distribution }),
    packages,
  };
}

/** What the document is about: an image or a folder, rather than a package in it. */
function describedBy(document: Fields): ReadonlySet<string> {
  const ids = listOf(document['relationships'])
    .map(objectOf)
    .filter((one) => one['relationshipType'] === 'DESCRIBES' && one['spdxElementId'] === 'SPDXRef-DOCUMENT')
    .map((one) => textOf(one['relatedSpdxElement']));
  return new Set([...ids, ...listOf(document['documentDescribes']).map(textOf)]);
}

function isSoftware(found: Fields, described: ReadonlySet<string>): boolean {
  const purpose = textOf(found['primaryPackagePurpose']);
  if (['CONTAINER', 'OPERATING-SYSTEM', 'FILE', 'DEVICE', 'SOURCE'].includes(purpose)) return false;
  // A document may describe its packages themselves.
  return !(
    described.size === 1 &&
    described.has(textOf(found['SPDXID'])) &&
    locatorsOf(found, 'purl').length === 0
  );
}

function packageOf(found: Fields) {
  const license = [textOf(found['licenseConcluded']), textOf(found['licenseDeclared'])].find(
    (one) => one !== '' && one !== 'NOASSERTION' && one !== 'NONE',
  );
  return packageFrom({
    name: textOf(found['name']),
    version: textOf(found['versionInfo']),
    purl: locatorsOf(found, 'purl')[0] ?? '',
    cpes: locatorsOf(found, 'cpe23Type'),
    licenses: license === undefined ? [] : [license],
    note: noteOf(found, packageNoteName),
  });
}

function locatorsOf(found: Fields, type: string): readonly string[] {
  return listOf(found['externalRefs'])
    .map(objectOf)
    .filter((reference) => textOf(reference['referenceType']).endsWith(type))
    .map((reference) => textOf(reference['referenceLocator']));
}

function noteOf(found: Fields, name: string): string | undefined {
  return listOf(found['annotations'])
    .map((annotation) => textOf(objectOf(annotation)['comment']))
    .find((comment) => comment.startsWith(`${name} `))
    ?.slice(name.length + 1);
}
