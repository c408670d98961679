import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { formatRef } from '../../model/object.ts';
import { type Severity, severityOf } from '../../model/verdict.ts';
import type { Control } from '../../posture/control.ts';
import { version } from '../../roles/version.ts';
import type { ScanFinding, ScanResult, ScanUnknown } from './scan-result.ts';

const levels = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  unknown: 'note',
} as const satisfies Record<Severity, string>;

/**
 * The result as SARIF 2.1.0, for code scanning pages and editors. What could not be judged stands among the notifications
 * of the run.
 *
 * Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function toSarif(result: ScanResult): string {
  const indexes = new Map(result.controls.map((control, i) => [control.id, i]));
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'Skopos', version, semanticVersion: version, rules: result.controls.map(ruleOf) },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: [
              ...result.unknown.map(notificationOf),
              ...result.warnings.map((text) => ({ level: 'warning', message: { text } })),
            ],
          },
        ],
        results: result.findings.map((finding) => resultOf(finding, indexes.get(finding.control.id) ?? -1)),
      },
    ],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function ruleOf({ id, name, baseScore, category, why, fix }: Control) {
  return {
    id,
    name: name.replace(/[^A-Za-z0-9]+(.)?/g, (_gap, next: string | undefined) => (next ?? '').toUpperCase()),
    shortDescription: { text: name },
    fullDescription: { text: why },
    help: { text: `${why}\n\nWhat to do: ${fix}`, markdown: `${why}\n\n**What to do:** ${fix}` },
    defaultConfiguration: { level: levels[severityOf(baseScore)] },
    properties: {
      tags: ['security', 'kubernetes', category],
      precision: 'high',
      'problem.severity':
        levels[severityOf(baseScore)] === 'note' ? 'recommendation' : levels[severityOf(baseScore)],
      'security-severity': baseScore.toFixed(1),
    },
  };
}

function resultOf(finding: ScanFinding, ruleIndex: number) {
  const { fingerprint, severity, control, object, evidence, place } = finding;
  const at = evidence.path === '' ? '' : ` (${evidence.path})`;
  const name = formatRef(object);
  return {
    ruleId: control.id,
    ruleIndex,
    level: levels[severity],
    message: { text: `${name}: ${evidence.message}${at}` },
    locations: [
      {
        ...(place === undefined
          ? {}
          : {
              physicalLocation: {
                artifactLocation: { uri: uriOf(place.file) },
                region: { startLine: place.line },
              },
            }),
        logicalLocations: [{ name: object.name, fullyQualifiedName: `${name}${at}`, kind: 'resource' }],
      },
    ],
    ...(finding.isNew === undefined ? {} : { baselineState: finding.isNew ? 'new' : 'unchanged' }),
    partialFingerprints: { 'skoposFinding/v1': fingerprint },
    properties: { severity, path: evidence.path, object },
  };
}

function notificationOf({ control, object, reason }: ScanUnknown) {
  const what = object.name === '*' ? object.kind : formatRef(object);
  return {
    level: 'note',
    message: { text: `${control.id} ${control.name} could not judge ${what}: ${reason}` },
    associatedRule: { id: control.id },
  };
}

function uriOf(file: string): string {
  return isAbsolute(file) ? pathToFileURL(file).href : file.split('/').map(encodeURIComponent).join('/');
}
