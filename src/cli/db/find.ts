import type { Advisory, AdvisoryRecord } from '../../images/database/advisory.ts';
import type { DatabaseFile } from '../../images/database/database-file.ts';
import type { VulnerabilityDatabase } from '../../images/database/vulnerability-database.ts';
import { namespaceOf } from '../../images/match/namespace.ts';
import { severityOf } from '../../images/match/severity.ts';
import { aligned, noData } from './show.ts';

interface FoundRow {
  readonly vulnerability: string;
  readonly severity: string;
  readonly namespace: string;
  readonly package: string;
  readonly type: string;
  readonly range: string;
  readonly fix: string;
  readonly status: string;
}

export interface FindOptions {
  readonly limit: number;
  readonly isJson: boolean;
}

/** Rows of the data that a name stands in, of a vulnerability or of a package, for people or programs. */
export function findText(database: VulnerabilityDatabase, name: string, { limit, isJson }: FindOptions) {
  const { snapshot } = database;
  if (snapshot === undefined) throw noData(database.status());
  const rows = snapshot.files.flatMap((file) => [
    ...byRecord(file, name, limit),
    ...byPackage(file, name, limit),
  ]);
  const shown = rows.slice(0, limit);
  const more = rows.length >= limit ? `(at most ${limit} are shown: --limit)\n` : '';
  return {
    count: rows.length,
    text: isJson ? `${JSON.stringify(shown, undefined, 2)}\n` : tableOf(shown, name) + more,
  };
}

function byRecord(file: DatabaseFile, name: string, limit: number): readonly FoundRow[] {
  const names = [name, ...file.namesOfAlias(name)];
  return [...new Set(names)].flatMap((one) =>
    file.recordsNamed(one).flatMap((record) => {
      const packages = file.packagesOf(record.row, limit);
      if (packages.length === 0) return [rowOf(record, ofNoPackage, '', [])];
      return packages.map(({ advisory, name: found }) =>
        rowOf(record, advisory, found, advisory.about.ranges),
      );
    }),
  );
}

const ofNoPackage = { operatingSystem: undefined, ecosystem: '' };

function byPackage(file: DatabaseFile, name: string, limit: number): readonly FoundRow[] {
  return file
    .byName(name, limit)
    .map((advisory) => rowOf(file.record(advisory.vulnerability), advisory, name, advisory.about.ranges));
}

function rowOf(
  record: AdvisoryRecord,
  advisory: Pick<Advisory, 'operatingSystem' | 'ecosystem'>,
  name: string,
  ranges: Advisory['about']['ranges'],
): FoundRow {
  return {
    vulnerability: record.id,
    severity: severityOf(record),
    namespace: namespaceOf(advisory, record),
    package: name,
    type: advisory.ecosystem,
    range: ranges.map(({ text }) => text || 'all versions').join(' || '),
    fix: ranges
      .map(({ fix }) => fix?.version || (fix?.state ?? ''))
      .filter(Boolean)
      .join(', '),
    status: record.status,
  };
}

function tableOf(rows: readonly FoundRow[], name: string): string {
  if (rows.length === 0) return `the data says nothing of ${name}\n`;
  const head = ['VULNERABILITY', 'SEVERITY', 'NAMESPACE', 'PACKAGE', 'FIX', 'AFFECTED'];
  return aligned([
    head,
    ...rows.map((row) => [row.vulnerability, row.severity, row.namespace, row.package, row.fix, row.range]),
  ]);
}
