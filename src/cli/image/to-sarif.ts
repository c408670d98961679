import { fnv1a64 } from '../../kit/hash.ts';
import type { VulnerabilityMatch, VulnerabilitySeverity } from '../../model/vulnerability.ts';
import { version } from '../../roles/version.ts';
import { findingsOf, type ImageFinding, type ImageResult, identityOf } from './image-result.ts';

const levels = {
  Critical: 'error',
  High: 'error',
  Medium: 'warning',
  Low: 'note',
  Negligible: 'note',
  Unknown: 'note',
} as const satisfies Record<VulnerabilitySeverity, string>;

const scores: Readonly<Record<VulnerabilitySeverity, number>> = {
  Critical: 9.5,
  High: 8,
  Medium: 5.5,
  Low: 2,
  Negligible: 0.1,
  Unknown: 0,
};

/**
 * The result as SARIF 2.1.0. What could not be judged stands among the notifications of the run.
 *
 * Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function toSarif(image: ImageResult): string {
  const findings = findingsOf(image);
  const rules = new Map<string, VulnerabilityMatch['vulnerability']>();
  for (const { match } of findings)
    if (!rules.has(match.vulnerability.id)) rules.set(match.vulnerability.id, match.vulnerability);
  const indexes = new Map([...rules.keys()].map((id, i) => [id, i]));
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Skopos',
            version,
            semanticVersion: version,
            rules: [...rules.values()].map(ruleOf),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: image.result.coverage.state !== 'unknown',
            toolExecutionNotifications: image.result.coverage.reasons.map((text) => ({
              level: 'warning',
              message: { text },
            })),
          },
        ],
        results: findings.map((finding) =>
          resultOf(finding, image, indexes.get(finding.match.vulnerability.id) ?? -1),
        ),
      },
    ],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function ruleOf({ id, severity, description, urls, cvss }: VulnerabilityMatch['vulnerability']) {
  const [url] = urls.filter((one) => URL.canParse(one));
  return {
    id,
    shortDescription: { text: description.split('\n')[0]?.slice(0, 200) || id },
    fullDescription: { text: description || id },
    ...(url === undefined ? {} : { helpUri: url }),
    defaultConfiguration: { level: levels[severity] },
    properties: {
      tags: ['security', 'vulnerability'],
      precision: 'high',
      'security-severity': (cvss[0]?.score ?? scores[severity]).toFixed(1),
    },
  };
}

function resultOf({ match, found, isNew }: ImageFinding, { name }: ImageResult, ruleIndex: number) {
  const { vulnerability, fix } = match;
  const advice = fix.versions.length > 0 ? `upgrade to ${fix.versions.join(' or ')}` : 'there is no fix';
  // Half of a pair of surrogates has no place in an address.
  const path = found.locations[0]?.path.replace(/^\//, '').replace(/\p{Cs}/gu, '\uFFFD') || 'image';
  return {
    ruleId: vulnerability.id,
    ruleIndex,
    level: levels[vulnerability.severity],
    message: {
      text: withoutLinks(
        `${found.name} ${found.version} of ${name} has ${vulnerability.id} (${vulnerability.severity}): ${advice}`,
      ),
    },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: path.split('/').map(encodeURIComponent).join('/') },
          region: { startLine: 1 },
        },
        logicalLocations: [{ name: found.name, fullyQualifiedName: `${name}:/${path}`, kind: 'package' }],
      },
    ],
    ...(isNew === undefined ? {} : { baselineState: isNew ? 'new' : 'unchanged' }),
    partialFingerprints: { 'skoposImageFinding/v1': fnv1a64([identityOf(vulnerability.id, found)]) },
    properties: { risk: vulnerability.risk, fixState: fix.state, namespace: vulnerability.namespace },
  };
}

/** `[text](address)` is a link in a message (3.11.6): a package may call itself so. */
function withoutLinks(text: string): string {
  return text.replace(/[\\[\]]/g, '\\$&');
}
