import type { ImageSbom } from '../../../model/image-sbom.ts';
import type { VulnerabilityMatch } from '../../../model/vulnerability.ts';
import { uuidOf } from '../../sbom/to-cyclonedx.ts';
import type { MatchResult } from '../match-result.ts';

export interface OpenVexOptions {
  /** What the image is called. */
  readonly name: string;
  readonly nowMs: number;
}

/**
 * A result as an OpenVEX document to go on with: what counts is `affected`, what is ignored `not_affected` with the reason. Edit it,
 * and give it back with `--vex`.
 *
 * Source: https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md
 */
export function toOpenVex(
  { matches, ignored }: MatchResult,
  sbom: ImageSbom,
  { name, nowMs }: OpenVexOptions,
): string {
  const timestamp = new Date(nowMs).toISOString();
  const product = (match: VulnerabilityMatch) => [
    {
      '@id': ociPurl(name, sbom.digest),
      subcomponents: [
        { '@id': sbom.packages[match.package]?.purl || (sbom.packages[match.package]?.name ?? '') },
      ],
    },
  ];
  const about = ({ vulnerability }: VulnerabilityMatch) => ({
    vulnerability: {
      name: vulnerability.id,
      ...(vulnerability.description === '' ? {} : { description: vulnerability.description }),
      ...(vulnerability.aliases.length === 0 ? {} : { aliases: vulnerability.aliases }),
    },
  });
  const document = {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': `https://skopos.dev/vex/${uuidOf(`${sbom.digest} ${timestamp}`)}`,
    author: 'Skopos',
    role: 'Document Creator',
    timestamp,
    version: 1,
    statements: [
      ...matches.map((match) => ({
        ...about(match),
        products: product(match),
        status: 'affected',
        action_statement: actionOf(match),
        timestamp,
      })),
      ...ignored.map((match) => ({
        ...about(match),
        products: product(match),
        status: 'not_affected',
        impact_statement: `${match.ignored?.by ?? ''}: ${match.ignored?.reason ?? ''}`,
        timestamp,
      })),
    ],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function actionOf({ fix }: VulnerabilityMatch): string {
  if (fix.versions.length > 0) return `Upgrade to ${fix.versions.join(' or ')}.`;
  return fix.state === 'wont-fix' ? 'There will be no fix.' : 'There is no fix yet.';
}

/** Source: https://github.com/package-url/purl-spec (type oci) */
function ociPurl(name: string, digest: string): string {
  const plain = name.replace(/^[a-z-]+:(?=[./])/, '').replace(/@sha256:[0-9a-f]+$/, '');
  const [, repository = plain, tag] = /^(.+?)(?::([\w.-]+))?$/.exec(plain) ?? [];
  const last = repository.split('/').at(-1) ?? repository;
  const qualifiers = [
    ...(repository.includes('/') ? [`repository_url=${encodeURIComponent(repository)}`] : []),
    ...(tag === undefined ? [] : [`tag=${tag}`]),
  ];
  return `pkg:oci/${encodeURIComponent(last.toLowerCase())}@${encodeURIComponent(digest)}${qualifiers.length === 0 ? '' : `?${qualifiers.join('&')}`}`;
}
