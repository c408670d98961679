import type { Driver } from '../../store/driver.ts';
import type { BlobReader } from './blob-reader.ts';
import { answersByPiece } from './name-pieces.ts';
import { type NamePrints, productScope } from './name-prints.ts';
import type { RowKind } from './rows-by-name.ts';

type CpeRow = readonly [
  product: string,
  vulnerability: number,
  blob: number | null,
  target: readonly unknown[],
];

/** Adds the rows of CPEs, by their products. @throws what SQLite throws. */
export function printProducts(driver: Driver, kind: RowKind, prints: NamePrints, blobs: BlobReader): void {
  const sql = (
    lower: string,
  ): string => `SELECT json_group_array(json_array(c.product, h.vulnerability_id, h.blob_id,
      json_array(c.part, c.vendor, c.edition, c.language, c.software_edition, c.target_hardware, c.target_software, c.other)))
    FROM cpes c CROSS JOIN ${kind}_cpe_handles h ON h.cpe_id = c.id
    WHERE c.product ${lower} ?1 COLLATE NOCASE AND c.product <= ?2 COLLATE NOCASE`;
  for (const answer of answersByPiece(driver, { table: 'cpes', column: 'product' }, sql)) {
    const rows = JSON.parse(answer) as readonly CpeRow[];
    const known = blobs.of(new Set(rows.map(([, , blob]) => blob ?? 0)));
    prints.add(
      kind,
      rows.map(([name, vulnerability, blob, target]) => ({
        ...{ scope: productScope, name, vulnerability },
        blob: known.get(blob ?? 0)?.print ?? '',
        target: JSON.stringify(target),
      })),
    );
  }
}
