/**
 * Grype's database of vulnerabilities, model 6: its tables, as far as they are read and written here, and the indexes that the
 * published file comes without.
 *
 * Source: https://github.com/anchore/grype/tree/main/schema/grype/db/sql
 */
export const model = 6;

/** What a file written here says of itself: the newest schema whose fields it may have. */
export const writtenSchema = { model, revision: 1, addition: 9 } as const;

const handleColumns = (target: string) =>
  `id INTEGER PRIMARY KEY AUTOINCREMENT, vulnerability_id INTEGER NOT NULL, ${target} INTEGER, blob_id INTEGER`;
const packageHandle = `(${handleColumns('package_id')}, operating_system_id INTEGER)`;
const cpeHandle = `(${handleColumns('cpe_id')})`;

/** Tables without which nothing can be matched, each with its definition. */
export const tables: Readonly<Record<string, string>> = {
  db_metadata:
    '(build_timestamp DATETIME NOT NULL, model INTEGER NOT NULL, revision INTEGER NOT NULL, addition INTEGER NOT NULL)',
  providers: '(id TEXT PRIMARY KEY, version TEXT, processor TEXT, date_captured DATETIME, input_digest TEXT)',
  blobs: '(id INTEGER PRIMARY KEY AUTOINCREMENT, value TEXT NOT NULL)',
  vulnerability_handles:
    '(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, status TEXT NOT NULL, published_date DATETIME, modified_date DATETIME, withdrawn_date DATETIME, provider_id TEXT NOT NULL, blob_id INTEGER)',
  vulnerability_aliases: '(name TEXT, alias TEXT NOT NULL, PRIMARY KEY (name, alias))',
  packages: '(id INTEGER PRIMARY KEY AUTOINCREMENT, ecosystem TEXT, name TEXT)',
  operating_systems:
    '(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, release_id TEXT, major_version TEXT, minor_version TEXT, label_version TEXT, codename TEXT, channel TEXT, eol_date DATETIME, eoas_date DATETIME)',
  affected_package_handles: packageHandle,
  unaffected_package_handles: packageHandle,
  cpes: '(id INTEGER PRIMARY KEY AUTOINCREMENT, part TEXT NOT NULL, vendor TEXT, product TEXT NOT NULL, edition TEXT, language TEXT, software_edition TEXT, target_hardware TEXT, target_software TEXT, other TEXT)',
  affected_cpe_handles: cpeHandle,
  unaffected_cpe_handles: cpeHandle,
  known_exploited_vulnerability_handles:
    '(id INTEGER PRIMARY KEY AUTOINCREMENT, cve TEXT NOT NULL, blob_id INTEGER)',
  epss_handles:
    '(id INTEGER PRIMARY KEY AUTOINCREMENT, cve TEXT NOT NULL, epss REAL NOT NULL, percentile REAL NOT NULL)',
  epss_metadata: '(date DATETIME NOT NULL)',
  operating_system_specifier_overrides:
    '(alias TEXT, version TEXT, version_pattern TEXT, codename TEXT, channel TEXT, replacement TEXT, replacement_major_version TEXT, replacement_minor_version TEXT, replacement_label_version TEXT, replacement_channel TEXT, rolling NUMERIC, applicable_client_db_schemas TEXT)',
  package_specifier_overrides: '(ecosystem TEXT, replacement_ecosystem TEXT)',
  architecture_aliases: '(alias TEXT PRIMARY KEY, canonical TEXT NOT NULL)',
  package_cpes: '(cpe_id INTEGER, package_id INTEGER, PRIMARY KEY (cpe_id, package_id))',
  cwe_handles:
    '(id INTEGER PRIMARY KEY AUTOINCREMENT, cve TEXT NOT NULL, cwe TEXT NOT NULL, source TEXT, type TEXT)',
};

/** Added by later revisions of the model: a file without them is still read. */
export const optionalTables: ReadonlySet<string> = new Set([
  'unaffected_package_handles',
  'unaffected_cpe_handles',
  'epss_metadata',
  'architecture_aliases',
  'package_cpes',
  'cwe_handles',
]);

/** What look-ups go by; the rest of upstream's indexes serve queries that are not made here. */
export const indexes: readonly { readonly name: string; readonly table: string; readonly on: string }[] = [
  { name: 'skopos_package', table: 'packages', on: 'name COLLATE NOCASE, ecosystem COLLATE NOCASE' },
  {
    name: 'skopos_affected_package',
    table: 'affected_package_handles',
    on: 'package_id, operating_system_id',
  },
  {
    name: 'skopos_unaffected_package',
    table: 'unaffected_package_handles',
    on: 'package_id, operating_system_id',
  },
  { name: 'skopos_cpe', table: 'cpes', on: 'product COLLATE NOCASE' },
  { name: 'skopos_affected_cpe', table: 'affected_cpe_handles', on: 'cpe_id' },
  { name: 'skopos_unaffected_cpe', table: 'unaffected_cpe_handles', on: 'cpe_id' },
  { name: 'skopos_vulnerability', table: 'vulnerability_handles', on: 'name COLLATE NOCASE' },
  { name: 'skopos_affected_vulnerability', table: 'affected_package_handles', on: 'vulnerability_id' },
];
