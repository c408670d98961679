import type { ImageSbom } from '../../model/image-sbom.ts';
import type { Package } from '../../model/package.ts';
import { isLicenseExpression } from './license-expression.ts';
import { imageNoteName, imageNoteOf, packageNoteName, packageNoteOf } from './notes.ts';
import { type SbomOptions, uuidOf } from './to-cyclonedx.ts';

/**
 * An SBOM as SPDX 2.3 JSON. Licences that are no SPDX expressions are kept as extracted texts.
 *
 * Source: https://spdx.github.io/spdx-spec/v2.3/
 */
export function toSpdx(sbom: ImageSbom, { name = sbom.digest, version, nowMs }: SbomOptions): string {
  const created = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  const tool = `Tool: skopos-${version}`;
  const texts = new Map<string, string>();
  const note = (key: string, json: string) => [
    { annotationDate: created, annotationType: 'OTHER', annotator: tool, comment: `${key} ${json}` },
  ];
  const image = {
    ...packageBase('SPDXRef-image', name || 'image'),
    ...(sbom.digest === '' ? {} : { versionInfo: sbom.digest, checksums: checksumsOf(sbom.digest) }),
    primaryPackagePurpose: 'CONTAINER',
    annotations: note(imageNoteName, imageNoteOf(sbom)),
  };
  const packages = sbom.packages.map((found, i) => ({
    ...packageBase(`SPDXRef-package-${i}`, found.name),
    versionInfo: found.version,
    licenseDeclared: licenseOf(found.licenses, texts),
    ...(found.details.vendor ? { supplier: `Organization: ${found.details.vendor}` } : {}),
    ...(found.locations.length === 0
      ? {}
      : { sourceInfo: `found in ${found.locations.map(({ path }) => path).join(', ')}` }),
    externalRefs: externalRefs(found),
    annotations: note(packageNoteName, packageNoteOf(found)),
  }));
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: name || 'image',
    documentNamespace: `https://skopos.dev/spdx/${uuidOf(`${sbom.digest} ${sbom.catalogedAtMs} ${name}`)}`,
    creationInfo: { created, creators: [tool] },
    packages: [image, ...operatingSystem(sbom), ...packages],
    relationships: relationships(sbom),
    ...(texts.size === 0
      ? {}
      : {
          hasExtractedLicensingInfos: [...texts].map(([extractedText, licenseId]) => ({
            licenseId,
            extractedText,
            name: 'NOASSERTION',
          })),
        }),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function packageBase(SPDXID: string, name: string) {
  return {
    SPDXID,
    name,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    licenseConcluded: 'NOASSERTION',
    licenseDeclared: 'NOASSERTION',
    copyrightText: 'NOASSERTION',
  };
}

function operatingSystem({ distribution }: ImageSbom) {
  if (distribution === undefined || distribution.id === '') return [];
  return [
    {
      ...packageBase('SPDXRef-operating-system', distribution.id),
      ...(distribution.version === '' ? {} : { versionInfo: distribution.version }),
      primaryPackagePurpose: 'OPERATING-SYSTEM',
    },
  ];
}

function relationships({ distribution, packages }: ImageSbom) {
  const contains = (relatedSpdxElement: string) => ({
    spdxElementId: 'SPDXRef-image',
    relationshipType: 'CONTAINS',
    relatedSpdxElement,
  });
  return [
    { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-image' },
    ...(distribution === undefined || distribution.id === '' ? [] : [contains('SPDXRef-operating-system')]),
    ...packages.map((_found, i) => contains(`SPDXRef-package-${i}`)),
  ];
}

function checksumsOf(digest: string) {
  const [, algorithm, checksumValue] = /^(sha256|sha512):([0-9a-f]+)$/.exec(digest) ?? [];
  return algorithm === undefined ? [] : [{ algorithm: algorithm.toUpperCase(), checksumValue }];
}

function externalRefs({ purl, cpes }: Package) {
  return [
    ...(purl === ''
      ? []
      : [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }]),
    ...cpes.map((cpe) => ({
      referenceCategory: 'SECURITY',
      referenceType: 'cpe23Type',
      referenceLocator: cpe,
    })),
  ];
}

/** @param texts what has been extracted so far, with the id that each was given */
function licenseOf(licenses: readonly string[], texts: Map<string, string>): string {
  if (licenses.length === 0) return 'NOASSERTION';
  const terms = licenses.map((license) => {
    if (isLicenseExpression(license))
      return /\s/.test(license) && licenses.length > 1 ? `(${license})` : license;
    const known = texts.get(license) ?? `LicenseRef-${texts.size + 1}`;
    texts.set(license, known);
    return known;
  });
  return terms.join(' AND ');
}
