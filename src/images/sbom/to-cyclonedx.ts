import { createHash } from 'node:crypto';
import type { ImageSbom } from '../../model/image-sbom.ts';
import type { Package } from '../../model/package.ts';
import type { VulnerabilityMatch } from '../../model/vulnerability.ts';
import { isLicenseExpression } from './license-expression.ts';
import { imageNoteName, imageNoteOf, packageNoteName, packageNoteOf } from './notes.ts';
import { cycloneVulnerabilities } from './to-cyclonedx-vulnerabilities.ts';

export interface SbomOptions {
  /** What the image is called; its digest when left out. */
  readonly name?: string;
  /** Of this program. */
  readonly version: string;
  readonly nowMs: number;
}

export interface CycloneDxOptions extends SbomOptions {
  /** Written as the document's vulnerabilities when given; those that do not count say so in their analysis. */
  readonly matches?: readonly VulnerabilityMatch[];
}

/**
 * An SBOM as CycloneDX 1.6 JSON.
 *
 * Source: https://cyclonedx.org/docs/1.6/json/
 */
export function toCycloneDx(sbom: ImageSbom, options: CycloneDxOptions): string {
  const { name = sbom.digest, version, nowMs, matches } = options;
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(`${sbom.digest} ${sbom.catalogedAtMs} ${name}`)}`,
    version: 1,
    metadata: {
      timestamp: new Date(nowMs).toISOString(),
      tools: { components: [{ type: 'application', name: 'skopos', version }] },
      component: {
        type: 'container',
        'bom-ref': 'image',
        name,
        ...(sbom.digest === '' ? {} : { version: sbom.digest }),
        properties: [{ name: imageNoteName, value: imageNoteOf(sbom) }],
      },
    },
    components: [...operatingSystem(sbom), ...sbom.packages.map(component)],
    ...(matches === undefined ? {} : { vulnerabilities: cycloneVulnerabilities(matches, sbom) }),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** The `bom-ref` of a package. */
export function refOf(index: number): string {
  return `package-${index}`;
}

function operatingSystem({ distribution }: ImageSbom) {
  if (distribution === undefined || distribution.id === '') return [];
  return [
    {
      type: 'operating-system',
      'bom-ref': 'operating-system',
      name: distribution.id,
      ...(distribution.version === '' ? {} : { version: distribution.version }),
      ...(distribution.name === '' ? {} : { description: distribution.name }),
    },
  ];
}

function component(found: Package, index: number) {
  const [cpe] = found.cpes.filter((one) => cpeForm.test(one));
  return {
    type: found.type === 'binary' || found.type === 'jvm' ? 'application' : 'library',
    'bom-ref': refOf(index),
    ...(found.details.vendor ? { publisher: found.details.vendor } : {}),
    name: found.name,
    version: found.version,
    ...(found.licenses.length === 0 ? {} : { licenses: licensesOf(found.licenses) }),
    ...(cpe === undefined ? {} : { cpe }),
    ...(found.purl === '' ? {} : { purl: found.purl }),
    properties: [{ name: packageNoteName, value: packageNoteOf(found) }],
  };
}

/** Names of CPE 2.3 as the schema takes them. */
const cpeForm = /^cpe:2\.3:[aho*-](?::(?:[A-Za-z0-9._~-]|\\[^\s\w]|[*?])+){10}$/;

function licensesOf(licenses: readonly string[]) {
  const [only] = licenses;
  if (licenses.length === 1 && only !== undefined && isLicenseExpression(only)) return [{ expression: only }];
  return licenses.map((name) => ({ license: { name } }));
}

/** The same for the same text: a document made again is the same document. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
