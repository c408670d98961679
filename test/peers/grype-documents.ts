import type { Drawn } from './grype-data.ts';
import type { SbomPackage } from './grype-packages.ts';

/** The SBOM of an image, in the forms that both sides read. */
export const documentForms = ['syft', 'cyclonedx', 'spdx'] as const;
export type DocumentForm = (typeof documentForms)[number];

export function documentOf(image: Drawn, form: DocumentForm): string {
  const write = { syft: toSyft, cyclonedx: toCycloneDx, spdx: toSpdx }[form];
  return `${JSON.stringify(write(image), undefined, 1)}\n`;
}

/** Source: https://github.com/anchore/syft/tree/main/schema/json */
function toSyft({ scenario: { release }, packages }: Drawn): object {
  return {
    artifacts: packages.map((found) => ({
      id: idOf(found),
      name: found.name,
      version: found.version,
      type: found.type,
      foundBy: 'generated',
      locations: [{ path: pathOf(found), accessPath: pathOf(found) }],
      licenses: [],
      language: found.language,
      cpes: found.cpes.map((cpe) => ({ cpe, source: 'syft-generated' })),
      purl: found.purl,
      ...(found.metadataType === undefined
        ? {}
        : { metadataType: found.metadataType, metadata: found.metadata }),
    })),
    artifactRelationships: packages.flatMap((found) => {
      const owner = packages.find(({ name }) => name === found.ownedBy);
      return owner === undefined
        ? []
        : [{ parent: idOf(owner), child: idOf(found), type: 'ownership-by-file-overlap' }];
    }),
    source: { id: 'generated', name: 'generated', version: '', type: 'directory', metadata: { path: '/' } },
    distro: release === undefined ? {} : { prettyName: release.id, name: release.id, ...release },
    descriptor: { name: 'syft', version: '1.57.0' },
    schema: {
      version: '16.1.0',
      url: 'https://raw.githubusercontent.com/anchore/syft/main/schema/json/schema-16.1.0.json',
    },
  };
}

/** As Syft writes CycloneDX. Source: https://cyclonedx.org/docs/1.6/json/ */
function toCycloneDx({ scenario: { release }, packages }: Drawn): object {
  const property = (name: string, value: unknown) => ({ name: `syft:${name}`, value: String(value) });
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { timestamp: '2026-01-01T00:00:00Z', component: { type: 'file', name: 'generated' } },
    components: [
      ...packages.map((found) => ({
        'bom-ref': idOf(found),
        type: found.type === 'binary' ? 'application' : 'library',
        name: found.name,
        version: found.version,
        purl: found.purl,
        ...(found.cpes[0] === undefined ? {} : { cpe: found.cpes[0] }),
        properties: [
          property('package:type', found.type),
          ...(found.language === '' ? [] : [property('package:language', found.language)]),
          ...(found.metadataType === undefined ? [] : [property('package:metadataType', found.metadataType)]),
          ...(found.type === 'rpm' && typeof found.metadata?.['epoch'] === 'number'
            ? [property('metadata:epoch', found.metadata['epoch'])]
            : []),
        ],
      })),
      ...(release === undefined
        ? []
        : [
            {
              'bom-ref': 'os',
              type: 'operating-system',
              name: release.id,
              version: String(release['versionID'] ?? ''),
              description: release.id,
              properties: [
                property('distro:id', release.id),
                ...['versionID', 'versionCodename', 'prettyName'].flatMap((key) =>
                  typeof release[key] === 'string' ? [property(`distro:${key}`, release[key])] : [],
                ),
                ...(Array.isArray(release['idLike'])
                  ? release['idLike'].map((like, i) => property(`distro:idLike:${i}`, like))
                  : []),
                ...(release['extendedSupport'] === true ? [property('distro:extendedSupport', true)] : []),
              ],
            },
          ]),
    ],
  };
}

/** As Syft writes SPDX. Source: https://spdx.github.io/spdx-spec/v2.3/ */
function toSpdx({ packages: all }: Drawn): object {
  // There is no field for a type that no package URL has.
  const packages = all.filter(({ type }) => type !== 'binary');
  const root = 'SPDXRef-DocumentRoot-Directory-generated';
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: 'generated',
    documentNamespace: 'https://example.com/generated',
    creationInfo: { created: '2026-01-01T00:00:00Z', creators: ['Tool: generated'] },
    packages: [
      ...packages.map((found) => ({
        name: found.name,
        SPDXID: `SPDXRef-Package-${idOf(found)}`,
        versionInfo: found.version,
        supplier: 'NOASSERTION',
        downloadLocation: 'NOASSERTION',
        filesAnalyzed: false,
        sourceInfo: 'generated',
        licenseConcluded: 'NOASSERTION',
        licenseDeclared: 'NOASSERTION',
        externalRefs: [
          ...found.cpes.map((cpe) => ({
            referenceCategory: 'SECURITY',
            referenceType: 'cpe23Type',
            referenceLocator: cpe,
          })),
          ...(found.purl === ''
            ? []
            : [
                {
                  referenceCategory: 'PACKAGE-MANAGER',
                  referenceType: 'purl',
                  referenceLocator: found.purl,
                },
              ]),
        ],
      })),
      {
        name: 'generated',
        SPDXID: root,
        supplier: 'NOASSERTION',
        downloadLocation: 'NOASSERTION',
        filesAnalyzed: false,
        licenseConcluded: 'NOASSERTION',
        licenseDeclared: 'NOASSERTION',
        primaryPackagePurpose: 'FILE',
      },
    ],
    relationships: [
      { spdxElementId: 'SPDXRef-DOCUMENT', relatedSpdxElement: root, relationshipType: 'DESCRIBES' },
      ...packages.map((found) => ({
        spdxElementId: root,
        relatedSpdxElement: `SPDXRef-Package-${idOf(found)}`,
        relationshipType: 'CONTAINS',
      })),
    ],
  };
}

function idOf({ type, name, version }: SbomPackage): string {
  return Buffer.from(`${type} ${name} ${version}`).toString('hex');
}

function pathOf({ type, name }: SbomPackage): string {
  return `/found/${type}/${name.replace(/[^\w.-]/g, '_')}`;
}
