import type { Row, SqlValue } from '../../store/database.ts';
import type { AdvisoryRecord, OperatingSystem } from './advisory.ts';
import { readVulnerabilityBlob, timeOf } from './blobs.ts';
import type { OperatingSystemOverride } from './operating-systems.ts';

/** A text, empty where the column has none. */
export function textOf(value: SqlValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Of `vulnerability_handles`, in the order in which {@link recordOf} takes them, the text of the blob behind them. */
export const recordColumns = [
  'name',
  'status',
  'published_date',
  'modified_date',
  'withdrawn_date',
  'provider_id',
] as const;

/** A row of `vulnerability_handles` with its blob. */
export function recordOf(row: readonly SqlValue[]): AdvisoryRecord {
  const [name, status, published, modified, withdrawn, provider, blob] = row;
  const publishedAtMs = timeOf(published);
  const modifiedAtMs = timeOf(modified);
  const withdrawnAtMs = timeOf(withdrawn);
  return {
    id: textOf(name),
    status: textOf(status).toLowerCase(),
    provider: textOf(provider),
    ...(publishedAtMs === undefined ? {} : { publishedAtMs }),
    ...(modifiedAtMs === undefined ? {} : { modifiedAtMs }),
    ...(withdrawnAtMs === undefined ? {} : { withdrawnAtMs }),
    ...readVulnerabilityBlob(textOf(blob)),
  };
}

/** A row of `operating_systems`. @param file which of the database's files it is of */
export function systemOf(row: Row, file: number): OperatingSystem {
  const endOfLifeAtMs = timeOf(row['eol_date']);
  return {
    file,
    id: Number(row['id']),
    name: textOf(row['name']),
    releaseId: textOf(row['release_id']),
    majorVersion: textOf(row['major_version']),
    minorVersion: textOf(row['minor_version']),
    labelVersion: textOf(row['label_version']),
    codename: textOf(row['codename']),
    channel: textOf(row['channel']),
    ...(endOfLifeAtMs === undefined ? {} : { endOfLifeAtMs }),
  };
}

/** A row of `operating_system_specifier_overrides`. */
export function overrideOf(row: Row): OperatingSystemOverride {
  const replaced = (value: SqlValue | undefined) => (typeof value === 'string' ? value : undefined);
  return {
    alias: textOf(row['alias']),
    version: textOf(row['version']),
    versionPattern: textOf(row['version_pattern']),
    codename: textOf(row['codename']),
    replacement: replaced(row['replacement']),
    majorVersion: replaced(row['replacement_major_version']),
    minorVersion: replaced(row['replacement_minor_version']),
    labelVersion: replaced(row['replacement_label_version']),
    channel: replaced(row['replacement_channel']),
    isRolling: row['rolling'] === 1 || row['rolling'] === 1n,
    schemas: textOf(row['applicable_client_db_schemas']),
  };
}
