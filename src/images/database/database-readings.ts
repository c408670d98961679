import type { AdvisoryPackage, AdvisoryRecord, ExploitPrediction, KnownExploited } from './advisory.ts';
import { readKevBlob, readPackageBlob } from './blobs.ts';
import type { Reading } from './by-id.ts';
import { recordColumns, recordOf, textOf } from './database-rows.ts';

/** Text alone is taken from a blob's column: nothing else is JSON. */
const blobText = "CASE typeof(b.value) WHEN 'text' THEN b.value END";

/** What rows say of packages, by the id of the blob. An id that there is none of says nothing. */
export const packageBlobs: Reading<AdvisoryPackage> = {
  one: `SELECT ${blobText} AS value FROM blobs b WHERE b.id = ?`,
  many: `SELECT json_group_array(json_array(b.id, json_array(${blobText}))) FROM blobs b WHERE b.id IN (SELECT value FROM json_each(?))`,
  columns: ['value'],
  read: (row) => readPackageBlob(textOf(row?.[0])),
  kept: 30_000,
};

const handleColumns = recordColumns.map((name) => `h.${name}`).join(', ');
const records = 'vulnerability_handles h LEFT JOIN blobs b ON b.id = h.blob_id';

/** Records by the id of their handle. */
export const vulnerabilityRecords: Reading<AdvisoryRecord> = {
  one: `SELECT ${handleColumns}, ${blobText} AS blob FROM ${records} WHERE h.id = ?`,
  many: `SELECT json_group_array(json_array(h.id, json_array(${handleColumns}, ${blobText}))) FROM ${records} WHERE h.id IN (SELECT value FROM json_each(?))`,
  columns: [...recordColumns, 'blob'],
  read: (row) => (row === undefined ? undefined : recordOf(row)),
  kept: 20_000,
};

const known = 'known_exploited_vulnerability_handles k JOIN blobs b ON b.id = k.blob_id';

/** CISA's list, by CVE. */
export const knownExploited: Reading<KnownExploited> = {
  one: `SELECT ${blobText} AS value FROM ${known} WHERE k.cve = ? COLLATE NOCASE`,
  many: `SELECT json_group_array(json_array(j.value, json_array(${blobText}))) FROM json_each(?) j CROSS JOIN ${known} WHERE k.cve = j.value COLLATE NOCASE`,
  columns: ['value'],
  read: (row) => (row === undefined ? undefined : readKevBlob(textOf(row[0]))),
  kept: 50_000,
};

/** EPSS, by CVE. @param date of all of them */
export function exploitPredictions(date: string): Reading<ExploitPrediction> {
  return {
    one: 'SELECT epss, percentile FROM epss_handles WHERE cve = ? COLLATE NOCASE',
    many: `SELECT json_group_array(json_array(j.value, json_array(e.epss, e.percentile))) FROM json_each(?) j CROSS JOIN epss_handles e WHERE e.cve = j.value COLLATE NOCASE`,
    columns: ['epss', 'percentile'],
    read: (row) =>
      row === undefined ? undefined : { probability: Number(row[0]), percentile: Number(row[1]), date },
    kept: 50_000,
  };
}
