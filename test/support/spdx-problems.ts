type Fields = Readonly<Record<string, unknown>>;

const idForm = /^SPDXRef-[A-Za-z0-9.-]+$/;
const timeForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const licenseForm = /^(?:NOASSERTION|NONE|[A-Za-z0-9.+() -]+)$/;

/**
 * What a document lacks of what SPDX 2.3 demands of one in JSON: mandatory fields, forms of identifiers and times, and that
 * nothing is spoken of that is not there.
 *
 * Source: https://spdx.github.io/spdx-spec/v2.3/
 */
export function spdxProblems(document: Fields): readonly string[] {
  const packages = (document['packages'] ?? []) as readonly Fields[];
  const ids = new Set(['SPDXRef-DOCUMENT', ...packages.map((one) => String(one['SPDXID']))]);
  const extracted = (document['hasExtractedLicensingInfos'] ?? []) as readonly Fields[];
  const licenses = new Set(extracted.map((one) => String(one['licenseId'])));
  return [
    ...documentProblems(document),
    ...(ids.size === packages.length + 1 ? [] : ['an SPDXID is there twice']),
    ...packages.flatMap((one) => packageProblems(one, licenses)),
    ...((document['relationships'] ?? []) as readonly Fields[]).flatMap((one) =>
      ['spdxElementId', 'relatedSpdxElement'].flatMap((end) =>
        ids.has(String(one[end])) ? [] : [`a relationship is with ${String(one[end])}, which is not there`],
      ),
    ),
  ];
}

function documentProblems(document: Fields): readonly string[] {
  const { created, creators } = (document['creationInfo'] ?? {}) as { created?: unknown; creators?: unknown };
  const demands: readonly (readonly [string, boolean])[] = [
    ['spdxVersion', document['spdxVersion'] === 'SPDX-2.3'],
    ['dataLicense', document['dataLicense'] === 'CC0-1.0'],
    ['SPDXID', document['SPDXID'] === 'SPDXRef-DOCUMENT'],
    ['name', typeof document['name'] === 'string' && document['name'] !== ''],
    [
      'documentNamespace',
      URL.canParse(String(document['documentNamespace'])) &&
        !String(document['documentNamespace']).includes('#'),
    ],
    ['created', timeForm.test(String(created))],
    [
      'creators',
      Array.isArray(creators) &&
        creators.every((one) => /^(?:Tool|Person|Organization): ./.test(String(one))),
    ],
  ];
  return demands.flatMap(([field, isMet]) => (isMet ? [] : [`${field} of the document`]));
}

function packageProblems(found: Fields, licenses: ReadonlySet<string>): readonly string[] {
  const id = String(found['SPDXID']);
  const demands: readonly (readonly [string, boolean])[] = [
    ['SPDXID', idForm.test(id)],
    ['name', typeof found['name'] === 'string' && found['name'] !== ''],
    ['downloadLocation', typeof found['downloadLocation'] === 'string'],
    ['filesAnalyzed', found['filesAnalyzed'] === false],
    ['licenseConcluded', licenseForm.test(String(found['licenseConcluded']))],
    ['licenseDeclared', isLicense(String(found['licenseDeclared']), licenses)],
    [
      'supplier',
      found['supplier'] === undefined || /^(?:Person|Organization): ./.test(String(found['supplier'])),
    ],
    ['externalRefs', ((found['externalRefs'] ?? []) as readonly Fields[]).every(isReference)],
    ['annotations', ((found['annotations'] ?? []) as readonly Fields[]).every(isAnnotation)],
  ];
  return demands.flatMap(([field, isMet]) => (isMet ? [] : [`${field} of ${id}`]));
}

function isLicense(text: string, licenses: ReadonlySet<string>): boolean {
  const references = text.match(/LicenseRef-[A-Za-z0-9.-]+/g) ?? [];
  return licenseForm.test(text) && references.every((one) => licenses.has(one));
}

function isReference({ referenceCategory, referenceType, referenceLocator }: Fields): boolean {
  const category = referenceType === 'purl' ? 'PACKAGE-MANAGER' : 'SECURITY';
  return (
    referenceCategory === category && typeof referenceLocator === 'string' && !/\s/.test(referenceLocator)
  );
}

function isAnnotation({ annotationDate, annotationType, annotator, comment }: Fields): boolean {
  return (
    timeForm.test(String(annotationDate)) &&
    ['OTHER', 'REVIEW'].includes(String(annotationType)) &&
    /^(?:Tool|Person|Organization): ./.test(String(annotator)) &&
    typeof comment === 'string'
  );
}
