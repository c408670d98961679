/** What a supplier says of a vulnerability in a product. */
export type VexStatus = 'not_affected' | 'affected' | 'fixed' | 'under_investigation';

export const vexStatuses: readonly VexStatus[] = ['not_affected', 'affected', 'fixed', 'under_investigation'];

/** One statement of a VEX document, in whatever format it came. */
export interface VexStatement {
  /** The document it is in: a file, or the document's own id. */
  readonly source: string;
  /** The vulnerability's names. */
  readonly vulnerabilities: readonly string[];
  /**
   * Package URLs, image references (`pkg:oci/…`, `repo@sha256:…`, `name:tag`) or digests of the products; with `components`, the
   * images that these are in.
   */
  readonly products: readonly string[];
  /** Package URLs of what in the products is spoken of; empty for the products themselves. */
  readonly components: readonly string[];
  readonly status: VexStatus;
  /** Such as `vulnerable_code_not_in_execute_path`. */
  readonly justification: string;
  /** In the supplier's own words. */
  readonly note: string;
  /** Unix ms; a later statement overrules an earlier one. */
  readonly atMs: number;
}
