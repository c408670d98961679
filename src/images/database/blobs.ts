import { schemeOf } from '../versions/schemes.ts';
import type {
  AdvisoryFix,
  AdvisoryPackage,
  AdvisoryQualifiers,
  AdvisoryRange,
  AdvisoryRecord,
  AdvisorySeverity,
  KnownExploited,
} from './advisory.ts';
import { constraintOf } from './row-bounds.ts';

/**
 * Reads the JSON of the table `blobs`. What a blob lacks is empty; what has another type than it should counts as lacking, as
 * one bad row must not take the others with it.
 *
 * Source: https://github.com/anchore/grype/blob/main/grype/db/v6/blobs.go
 */
export function readPackageBlob(text: string): AdvisoryPackage {
  const blob = objectOf(parsed(text));
  return {
    cves: textsOf(blob['cves']),
    qualifiers: readQualifiers(objectOf(blob['qualifiers'])),
    ranges: listOf(blob['ranges']).map((range) => readRange(objectOf(range))),
  };
}

export type VulnerabilityBlob = Pick<AdvisoryRecord, 'description' | 'aliases' | 'urls' | 'severities'>;

export function readVulnerabilityBlob(text: string): VulnerabilityBlob {
  const blob = objectOf(parsed(text));
  return {
    description: textOf(blob['description']),
    aliases: textsOf(blob['aliases']),
    urls: listOf(blob['refs'])
      .map((reference) => textOf(objectOf(reference)['url']))
      .filter((url) => url !== ''),
    severities: listOf(blob['severities']).map((severity) => readSeverity(objectOf(severity))),
  };
}

export function readKevBlob(text: string): KnownExploited {
  const blob = objectOf(parsed(text));
  return {
    dateAdded: dayOf(blob['date_added']),
    dueDate: dayOf(blob['due_date']),
    ransomware: textOf(blob['known_ransomware_campaign_use']).toLowerCase() === 'known',
    requiredAction: textOf(blob['required_action']),
  };
}

/** Unix ms of a date as SQLite drivers store Go's, `2024-05-01 12:00:00+00:00`, or of RFC 3339. */
export function timeOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const ms = Date.parse(
    /^\d{4}-\d\d-\d\d \d/.test(value) ? value.replace(' ', 'T').replace(/ (?=[+-])/, '') : value,
  );
  return Number.isNaN(ms) ? undefined : ms;
}

function readQualifiers(found: Readonly<Record<string, unknown>>): AdvisoryQualifiers {
  const module = found['rpm_modularity'];
  const architecture = found['architecture'];
  return {
    ...(typeof module === 'string' ? { rpmModularity: module } : {}),
    platformCpes: textsOf(found['platform_cpes']),
    architectures: typeof architecture === 'string' ? [architecture] : textsOf(architecture),
    goImports: listOf(found['go_imports']).map((entry) => {
      const { path, symbols } = objectOf(entry) as { path?: unknown; symbols?: unknown };
      return { path: textOf(path), symbols: textsOf(symbols) };
    }),
  };
}

function readRange(range: Readonly<Record<string, unknown>>): AdvisoryRange {
  const version = objectOf(range['version']);
  const type = textOf(version['type']);
  const text = textOf(version['constraint']);
  const fix =
    range['fix'] === undefined || range['fix'] === null ? undefined : readFix(objectOf(range['fix']));
  return {
    type,
    text,
    scheme: schemeOf(type),
    constraint: constraintOf(text),
    ...(fix === undefined ? {} : { fix }),
  };
}

const fixStates: ReadonlySet<string> = new Set(['fixed', 'not-fixed', 'wont-fix', 'not-affected']);

function readFix(fix: Readonly<Record<string, unknown>>): AdvisoryFix {
  const state = textOf(fix['state']);
  const detail = objectOf(fix['detail']);
  const availableAtMs = timeOf(objectOf(detail['available'])['date'] ?? detail['timestamp']);
  return {
    version: textOf(fix['version']),
    state: fixStates.has(state) ? (state as AdvisoryFix['state']) : 'unknown',
    ...(availableAtMs === undefined ? {} : { availableAtMs }),
    references: listOf(detail['references']).map((entry) => {
      const reference = objectOf(entry);
      return { id: textOf(reference['id']), url: textOf(reference['url']) };
    }),
  };
}

function readSeverity(severity: Readonly<Record<string, unknown>>): AdvisorySeverity {
  const { value } = severity as { value?: unknown };
  const cvss = objectOf(value);
  const vector = textOf(cvss['vector']);
  return {
    scheme: textOf(severity['scheme']),
    source: textOf(severity['source']),
    ...(typeof value === 'string' ? { word: value } : {}),
    ...(vector === '' ? {} : { vector, version: textOf(cvss['version']) }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((item): item is string => typeof item === 'string');
}

function dayOf(value: unknown): string {
  return textOf(value).slice(0, 10);
}
