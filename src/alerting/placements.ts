import type { AlertGroup } from './alert-group.ts';
import type { AlertRecord } from './alert-record.ts';

/** Alerts of one event that went into the same groups. */
export interface Placement {
  readonly records: readonly AlertRecord[];
  readonly groups: readonly AlertGroup[];
}

/** Alerts that one row of the ledger names at most. */
const maxRecords = 100;

interface Way extends Placement {
  readonly key: string;
  readonly records: AlertRecord[];
}

/** Collects where the alerts of one call went, so that the ledger tells it once for all that went the same way. */
export class Placements {
  readonly #open = new Map<string, Way>();
  /** Where the last one went: the next often goes there too. */
  #last: Way | undefined;
  readonly #full: Placement[] = [];

  note(record: AlertRecord, groups: readonly AlertGroup[]): void {
    const way =
      this.#last !== undefined && isSame(this.#last, record, groups) ? this.#last : this.#of(record, groups);
    way.records.push(record);
    this.#last = way.records.length < maxRecords ? way : undefined;
    if (this.#last !== undefined) return;
    this.#full.push(way);
    this.#open.delete(way.key);
  }

  #of(record: AlertRecord, groups: readonly AlertGroup[]): Way {
    let key = record.alert.cause;
    for (const { id } of groups) key += `\n${id}`;
    const known = this.#open.get(key);
    if (known !== undefined) return known;
    const made = { key, records: [], groups };
    this.#open.set(key, made);
    return made;
  }

  all(): readonly Placement[] {
    return [...this.#full, ...this.#open.values()];
  }
}

function isSame(way: Way, { alert }: AlertRecord, groups: readonly AlertGroup[]): boolean {
  return (
    way.records[0]?.alert.cause === alert.cause &&
    way.groups.length === groups.length &&
    way.groups.every((group, i) => group === groups[i])
  );
}
