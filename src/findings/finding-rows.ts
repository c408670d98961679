import type { Finding } from '../model/finding.ts';
import type { ObjectRef } from '../model/object.ts';
import { type Evidence, type Severity, severities } from '../model/verdict.ts';
import type { Row } from '../store/database.ts';

/** The tables of this room, step by step; see `migrate`. */
export const findingSteps: readonly string[] = [
  `CREATE TABLE findings (
     seq INTEGER PRIMARY KEY,
     id TEXT NOT NULL,
     cluster TEXT NOT NULL,
     drill TEXT NOT NULL DEFAULT '',
     control_id TEXT NOT NULL,
     rank INTEGER NOT NULL,
     grp TEXT NOT NULL,
     kind TEXT NOT NULL,
     namespace TEXT NOT NULL,
     name TEXT NOT NULL,
     stable_path TEXT NOT NULL,
     -- What words are looked for in, in small letters.
     words TEXT NOT NULL,
     message TEXT NOT NULL,
     detail TEXT NOT NULL,
     open INTEGER NOT NULL,
     -- 1 while it cannot be told whether it still is so; last_seen is exact then.
     held INTEGER NOT NULL DEFAULT 0,
     first_seen REAL NOT NULL,
     last_seen REAL NOT NULL,
     opened REAL NOT NULL,
     fixed_at REAL,
     reappeared INTEGER NOT NULL DEFAULT 0,
     baseline INTEGER NOT NULL,
     cause TEXT NOT NULL
   );
   CREATE UNIQUE INDEX findings_id ON findings (id);
   CREATE INDEX findings_object ON findings (name, control_id);
   -- Everything that lists are counted, filtered and sorted by, so that they need not touch the rows.
   CREATE INDEX findings_list ON findings
     (cluster, drill, open, rank, control_id, namespace, kind, name, baseline, opened, fixed_at);
   CREATE TABLE finding_facts (name TEXT PRIMARY KEY, value REAL NOT NULL) WITHOUT ROWID;`,
];

/** The parts of a finding that are only shown, never asked by. */
interface Detail extends Pick<Evidence, 'path' | 'value' | 'fix' | 'command'> {
  readonly related: Finding['related'];
}

export function detailText(evidence: Evidence, related: Finding['related']): string {
  const { path, value, fix, command } = evidence;
  return JSON.stringify({ path, value, fix, command, related } satisfies { [K in keyof Detail]: unknown });
}

/** What words are looked for in; the control's name is matched apart, as it may change. */
export function wordsOf(controlId: string, object: ObjectRef, evidence: Evidence): string {
  const { namespace, name, kind } = object;
  return [controlId, kind, `${namespace}/${name}`, evidence.stablePath, evidence.message]
    .join(' ')
    .toLowerCase();
}

/** `confirmedMs`: when everything that is open was last known to be so. */
export function findingOf(row: Row, confirmedMs: number): Finding {
  const { path, value, fix, command, related } = JSON.parse(text(row, 'detail')) as Detail;
  const isOpen = row['open'] === 1;
  const isConfirmed = isOpen && row['held'] !== 1;
  const lastSeenMs = number(row, 'last_seen');
  return {
    id: text(row, 'id'),
    controlId: text(row, 'control_id'),
    severity: severityOfRank(number(row, 'rank')),
    object: {
      group: text(row, 'grp'),
      kind: text(row, 'kind'),
      namespace: text(row, 'namespace'),
      name: text(row, 'name'),
    },
    evidence: {
      path,
      stablePath: text(row, 'stable_path'),
      message: text(row, 'message'),
      ...(value === undefined ? {} : { value }),
      ...(fix === undefined ? {} : { fix }),
      ...(command === undefined ? {} : { command }),
    },
    related,
    status: isOpen ? 'open' : 'fixed',
    firstSeenMs: number(row, 'first_seen'),
    lastSeenMs: isConfirmed ? Math.max(lastSeenMs, confirmedMs) : lastSeenMs,
    openedMs: number(row, 'opened'),
    ...(row['fixed_at'] === null ? {} : { fixedAtMs: number(row, 'fixed_at') }),
    reappeared: number(row, 'reappeared'),
    baseline: row['baseline'] === 1,
    cause: text(row, 'cause'),
    ...(row['drill'] === '' ? {} : { drill: text(row, 'drill') }),
  };
}

export function rankOf(severity: Severity): number {
  return severities.indexOf(severity);
}

export function severityOfRank(rank: number): Severity {
  return severities[rank] ?? 'unknown';
}

export function text(row: Row, column: string): string {
  return String(row[column] ?? '');
}

export function number(row: Row, column: string): number {
  return Number(row[column] ?? 0);
}
