import type { AdvisoryPackage, AdvisoryRecord } from './advisory.ts';
import { readPackageBlob } from './blobs.ts';
import type { Reading } from './by-id.ts';
import { recordColumns, recordOf, textOf } from './database-rows.ts';

/** Text alone is taken from a blob's column: nothing else is JSON. */
export const blobText = "CASE typeof(b.value) WHEN 'text' THEN b.value END";

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
