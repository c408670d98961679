import type { AlertGroup } from './alert-group.ts';
import type { AlertRecord } from './alert-record.ts';

/** Alerts of one event that went into the same groups. */
export interface Placement {
  readonly records: readonly AlertRecord[];
  readonly groups: readonly AlertGroup[];
}

/** Alerts that one row of the ledger names at most. */
const maxRecords = 100;

/** Collects where the alerts of one call went, so that the ledger tells it once for all that went the same way. */
export class Placements {
  readonly #open = new Map<
    string,
    { readonly records: AlertRecord[]; readonly groups: readonly AlertGroup[] }
  >();
  readonly #full: Placement[] = [];

  note(record: AlertRecord, groups: readonly AlertGroup[]): void {
    let key = record.alert.cause;
    for (const { id } of groups) key += `\n${id}`;
    const known = this.#open.get(key);
    if (known === undefined) this.#open.set(key, { records: [record], groups });
    else if (known.records.push(record) >= maxRecords) {
      this.#full.push(known);
      this.#open.delete(key);
    }
  }

  all(): readonly Placement[] {
    return [...this.#full, ...this.#open.values()];
  }
}
