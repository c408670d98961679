import type { VulnerabilitySeverity } from '../../model/vulnerability.ts';
import type { Database, Row } from '../../store/database.ts';
import type { ImageFinding } from './live-image.ts';

/** The tables of findings, see migrate. */
export const findingTables: readonly string[] = [
  `CREATE TABLE image_repositories (repository TEXT PRIMARY KEY, baseline INTEGER NOT NULL);
   CREATE TABLE image_findings (
     repository TEXT NOT NULL,
     vulnerability TEXT NOT NULL,
     package_type TEXT NOT NULL,
     package_name TEXT NOT NULL,
     severity TEXT NOT NULL,
     exploited INTEGER NOT NULL,
     installed TEXT NOT NULL,
     fixed_in TEXT NOT NULL,
     first_seen REAL NOT NULL,
     baseline INTEGER NOT NULL,
     fixed REAL,
     PRIMARY KEY (repository, vulnerability, package_type, package_name)
   ) WITHOUT ROWID;
   CREATE INDEX image_findings_seen ON image_findings (first_seen);
   CREATE INDEX image_findings_fixed ON image_findings (fixed) WHERE fixed IS NOT NULL;`,
  `ALTER TABLE image_findings ADD COLUMN aliases TEXT NOT NULL DEFAULT '';
   ALTER TABLE image_findings ADD COLUMN ignored REAL;
   ALTER TABLE image_findings ADD COLUMN ignored_by TEXT NOT NULL DEFAULT '';
   ALTER TABLE image_findings ADD COLUMN ignored_why TEXT NOT NULL DEFAULT '';
   CREATE INDEX image_findings_vulnerability ON image_findings (vulnerability);
   CREATE INDEX image_findings_ignored ON image_findings (ignored) WHERE ignored IS NOT NULL;`,
];

const columns = [
  ...['repository', 'vulnerability', 'package_type', 'package_name', 'aliases', 'severity', 'exploited'],
  ...['installed', 'fixed_in', 'first_seen', 'baseline', 'fixed', 'ignored', 'ignored_by', 'ignored_why'],
];

export function putFinding(db: Database, finding: ImageFinding): void {
  const { repository, vulnerability, packageType, packageName, aliases, ignored } = finding;
  const key = [repository, vulnerability, packageType, packageName];
  db.prepare(
    `INSERT OR REPLACE INTO image_findings (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  ).run(
    ...key,
    aliases.join(' '),
    finding.severity,
    finding.knownExploited ? 1 : 0,
    finding.installed,
    finding.fixedIn,
    finding.firstSeenMs,
    finding.isBaseline ? 1 : 0,
    finding.fixedAtMs ?? null,
    ignored?.atMs ?? null,
    ignored?.by ?? '',
    ignored?.reason ?? '',
  );
}

/** A row as it was put. */
export function findingOfRow(row: Row): ImageFinding {
  const text = (name: string): string => String(row[name] ?? '');
  const ignoredMs = row['ignored'];
  return {
    repository: text('repository'),
    vulnerability: text('vulnerability'),
    packageType: text('package_type'),
    packageName: text('package_name'),
    aliases: text('aliases')
      .split(' ')
      .filter((alias) => alias !== ''),
    severity: text('severity') as VulnerabilitySeverity,
    knownExploited: row['exploited'] === 1,
    installed: text('installed'),
    fixedIn: text('fixed_in'),
    firstSeenMs: Number(row['first_seen']),
    isBaseline: row['baseline'] === 1,
    ...(row['fixed'] === null ? {} : { fixedAtMs: Number(row['fixed']) }),
    ...(ignoredMs === null
      ? {}
      : { ignored: { by: text('ignored_by'), reason: text('ignored_why'), atMs: Number(ignoredMs) } }),
  };
}
