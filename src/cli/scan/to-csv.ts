import type { ScanResult } from './scan-result.ts';

const columns = [
  ...['state', 'severity', 'controlId', 'control', 'kind', 'namespace', 'name', 'path', 'message'],
  ...['value', 'file', 'line', 'remedy', 'fingerprint'],
] as const;

/**
 * A row for each finding, then one for each thing that could not be judged. RFC 4180, lines end with CR LF.
 *
 * Source: https://www.rfc-editor.org/rfc/rfc4180
 */
export function toCsv({ findings, unknown }: ScanResult): string {
  const rows = [
    ...findings.map(({ severity, control, object, evidence, place, fingerprint }) => [
      ...['fail', severity, control.id, control.name, object.kind, object.namespace, object.name],
      ...[evidence.path, evidence.message, evidence.value ?? '', place?.file ?? '', `${place?.line ?? ''}`],
      ...[control.fix, fingerprint],
    ]),
    ...unknown.map(({ severity, control, object, reason }) => [
      ...['unknown', severity, control.id, control.name, object.kind, object.namespace, object.name],
      ...['', reason, '', '', '', '', ''],
    ]),
  ];
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** Text that a spreadsheet would take for a formula is marked as text, as names come from manifests of others. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
